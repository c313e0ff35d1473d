// Adds up what the files of an operator's subtasks tell of its states.

import type { StateReport } from '../model/snapshot-report.js';
import type { DescribedState, KeyGroupSize, OperatorStates, StateRemark } from '../model/state-report.js';
import type { StateTypes } from './state-types.js';

/** What some files hold of a state. */
export interface Held {
  readonly bytes: bigint;
  readonly rawBytes: bigint;
  readonly entries: number;
}

interface Found {
  types: StateTypes;
  bytes: bigint | null;
  rawBytes: bigint | null;
  entries: number | null;
  entriesAreWrites: boolean;
}

const NOTHING = { bytes: 0n, rawBytes: 0n, entries: 0, entriesAreWrites: false };

export class StateTally {
  readonly #states = new Map<string, Found>();
  readonly #keyGroups = new Map<number, bigint>();
  readonly #remarks = new Map<
    string,
    { readonly state: string | null; readonly reason: string; readonly subtasks: Set<number> }
  >();

  /** A state that the `_metadata` itself names, with its size. */
  addNamed({ name, kind, bytes, elements }: StateReport): void {
    const types = { name, kind, key: null, namespace: null, value: null };
    this.#states.set(keyOf(types), {
      types,
      bytes,
      rawBytes: null,
      entries: elements,
      entriesAreWrites: false,
    });
  }

  /** What a header says of a state; the first subtask that knows a type decides. */
  addTypes(types: StateTypes): void {
    const key = keyOf(types);
    const known = this.#states.get(key);
    if (known === undefined) this.#states.set(key, { types, ...NOTHING });
    else if (known.types.value === null) known.types = { ...types, kind: known.types.kind };
  }

  /** What a file of keyed state holds of a state. */
  addEntries(name: string, { bytes, rawBytes, entries }: Held): void {
    const found = this.#states.get(`keyed ${name}`);
    if (found === undefined) return;
    if (found.bytes !== null) found.bytes += bytes;
    if (found.rawBytes !== null) found.rawBytes += rawBytes;
    if (found.entries !== null) found.entries += entries;
  }

  /** A RocksDB table of a state, which a header that could not be read may not have named. */
  addTable(name: string, held: Held): void {
    this.addTypes({ name, kind: 'unknown', key: null, namespace: null, value: null });
    this.addEntries(name, held);
    const found = this.#states.get(`keyed ${name}`);
    if (found !== undefined) found.entriesAreWrites = true;
  }

  /** A file holds something of the state, and does not tell how much. */
  sizeUnknown(name: string): void {
    const found = this.#states.get(`keyed ${name}`);
    if (found === undefined) return;
    found.bytes = null;
    found.rawBytes = null;
    found.entries = null;
  }

  addKeyGroup(keyGroup: number, bytes: number): void {
    this.#keyGroups.set(keyGroup, (this.#keyGroups.get(keyGroup) ?? 0n) + BigInt(bytes));
  }

  /** The same remark of several subtasks is one. */
  remark({ state, subtask, reason }: { state: string | null; subtask: number; reason: string }): void {
    const key = `${state} ${reason}`;
    const known = this.#remarks.get(key) ?? { state, reason, subtasks: new Set<number>() };
    this.#remarks.set(key, known);
    known.subtasks.add(subtask);
  }

  result(): Omit<OperatorStates, 'id'> {
    return {
      states: [...this.#states.values()]
        .map(({ types, ...counts }): DescribedState => ({ ...types, ...counts }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
      remarks: [...this.#remarks.values()].map(
        ({ state, reason, subtasks }): StateRemark => ({
          state,
          subtasks: [...subtasks].sort((a, b) => a - b),
          reason,
        }),
      ),
      keyGroups: [...this.#keyGroups]
        .map(([keyGroup, bytes]): KeyGroupSize => ({ keyGroup, bytes }))
        .sort((a, b) => a.keyGroup - b.keyGroup),
    };
  }
}

/** Keyed states, states of the operator and its raw streams may have the same name. */
function keyOf({ kind, name }: StateTypes): string {
  if (kind === 'raw-operator') return `raw ${name}`;
  const ofOperator = kind === 'operator-list' || kind === 'operator-union' || kind === 'broadcast';
  return `${ofOperator ? 'operator' : 'keyed'} ${name}`;
}
