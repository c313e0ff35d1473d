// What the keys of one subtask have: a column for each state, a slot in it for each key. A key without contents gives
// its slot back after a while.
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { EntryVisitor } from '../../format/state/keyed-state.js';
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

  /** Visits the entries of a column, slot by slot: as they lie in memory. */
  forEachEntry({ contents, hasNamespaces }: HeapColumn, visit: EntryVisitor): void {
    for (let slot = 0; slot < contents.length; slot++) {
      const value = contents[slot];
      if (value === undefined) continue;
      const key = this.#index.keyOf(slot);
      const keyGroup = keyGroupOf(this.#keyType.javaHashCode(key), this.#parts.maxParallelism);
      if (!hasNamespaces) visit(keyGroup, { namespace: null, key, value });
      else
        for (const { namespace, contents: own } of (value as NamespaceEntries).values())
          visit(keyGroup, { namespace, key, value: own });
    }
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
}
