// Where a backend keeps one state in memory: what each key has, by slot. In a state with namespaces (windows) that is a
// map of what it has in each. Backends differ in what becomes of the notes of changes.

export interface StateColumn {
  /** By slot; undefined where a key has nothing. */
  readonly contents: unknown[];
  /** What the slot has was replaced or changed. */
  touch(slot: number): void;
  /** One entry of the slot's map was. */
  touchEntry(slot: number, mapKey: unknown): void;
  /** What it has in one namespace was; of a map only the entry `mapKey`, where that is given. */
  touchNamespace(slot: number, place: NamespacePlace, mapKey?: unknown): void;
}

/** A namespace, and what it is found by: equal for equal ones. */
export interface NamespacePlace {
  readonly form: string;
  readonly namespace: unknown;
}

/** What a key has in one namespace. */
export interface NamespaceEntry {
  readonly namespace: unknown;
  contents: unknown;
}

/** What a key has in a state with namespaces, by form. */
export type NamespaceEntries = Map<string, NamespaceEntry>;

/** Whose slot is the current one. */
export interface CurrentSlot {
  /** -1 before the first key. */
  readonly slot: number;
  /** Says that the current key may have no contents any more. */
  emptied(): void;
}
