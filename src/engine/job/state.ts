// Keyed state as users see it: descriptors that name and type it, handles that read and change it for the current key.
// Source: Flink ValueState, ListState, MapState and their descriptors.
import type { TypeSerializer } from '../../format/state/serializer.js';

/** One value per key. */
export interface ValueState<T> {
  /** Null where the key has none. */
  value(): T | null;
  update(value: T): void;
  clear(): void;
}

/** A list per key. */
export interface ListState<T> {
  /** Empty where the key has none. */
  get(): readonly T[];
  add(element: T): void;
  addAll(elements: Iterable<T>): void;
  /** Replaces the list. */
  update(elements: Iterable<T>): void;
  clear(): void;
}

/** A map per key. */
export interface MapState<K, V> {
  /** Null where the map has no such key. */
  get(key: K): V | null;
  put(key: K, value: V): void;
  remove(key: K): void;
  contains(key: K): boolean;
  entries(): Iterable<readonly [K, V]>;
  keys(): Iterable<K>;
  values(): Iterable<V>;
  isEmpty(): boolean;
  clear(): void;
}

export class ValueStateDescriptor<T> {
  readonly kind = 'VALUE';
  constructor(
    readonly name: string,
    readonly type: TypeSerializer<T>,
  ) {}
}

export class ListStateDescriptor<T> {
  readonly kind = 'LIST';
  constructor(
    readonly name: string,
    readonly elementType: TypeSerializer<T>,
  ) {}
}

export class MapStateDescriptor<K, V> {
  readonly kind = 'MAP';
  constructor(
    readonly name: string,
    readonly keyType: TypeSerializer<K>,
    readonly valueType: TypeSerializer<V>,
  ) {}
}

export type StateDescriptor =
  | ValueStateDescriptor<unknown>
  | ListStateDescriptor<unknown>
  | MapStateDescriptor<unknown, unknown>;
