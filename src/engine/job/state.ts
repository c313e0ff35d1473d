// Keyed state as users see it: descriptors that name and type it, handles that read and change it for the current key.
// Source: Flink ValueState, ListState, MapState, ReducingState, AggregatingState and their descriptors, StateTtlConfig.
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { AggregateFunction, ReduceFunction } from './functions.js';

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

/** What all values added for a key were reduced to. */
export interface ReducingState<T> {
  /** Null where nothing was added. */
  get(): T | null;
  add(value: T): void;
  clear(): void;
}

/** What all values added for a key come to. */
export interface AggregatingState<In, Out> {
  /** Null where nothing was added. */
  get(): Out | null;
  add(value: In): void;
  clear(): void;
}

/** A map that is the same in every subtask of an operator, as one may read it. */
export interface ReadOnlyBroadcastState<K, V> {
  /** Null where the map has no such key. */
  get(key: K): V | null;
  contains(key: K): boolean;
  immutableEntries(): Iterable<readonly [K, V]>;
}

export interface BroadcastState<K, V> extends ReadOnlyBroadcastState<K, V> {
  put(key: K, value: V): void;
  remove(key: K): void;
  clear(): void;
}

/** State of an operator's subtask, whatever the key. Where the parallelism changes it is dealt out anew. */
export interface OperatorStateStore {
  /** Elements go to one subtask each, in turns. */
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  /** After a restore every subtask has the elements of all; each writes its own. */
  getUnionListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>;
}

/**
 * How long a value lives after it was last used: whole values, list elements and map entries one by one. Time is that
 * of the machine. `OnReadAndWrite` counts reading as use; `ReturnExpiredIfNotCleanedUp` shows what is still there.
 */
export interface StateTtlConfig {
  readonly ttlMs: number;
  /** `OnCreateAndWrite` where left out. */
  readonly updateType?: 'OnCreateAndWrite' | 'OnReadAndWrite';
  /** `NeverReturnExpired` where left out. */
  readonly stateVisibility?: 'NeverReturnExpired' | 'ReturnExpiredIfNotCleanedUp';
}

/** Name of a state, and how long its values live. */
abstract class NamedState {
  ttl: StateTtlConfig | null = null;

  constructor(readonly name: string) {}

  enableTimeToLive(ttl: StateTtlConfig): this {
    this.ttl = ttl;
    return this;
  }
}

export class ValueStateDescriptor<T> extends NamedState {
  readonly kind = 'VALUE';

  constructor(
    name: string,
    readonly type: TypeSerializer<T>,
  ) {
    super(name);
  }
}

export class ListStateDescriptor<T> extends NamedState {
  readonly kind = 'LIST';

  constructor(
    name: string,
    readonly elementType: TypeSerializer<T>,
  ) {
    super(name);
  }
}

export class MapStateDescriptor<K, V> extends NamedState {
  readonly kind = 'MAP';

  constructor(
    name: string,
    readonly keyType: TypeSerializer<K>,
    readonly valueType: TypeSerializer<V>,
  ) {
    super(name);
  }
}

export class ReducingStateDescriptor<T> extends NamedState {
  readonly kind = 'REDUCING';

  constructor(
    name: string,
    readonly reduce: ReduceFunction<T>,
    readonly type: TypeSerializer<T>,
  ) {
    super(name);
  }
}

export class AggregatingStateDescriptor<In, Acc, Out> extends NamedState {
  readonly kind = 'AGGREGATING';

  constructor(
    name: string,
    readonly aggregate: AggregateFunction<In, Acc, Out>,
    readonly accumulatorType: TypeSerializer<Acc>,
  ) {
    super(name);
  }
}

/** Any of them; what the type parameters are does not matter where states are looked after. */
export type StateDescriptor =
  | ValueStateDescriptor<unknown>
  | ListStateDescriptor<unknown>
  | MapStateDescriptor<unknown, unknown>
  | ReducingStateDescriptor<unknown>
  | AggregatingStateDescriptor<unknown, unknown, unknown>;
