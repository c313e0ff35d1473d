// The state handles of the heap backend: each works on the current key's slot of one column.
// Source: Flink HeapValueState, HeapListState, HeapMapState.
import { javaMap } from '../../format/state/java-map.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { UsageError } from '../../support/errors.js';
import type { ListState, MapState, ValueState } from '../job/state.js';
import type { Column, HeapColumns } from './heap-columns.js';

/** Whose slot is the current one. */
type SlotOwner = Pick<HeapColumns, 'slot' | 'emptied'>;

/** A column, at the slot of the current key. */
abstract class HeapState<Content> {
  readonly #keys: SlotOwner;
  readonly #column: Column;

  constructor(keys: SlotOwner, column: Column) {
    this.#keys = keys;
    this.#column = column;
  }

  protected read(): Content | undefined {
    return this.#column[this.#slot()] as Content | undefined;
  }

  protected write(content: Content): void {
    this.#column[this.#slot()] = content;
  }

  clear(): void {
    this.#column[this.#slot()] = undefined;
    this.#keys.emptied();
  }

  #slot(): number {
    const { slot } = this.#keys;
    if (slot < 0) throw new UsageError('keyed state is used before there is a key', { next: NO_KEY_YET });
    return slot;
  }
}

const NO_KEY_YET = 'use it in processElement: open() only gets the handle';

export class HeapValueState<T> extends HeapState<T> implements ValueState<T> {
  value(): T | null {
    return this.read() ?? null;
  }

  update(value: T): void {
    if (value === undefined || value === null) this.clear();
    else this.write(value);
  }
}

export class HeapListState<T> extends HeapState<T[]> implements ListState<T> {
  get(): readonly T[] {
    return this.read() ?? [];
  }

  add(element: T): void {
    const list = this.read();
    if (list === undefined) this.write([element]);
    else list.push(element);
  }

  addAll(elements: Iterable<T>): void {
    for (const element of [...elements]) this.add(element);
  }

  update(elements: Iterable<T>): void {
    const list = [...elements];
    if (list.length === 0) this.clear();
    else this.write(list);
  }
}

export class HeapMapState<K, V> extends HeapState<Map<K, V>> implements MapState<K, V> {
  readonly #keyType: TypeSerializer<K>;

  constructor(keys: SlotOwner, column: Column, keyType: TypeSerializer<K>) {
    super(keys, column);
    this.#keyType = keyType;
  }

  get(key: K): V | null {
    return this.read()?.get(key) ?? null;
  }

  put(key: K, value: V): void {
    const map = this.read();
    if (map === undefined) this.write(javaMap<K, V>(this.#keyType).set(key, value));
    else map.set(key, value);
  }

  remove(key: K): void {
    const map = this.read();
    if (map?.delete(key) && map.size === 0) this.clear();
  }

  contains(key: K): boolean {
    return this.read()?.has(key) ?? false;
  }

  entries(): Iterable<readonly [K, V]> {
    return this.read()?.entries() ?? [];
  }

  keys(): Iterable<K> {
    return this.read()?.keys() ?? [];
  }

  values(): Iterable<V> {
    return this.read()?.values() ?? [];
  }

  isEmpty(): boolean {
    return (this.read()?.size ?? 0) === 0;
  }
}
