// Operator states by name: their handles tell where each element begins, and so how long it is. Keyed states have no
// name in a `_metadata`.
import type { OperatorStateHandle, OperatorStateOffsets, SubtaskState } from '../model/metadata.js';
import type { StateReport } from '../model/snapshot-report.js';
import { streamSizeBytes } from '../model/state-sizes.js';

const KIND_OF_MODE = {
  SPLIT_DISTRIBUTE: 'operator-list',
  UNION: 'operator-union',
  BROADCAST: 'broadcast',
} as const;

/** Is told the subtasks of an operator, and then names their states, each once, in the order of their names. */
export class NamedStates {
  readonly #reports = new Map<string, StateReport>();

  add({ managedOperatorState, rawOperatorState }: SubtaskState): void {
    for (const handle of managedOperatorState) {
      for (const part of partsOf(handle)) addTo(this.#reports, { ...part, kind: KIND_OF_MODE[part.mode] });
    }
    for (const handle of rawOperatorState) {
      for (const part of partsOf(handle)) addTo(this.#reports, { ...part, kind: 'raw-operator' });
    }
  }

  reports(): readonly StateReport[] {
    return [...this.#reports.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }
}

type StatePart = Omit<StateReport, 'kind'>;

/**
 * The states of one handle. An element reaches to the next one of any state, the last to the end of the stream; offsets
 * beyond it are those of compressed state, and tell no size.
 */
function partsOf({ states, stream }: OperatorStateHandle): readonly StatePart[] {
  const end = streamSizeBytes(stream);
  const starts = states.flatMap(({ offsets }) => offsets).sort((a, b) => (a < b ? -1 : 1));
  const lengths = new Map(starts.map((start, index) => [start, (starts[index + 1] ?? end) - start]));
  const told = (starts.at(-1) ?? 0n) <= end;
  return states.map(({ name, mode, offsets }: OperatorStateOffsets) => ({
    name,
    mode,
    elements: offsets.length,
    bytes: told ? offsets.reduce((total, offset) => total + (lengths.get(offset) ?? 0n), 0n) : null,
  }));
}

function addTo(reports: Map<string, StateReport>, part: StateReport): void {
  const key = `${part.kind} ${part.mode} ${part.name}`;
  const known = reports.get(key);
  if (known === undefined) {
    reports.set(key, part);
    return;
  }
  const bytes = known.bytes === null || part.bytes === null ? null : known.bytes + part.bytes;
  reports.set(key, { ...known, bytes, elements: known.elements + part.elements });
}
