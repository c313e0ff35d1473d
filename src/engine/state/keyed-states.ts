// The state handles that users get, of whichever backend: each works on the contents of the current key.
// Source: Flink HeapValueState, HeapListState, HeapMapState, HeapReducingState, HeapAggregatingState.
import { javaMap } from '../../format/state/java-map.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { AggregateFunction, ReduceFunction } from '../job/functions.js';
import type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '../job/state.js';
import type { Contents } from './contents.js';

abstract class KeyedStateHandle<C> {
  protected readonly contents: Contents<C>;

  constructor(contents: Contents<C>) {
    this.contents = contents;
  }

  clear(): void {
    this.contents.remove();
  }
}

export class KeyedValueState<T> extends KeyedStateHandle<T> implements ValueState<T> {
  value(): T | null {
    return this.contents.read() ?? null;
  }

  update(value: T): void {
    if (value === undefined || value === null) this.clear();
    else this.contents.write(value);
  }
}

export class KeyedListState<T> extends KeyedStateHandle<T[]> implements ListState<T> {
  get(): readonly T[] {
    return this.contents.read() ?? [];
  }

  add(element: T): void {
    const list = this.contents.read();
    if (list === undefined) {
      this.contents.write([element]);
    } else {
      list.push(element);
      this.contents.changed();
    }
  }

  addAll(elements: Iterable<T>): void {
    for (const element of [...elements]) this.add(element);
  }

  update(elements: Iterable<T>): void {
    const list = [...elements];
    if (list.length === 0) this.clear();
    else this.contents.write(list);
  }
}

export class KeyedMapState<K, V> extends KeyedStateHandle<Map<K, V>> implements MapState<K, V> {
  readonly #keyType: TypeSerializer<K>;

  constructor(contents: Contents<Map<K, V>>, keyType: TypeSerializer<K>) {
    super(contents);
    this.#keyType = keyType;
  }

  get(key: K): V | null {
    return this.contents.read()?.get(key) ?? null;
  }

  put(key: K, value: V): void {
    const map = this.contents.read();
    if (map === undefined) this.contents.write(javaMap<K, V>(this.#keyType).set(key, value));
    else map.set(key, value);
    this.contents.changedEntry(key);
  }

  remove(key: K): void {
    const map = this.contents.read();
    if (map?.delete(key) !== true) return;
    this.contents.changedEntry(key);
    if (map.size === 0) this.contents.remove();
  }

  contains(key: K): boolean {
    return this.contents.read()?.has(key) ?? false;
  }

  entries(): Iterable<readonly [K, V]> {
    return this.contents.read()?.entries() ?? [];
  }

  keys(): Iterable<K> {
    return this.contents.read()?.keys() ?? [];
  }

  values(): Iterable<V> {
    return this.contents.read()?.values() ?? [];
  }

  isEmpty(): boolean {
    return (this.contents.read()?.size ?? 0) === 0;
  }

  override clear(): void {
    for (const key of this.keys()) this.contents.changedEntry(key);
    super.clear();
  }
}

export class KeyedReducingState<T> extends KeyedStateHandle<T> implements ReducingState<T> {
  readonly #reduce: ReduceFunction<T>;

  constructor(contents: Contents<T>, reduce: ReduceFunction<T>) {
    super(contents);
    this.#reduce = reduce;
  }

  get(): T | null {
    return this.contents.read() ?? null;
  }

  add(value: T): void {
    const reduced = this.contents.read();
    this.contents.write(reduced === undefined ? value : this.#reduce(reduced, value));
  }
}

export class KeyedAggregatingState<In, Acc, Out>
  extends KeyedStateHandle<Acc>
  implements AggregatingState<In, Out>
{
  readonly #aggregate: AggregateFunction<In, Acc, Out>;

  constructor(contents: Contents<Acc>, aggregate: AggregateFunction<In, Acc, Out>) {
    super(contents);
    this.#aggregate = aggregate;
  }

  get(): Out | null {
    const accumulator = this.contents.read();
    return accumulator === undefined ? null : this.#aggregate.getResult(accumulator);
  }

  add(value: In): void {
    const accumulator = this.contents.read() ?? this.#aggregate.createAccumulator();
    this.contents.write(this.#aggregate.add(value, accumulator));
  }
}
