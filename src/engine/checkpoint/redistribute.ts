// Operator state for another number of subtasks: elements of lists in turns, of union lists all to all, maps that are
// broadcast from one each. Source: Flink RoundRobinOperatorStateRepartitioner.
import type { OperatorStateContent } from '../../format/state/operator-snapshot.js';
import { BugError } from '../../support/errors.js';
import type { RestoredLists } from '../state/operator-state.js';

/** `parts` is what each subtask had. */
export function redistribute(
  parts: readonly (readonly OperatorStateContent[])[],
  parallelism: number,
): readonly RestoredLists[] {
  const dealt = Array.from({ length: parallelism }, () => new Map<string, OperatorStateContent>());
  const names = new Set(parts.flat().map(({ name }) => name));
  for (const name of names) {
    const contents = parts.map((states) => states.find((state) => state.name === name));
    for (const [index, content] of deal(contents, parallelism).entries())
      if (content !== undefined) dealt[index]!.set(name, content);
  }
  return dealt;
}

type Content = OperatorStateContent | undefined;

/** One state: undefined for subtasks that had nothing of it, and for those that get nothing. */
function deal(contents: readonly Content[], parallelism: number): readonly Content[] {
  const [first] = contents.filter((content) => content !== undefined);
  if (first === undefined) throw new BugError('a state that no subtask has');
  const subtasks = Array.from({ length: parallelism }, (_, index) => index);
  switch (first.mode) {
    case 'BROADCAST':
      return subtasks.map((index) => contents[index % contents.length] ?? first);
    case 'UNION':
      return subtasks.map(() => ({ ...first, elements: elementsOf(contents) }));
    case 'SPLIT_DISTRIBUTE': {
      if (contents.length === parallelism) return contents;
      const elements = elementsOf(contents);
      return subtasks.map((subtask) => ({
        ...first,
        elements: elements.filter((_, index) => index % parallelism === subtask),
      }));
    }
  }
}

function elementsOf(contents: readonly Content[]): readonly unknown[] {
  return contents.flatMap((content) =>
    content === undefined || content.mode === 'BROADCAST' ? [] : content.elements,
  );
}
