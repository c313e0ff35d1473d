// Which tasks of a snapshot have finished, all subtasks of them: they are not run again. A job that was changed in between
// may want what is no more. Source: Flink VertexFinishedStateChecker, FLIP-147.
import type { OperatorState } from '../../model/metadata.js';
import { UsageError } from '../../support/errors.js';
import type { JobEdge, JobGraph, JobVertex } from '../job/job-graph.js';
import type { SnapshotToRestore } from './restore.js';

type Finished = 'all' | 'some' | 'none';

interface Looked {
  readonly vertex: JobVertex;
  readonly finished: Finished;
}

/** Ids of the vertices. Throws a UsageError where one has finished and gets records all the same. */
export function finishedVertices(
  { vertices }: JobGraph,
  { metadata, where }: Pick<SnapshotToRestore, 'metadata' | 'where'>,
): ReadonlySet<string> {
  const states = new Map(metadata.operators.map((state) => [state.id, state]));
  const looked = vertices.map((vertex) => ({ vertex, finished: finishedOf(vertex, { states, where }) }));
  for (const source of looked) {
    for (const edge of source.vertex.operators.flatMap(({ streams }) => streams))
      checkEdge(source, looked[edge.target]!, { edge, where });
  }
  return new Set(looked.filter(({ finished }) => finished === 'all').map(({ vertex }) => vertex.head.id));
}

interface Snapshot {
  readonly states: ReadonlyMap<string, OperatorState>;
  readonly where: string;
}

function finishedOf({ name, operators }: JobVertex, { states, where }: Snapshot): Finished {
  const [first, ...others] = operators.map(({ id }) => finishedIn(states.get(id)));
  if (others.every((other) => other === first)) return first!;
  throw new UsageError(`of the operators of ${name} some have finished in the snapshot and others not`, {
    where,
    next: 'chain those that have finished with no others, or restore from a snapshot before their end',
  });
}

function finishedIn(state: OperatorState | undefined): Finished {
  if (state?.fullyFinished === true) return 'all';
  return state?.subtasks.some(({ finished }) => finished) === true ? 'some' : 'none';
}

/** Who has finished must not get records; a subtask that has, none of any subtask that may send it some. */
function checkEdge(
  source: Looked,
  target: Looked,
  { edge, where }: { readonly edge: JobEdge; readonly where: string },
): void {
  const fits =
    target.finished === 'none' ||
    source.finished === 'all' ||
    (target.finished === 'some' && source.finished === 'some' && edge.forward);
  if (fits) return;
  throw new UsageError(
    `${target.vertex.name} has finished in the snapshot, and ${source.vertex.name} before it has not`,
    {
      where,
      next: 'feed what is new in the job to new operators, or restore from a snapshot before their end',
    },
  );
}
