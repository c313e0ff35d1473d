// What the keys of one subtask have: a column for each state, a slot in it for each key. A key without contents gives
// its slot back after a while.
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { KeyedEntry } from '../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { keyGroupOf } from '../../model/key-groups.js';
import type { KeyGroupRange } from '../../model/metadata.js';
import { BugError } from '../../support/errors.js';
import { KeyIndex } from './key-index.js';
import type { NamespaceEntries, StateColumn } from './state-column.js';
import { wrongKey } from './wrong-type.js';

/** What a backend must know of its operator and subtask. */
export interface KeyedBackendParts {
  readonly operatorName: string;
  readonly keyType: TypeSerializer<unknown>;
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
}

/** Everything is in memory, and every snapshot is a whole one: nobody asks what changed. */
export class HeapColumn implements StateColumn {
  readonly contents: unknown[];
  readonly hasNamespaces: boolean;

  constructor(contents: unknown[], hasNamespaces: boolean) {
    this.contents = contents;
    this.hasNamespaces = hasNamespaces;
  }

  touch(): void {}
  touchEntry(): void {}
  touchNamespace(): void {}
}

/** Slots by key group: those of group `first + i` are `slots[starts[i] .. starts[i + 1])`. */
interface SlotsByKeyGroup {
  readonly starts: Int32Array;
  readonly slots: Int32Array;
}

/** So many keys that may be without contents are collected before they are looked at. */
const SWEEP_KEYS = 4096;

export class HeapColumns {
  readonly #parts: KeyedBackendParts;
  readonly #keyType: TypeSerializer<unknown>;
  readonly #index: KeyIndex;
  readonly #columns: HeapColumn[] = [];
  #perhapsEmpty: number[] = [];
  /** Slot of the current key, -1 before the first. Read by every state handle for every record, hence a plain field. */
  slot = -1;

  constructor(parts: KeyedBackendParts) {
    this.#parts = parts;
    this.#keyType = parts.keyType;
    this.#index = new KeyIndex(parts.keyType);
  }

  get currentKey(): unknown {
    return this.#index.keyOf(this.slot);
  }

  /** A further state. */
  addColumn({ hasNamespaces }: Pick<HeapColumn, 'hasNamespaces'>): HeapColumn {
    const length = this.#columns[0]?.contents.length ?? 0;
    const column = new HeapColumn(new Array<unknown>(length).fill(undefined), hasNamespaces);
    this.#columns.push(column);
    return column;
  }

  /** Throws a UsageError where the key is not of the declared type, which only a key not seen before can be. */
  setCurrentKey(key: unknown): void {
    try {
      const hash = this.#keyType.javaHashCode(key);
      const slot = this.#index.find(key, hash);
      this.slot = slot >= 0 ? slot : this.#addChecked(key, hash);
    } catch (cause) {
      const { operatorName } = this.#parts;
      throw cause instanceof TypeError ? wrongKey(operatorName, this.#keyType, cause) : cause;
    }
  }

  /** The slot of a key from a snapshot. */
  restoredSlot(key: unknown): number {
    const hash = this.#keyType.javaHashCode(key);
    const slot = this.#index.find(key, hash);
    return slot >= 0 ? slot : this.#add(key, hash);
  }

  /** Says that the current key may have no contents any more. */
  emptied(): void {
    this.#suspect(this.slot);
  }

  /** Gathers the slots by key group now; what is returned gives a column's entries in one key group. */
  entriesByKeyGroup(): (column: HeapColumn, keyGroup: number) => Iterable<KeyedEntry> {
    const { starts, slots } = this.#slotsByKeyGroup();
    const { first } = this.#parts.keyGroups;
    return (column, keyGroup) => {
      const start = starts[keyGroup - first]!;
      const own = slots.subarray(start, starts[keyGroup - first + 1]!);
      if (column.hasNamespaces) return this.#namespaceEntries(column.contents, own);
      return new ColumnEntries(this.#index, column.contents, own);
    };
  }

  #addChecked(key: unknown, hash: number): number {
    const { maxParallelism, keyGroups, operatorName } = this.#parts;
    this.#keyType.write(new ByteWriter(64), key);
    const keyGroup = keyGroupOf(hash, maxParallelism);
    if (keyGroup < keyGroups.first || keyGroup > keyGroups.last) {
      throw new BugError(`key group ${keyGroup} does not belong to this subtask of ${operatorName}`);
    }
    const slot = this.#add(key, hash);
    this.#suspect(slot);
    return slot;
  }

  #add(key: unknown, hash: number): number {
    const slot = this.#index.add(key, hash);
    for (const { contents } of this.#columns) contents[slot] = undefined;
    return slot;
  }

  #suspect(slot: number): void {
    this.#perhapsEmpty.push(slot);
    if (this.#perhapsEmpty.length >= SWEEP_KEYS) this.#sweep(slot);
  }

  /** `current` is the slot in use: of the current key, or of the one that is just becoming it. */
  #sweep(current: number): void {
    const suspects = new Set(this.#perhapsEmpty);
    suspects.delete(current);
    for (const slot of suspects) {
      if (this.#columns.some(({ contents }) => contents[slot] !== undefined)) continue;
      this.#index.remove(slot, this.#keyType.javaHashCode(this.#index.keyOf(slot)));
    }
    this.#perhapsEmpty = [current];
  }

  *#namespaceEntries(contents: readonly unknown[], slots: Int32Array): Generator<KeyedEntry> {
    for (const slot of slots) {
      const entries = contents[slot] as NamespaceEntries | undefined;
      if (entries === undefined) continue;
      const key = this.#index.keyOf(slot);
      for (const { namespace, contents: value } of entries.values()) yield { namespace, key, value };
    }
  }

  /** A counting sort. */
  #slotsByKeyGroup(): SlotsByKeyGroup {
    const { keyGroups, maxParallelism } = this.#parts;
    const groups = keyGroups.last - keyGroups.first + 1;
    const ends = new Int32Array(groups + 1);
    const groupOf = (hash: number) => keyGroupOf(hash, maxParallelism) - keyGroups.first;
    this.#index.forEach((_, hash) => {
      ends[groupOf(hash) + 1]!++;
    });
    for (let group = 0; group < groups; group++) ends[group + 1]! += ends[group]!;
    const starts = ends.slice();
    const slots = new Int32Array(ends[groups]!);
    this.#index.forEach((slot, hash) => {
      slots[ends[groupOf(hash)]!++] = slot;
    });
    return { starts, slots };
  }
}

/** The entries of some slots of a column. One entry object serves for all, valid until the next: there may be millions. */
class ColumnEntries implements IterableIterator<KeyedEntry> {
  readonly #index: KeyIndex;
  readonly #column: readonly unknown[];
  readonly #slots: Int32Array;
  readonly #result = {
    done: false as boolean | undefined,
    value: { namespace: null, key: undefined as unknown, value: undefined as unknown },
  };
  #at = 0;

  constructor(index: KeyIndex, column: readonly unknown[], slots: Int32Array) {
    this.#index = index;
    this.#column = column;
    this.#slots = slots;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<KeyedEntry> {
    const entry = this.#result.value;
    while (this.#at < this.#slots.length) {
      const slot = this.#slots[this.#at++]!;
      entry.value = this.#column[slot];
      if (entry.value === undefined) continue;
      entry.key = this.#index.keyOf(slot);
      return this.#result as IteratorResult<KeyedEntry>;
    }
    return { done: true, value: undefined };
  }
}
