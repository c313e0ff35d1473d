// What is inside the state of a snapshot: the states of its operators with their types and sizes, and values. Byte
// counts are bigint, entries are numbers.

/** What a state is, in Flink's words, lower case. `raw-operator` has a name and no types. */
export type DescribedStateKind =
  | 'value'
  | 'list'
  | 'map'
  | 'reducing'
  | 'folding'
  | 'aggregating'
  | 'timers'
  | 'operator-list'
  | 'operator-union'
  | 'broadcast'
  | 'raw-operator'
  | 'unknown';

/** A named state of an operator, over all subtasks. All fields are JSON of `inspect --states`. */
export interface DescribedState {
  readonly name: string;
  readonly kind: DescribedStateKind;
  /** Types, short: `string`, `list<long>`; null where the state has no such part or it could not be read. */
  readonly key: string | null;
  readonly namespace: string | null;
  readonly value: string | null;
  /** In the files, as they are stored; null where they do not tell it. */
  readonly bytes: bigint | null;
  /** Keys and values before compression, of RocksDB also those that later writes overtook; null as above. */
  readonly rawBytes: bigint | null;
  /** Keys with a value, entries of maps, elements of lists of operators; null where the files do not tell it. */
  readonly entries: number | null;
  /** RocksDB counts writes, also those that later ones overtook: then there are at most so many entries. */
  readonly entriesAreWrites: boolean;
}

/** What a state's files hold besides, or what could not be told, and why. All fields are JSON. */
export interface StateRemark {
  /** The state, or null for the whole handle. */
  readonly state: string | null;
  /** Subtasks that it concerns, ascending. */
  readonly subtasks: readonly number[];
  readonly reason: string;
}

/** Size of a part of the key groups. All fields are JSON. */
export interface KeyGroupSize {
  readonly keyGroup: number;
  readonly bytes: bigint;
}

/** The states of one operator. */
export interface OperatorStates {
  readonly id: string;
  readonly states: readonly DescribedState[];
  readonly remarks: readonly StateRemark[];
  /** Of keyed state whose handles tell where each key group begins; ascending, empty key groups left out. */
  readonly keyGroups: readonly KeyGroupSize[];
}

/** One line of `inspect --state`: a key with its value. Operator lists have a row for each subtask and no key. */
export interface StateRow {
  readonly subtask: number;
  readonly key: unknown;
  /** Null outside of windows. */
  readonly namespace: unknown;
  readonly value: unknown;
}

/** The values of a state, sorted by key. */
export interface StateValues {
  readonly operator: { readonly id: string; readonly name: string | null; readonly uid: string | null };
  readonly state: Omit<DescribedState, 'bytes' | 'rawBytes' | 'entries' | 'entriesAreWrites'>;
  readonly rows: readonly StateRow[];
}
