// The state handles of the RocksDB backend: those of the heap on what is in memory, and a note of what they change.
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { HeapListState, HeapMapState, HeapValueState } from '../heap-states.js';
import type { CachedColumn, KeyCache } from './key-cache.js';

export class CachedValueState<T> extends HeapValueState<T> {
  readonly #cache: KeyCache;
  readonly #column: CachedColumn;

  constructor(cache: KeyCache, column: CachedColumn) {
    super(cache, column.contents);
    this.#cache = cache;
    this.#column = column;
  }

  override update(value: T): void {
    super.update(value);
    this.#column.touch(this.#cache.slot);
  }

  override clear(): void {
    super.clear();
    this.#column.touch(this.#cache.slot);
  }
}

export class CachedListState<T> extends HeapListState<T> {
  readonly #cache: KeyCache;
  readonly #column: CachedColumn;

  constructor(cache: KeyCache, column: CachedColumn) {
    super(cache, column.contents);
    this.#cache = cache;
    this.#column = column;
  }

  override add(element: T): void {
    super.add(element);
    this.#column.touch(this.#cache.slot);
  }

  override update(elements: Iterable<T>): void {
    super.update(elements);
    this.#column.touch(this.#cache.slot);
  }

  override clear(): void {
    super.clear();
    this.#column.touch(this.#cache.slot);
  }
}

export class CachedMapState<K, V> extends HeapMapState<K, V> {
  readonly #cache: KeyCache;
  readonly #column: CachedColumn;

  constructor(cache: KeyCache, column: CachedColumn, keyType: TypeSerializer<K>) {
    super(cache, column.contents, keyType);
    this.#cache = cache;
    this.#column = column;
  }

  override put(key: K, value: V): void {
    super.put(key, value);
    this.#column.touchEntry(this.#cache.slot, key);
  }

  override remove(key: K): void {
    if (!this.contains(key)) return;
    super.remove(key);
    this.#column.touchEntry(this.#cache.slot, key);
  }

  override clear(): void {
    for (const key of [...this.keys()]) this.#column.touchEntry(this.#cache.slot, key);
    super.clear();
  }
}
