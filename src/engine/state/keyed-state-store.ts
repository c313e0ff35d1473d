// From descriptors to state handles, with or without a time to live, on whichever backend.
// Source: Flink DefaultKeyedStateStore, TtlStateFactory.
import { type TtlValue, voidNamespaceSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { Clock } from '../../support/clock.js';
import { UsageError } from '../../support/errors.js';
import type {
  AggregatingState,
  AggregatingStateDescriptor,
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  ReducingState,
  ReducingStateDescriptor,
  StateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from '../job/state.js';
import { type Contents, mergeNamespaces } from './contents.js';
import { declaredState } from './declared-state.js';
import type { KeyedStateBackend } from './keyed-backend.js';
import {
  KeyedAggregatingState,
  KeyedListState,
  KeyedMapState,
  KeyedReducingState,
  KeyedValueState,
} from './keyed-states.js';
import { TimeToLive, TtlContents, TtlListState, TtlMapState } from './ttl-states.js';

type MergeableDescriptor = Extract<StateDescriptor, { kind: 'LIST' | 'REDUCING' | 'AGGREGATING' }>;

type AnyState =
  | ValueState<unknown>
  | ListState<unknown>
  | MapState<unknown, unknown>
  | ReducingState<unknown>
  | AggregatingState<unknown, unknown>;

/** States of one namespace type; without one they are of the key alone. */
export class KeyedStateStore {
  readonly #backend: KeyedStateBackend;
  readonly #clock: Clock;
  readonly #namespaceType: TypeSerializer<unknown>;
  /** By name of the state, the last that was asked for. */
  readonly #contents = new Map<string, Contents<unknown>>();
  #namespace: unknown;

  constructor(backend: KeyedStateBackend, clock: Clock, namespaceType?: TypeSerializer<unknown>) {
    this.#backend = backend;
    this.#clock = clock;
    this.#namespaceType = namespaceType ?? (voidNamespaceSerializer as TypeSerializer<unknown>);
  }

  /** Chooses the namespace that the states of the store work on; of those of one name, the one asked for last. */
  setNamespace(namespace: unknown): void {
    this.#namespace = namespace;
    for (const contents of this.#contents.values()) contents.setNamespace(namespace);
  }

  /** The state that a descriptor of any kind names. */
  stateOf(descriptor: StateDescriptor): AnyState {
    switch (descriptor.kind) {
      case 'VALUE':
        return this.getState(descriptor);
      case 'LIST':
        return this.getListState(descriptor);
      case 'MAP':
        return this.getMapState(descriptor);
      case 'REDUCING':
        return this.getReducingState(descriptor);
      case 'AGGREGATING':
        return this.getAggregatingState(descriptor);
    }
  }

  /** What the state has in the namespaces `sources` joins that of `target`. */
  mergeNamespaces(descriptor: MergeableDescriptor, target: unknown, sources: readonly unknown[]): void {
    if (descriptor.kind === 'LIST') {
      const merge = (a: unknown[], b: unknown[]) => [...a, ...b];
      mergeNamespaces(this.#contentsOf<unknown[]>(descriptor), { target, sources, merge });
      return;
    }
    const merge = descriptor.kind === 'REDUCING' ? descriptor.reduce : mergeOf(descriptor);
    mergeNamespaces(this.#wholeOf(descriptor), { target, sources, merge });
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    return new KeyedValueState<T>(this.#wholeOf(descriptor as StateDescriptor));
  }

  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T> {
    const contents = this.#wholeOf<T>(descriptor as unknown as StateDescriptor);
    return new KeyedReducingState(contents, descriptor.reduce);
  }

  getAggregatingState<In, Acc, Out>(
    descriptor: AggregatingStateDescriptor<In, Acc, Out>,
  ): AggregatingState<In, Out> {
    const contents = this.#wholeOf<Acc>(descriptor as unknown as StateDescriptor);
    return new KeyedAggregatingState(contents, descriptor.aggregate);
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const ttl = this.#ttlOf(descriptor as StateDescriptor);
    if (ttl === null) return new KeyedListState<T>(this.#contentsOf(descriptor as StateDescriptor));
    return new TtlListState<T>(this.#contentsOf(descriptor as StateDescriptor), ttl);
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const ttl = this.#ttlOf(descriptor as StateDescriptor);
    const { keyType } = descriptor;
    if (ttl === null)
      return new KeyedMapState<K, V>(this.#contentsOf(descriptor as StateDescriptor), keyType);
    const contents = this.#contentsOf<Map<K, TtlValue<V>>>(descriptor as StateDescriptor);
    return new TtlMapState<K, V>(new KeyedMapState(contents, keyType), keyType, ttl);
  }

  #wholeOf<C>(descriptor: StateDescriptor): Contents<C> {
    const ttl = this.#ttlOf(descriptor);
    return ttl === null ? this.#contentsOf(descriptor) : new TtlContents(this.#contentsOf(descriptor), ttl);
  }

  #contentsOf<C>(descriptor: StateDescriptor): Contents<C> {
    const contents = this.#backend.contentsOf<C>(declaredState(descriptor, this.#namespaceType));
    if (this.#namespace !== undefined) contents.setNamespace(this.#namespace);
    this.#contents.set(descriptor.name, contents as Contents<unknown>);
    return contents;
  }

  #ttlOf({ name, ttl }: StateDescriptor): TimeToLive | null {
    if (ttl === null) return null;
    if (ttl.ttlMs > 0) return new TimeToLive(ttl, this.#clock);
    throw new UsageError(`state ${name} has a time to live of ${ttl.ttlMs} ms`, {
      where: `state ${name}`,
      next: 'enable it with a number of milliseconds above 0',
    });
  }
}

function mergeOf({ name, aggregate }: AggregatingStateDescriptor<unknown, unknown, unknown>) {
  const { merge } = aggregate;
  if (merge !== undefined) return (a: unknown, b: unknown) => merge.call(aggregate, a, b);
  throw new UsageError(`state ${name} is to be merged, and its aggregate function cannot`, {
    where: `state ${name}`,
    next: 'give the aggregate function a method merge(a, b)',
  });
}
