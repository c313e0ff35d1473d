// What a subtask has in memory of its keys: for each a slot, for each state a column. States are used through it without
// waiting; what changed is remembered until it is written back, and the keys that were not used for longest go first.
import { javaMap } from '../../../format/state/java-map.js';
import type { ValueKeyedState } from '../../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { BugError } from '../../../support/errors.js';
import { KeyIndex } from '../key-index.js';
import { isVoid } from '../namespace-form.js';
import type { NamespacePlace, StateColumn } from '../state-column.js';

/** Estimates of what a key, and a value of it in one state, take in memory beside their bytes. */
const KEY_BYTES = 120;
const VALUE_BYTES = 64;
/** A byte as it is written takes about so many in memory. */
const BYTES_PER_BYTE = 2;

/** Keys of a map that were put or removed. */
type ChangedKeys = Map<unknown, true>;

/** A namespace whose contents changed. */
export interface ChangedNamespace extends NamespacePlace {
  /** MAP only. */
  readonly mapKeys: ChangedKeys | undefined;
}

/** The contents of one state in memory, by slot; undefined where a key has none. */
export class CachedColumn implements StateColumn {
  readonly hasNamespaces: boolean;
  readonly contents: unknown[] = [];
  /** The job has not asked for it yet: its types are those of the snapshot. */
  isUndeclared = false;
  /** MAP without namespaces only: what changed since it was written back, by slot. */
  readonly changedKeys = new Map<number, ChangedKeys>();
  /** With namespaces only: by slot, then form. */
  readonly changedNamespaces = new Map<number, Map<string, ChangedNamespace>>();
  readonly #isDirty: boolean[] = [];
  readonly #sizes: number[] = [];
  #dirty: number[] = [];

  constructor(public state: ValueKeyedState) {
    this.hasNamespaces = !isVoid(state.namespace);
  }

  /** The contents of a slot have changed. */
  touch(slot: number): void {
    if (this.#isDirty[slot] === true) return;
    this.#isDirty[slot] = true;
    this.#dirty.push(slot);
  }

  /** One entry of a slot's map has changed. */
  touchEntry(slot: number, mapKey: unknown): void {
    this.touch(slot);
    const changed = this.changedKeys.get(slot) ?? this.#noChanges();
    changed.set(mapKey, true);
    this.changedKeys.set(slot, changed);
  }

  touchNamespace(slot: number, { form, namespace }: NamespacePlace, mapKey?: unknown): void {
    this.touch(slot);
    const changed = this.changedNamespaces.get(slot) ?? new Map<string, ChangedNamespace>();
    this.changedNamespaces.set(slot, changed);
    const known = changed.get(form);
    const mapKeys = known?.mapKeys ?? (this.state.kind === 'MAP' ? this.#noChanges() : undefined);
    if (known === undefined) changed.set(form, { form, namespace, mapKeys });
    if (mapKey !== undefined) mapKeys?.set(mapKey, true);
  }

  /** The slots that changed since the last time. */
  takeDirty(): readonly number[] {
    const dirty = this.#dirty;
    for (const slot of dirty) this.#isDirty[slot] = false;
    this.#dirty = [];
    return dirty;
  }

  /** Notes what the contents take as bytes; returns by how much the estimate of their memory grows. */
  setWrittenBytes(slot: number, bytes: number): number {
    const size = bytes === 0 ? 0 : VALUE_BYTES + BYTES_PER_BYTE * bytes;
    const growth = size - (this.#sizes[slot] ?? 0);
    this.#sizes[slot] = size;
    return growth;
  }

  clear(slot: number): void {
    this.contents[slot] = undefined;
  }

  #noChanges(): ChangedKeys {
    if (this.state.kind !== 'MAP') throw new BugError(`state ${this.state.name} has no maps`);
    return javaMap(this.state.value.mapKey);
  }
}

export class KeyCache {
  readonly #index: KeyIndex;
  readonly #columns: CachedColumn[] = [];
  /** By slot, the turn in which it was used last. */
  readonly #lastUsed: number[] = [];
  #turn = 0;
  /** Slot of the current key, -1 before the first. Read by every state handle for every record, hence a plain field. */
  slot = -1;
  /** Estimate of the memory that the contents take. */
  sizeBytes = 0;

  constructor(keyType: TypeSerializer<unknown>) {
    this.#index = new KeyIndex(keyType);
  }

  get columns(): readonly CachedColumn[] {
    return this.#columns;
  }

  addColumn(state: ValueKeyedState): CachedColumn {
    const column = new CachedColumn(state);
    this.#columns.push(column);
    return column;
  }

  keyOf(slot: number): unknown {
    return this.#index.keyOf(slot);
  }

  /** Keys used from now on are those that stay at the next {@link KeyCache.evict}. */
  beginTurn(): void {
    this.#turn++;
  }

  /** The slot of a key, -1 where it is not in memory. */
  find(key: unknown, hash: number): number {
    const slot = this.#index.find(key, hash);
    if (slot >= 0) this.#lastUsed[slot] = this.#turn;
    return slot;
  }

  /** Gives a slot to a key that has none; it has no contents yet. */
  add(key: unknown, hash: number): number {
    const slot = this.#index.add(key, hash);
    for (const column of this.#columns) column.clear(slot);
    this.#lastUsed[slot] = this.#turn;
    this.sizeBytes += KEY_BYTES;
    return slot;
  }

  /** Notes what the contents of a slot take as bytes. */
  setWrittenBytes(column: CachedColumn, slot: number, bytes: number): void {
    this.sizeBytes += column.setWrittenBytes(slot, bytes);
  }

  /** A heap state has nothing to say here: slots are given back by {@link KeyCache.evict} alone. */
  emptied(): void {}

  /**
   * Forgets the keys that were not used for longest, up to the target or to those of this turn; nothing may be dirty.
   * Returns how many went.
   */
  evict(targetBytes: number, hashOf: (key: unknown) => number): number {
    const slots: number[] = [];
    this.#index.forEach((slot) => {
      if (this.#lastUsed[slot]! < this.#turn) slots.push(slot);
    });
    slots.sort((a, b) => this.#lastUsed[a]! - this.#lastUsed[b]!);
    let count = 0;
    for (const slot of slots) {
      if (this.sizeBytes <= targetBytes) break;
      this.#forget(slot, hashOf);
      count++;
    }
    return count;
  }

  #forget(slot: number, hashOf: (key: unknown) => number): void {
    this.#index.remove(slot, hashOf(this.#index.keyOf(slot)));
    this.sizeBytes -= KEY_BYTES;
    for (const column of this.#columns) {
      column.clear(slot);
      this.setWrittenBytes(column, slot, 0);
    }
  }
}
