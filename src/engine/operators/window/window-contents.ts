// How the records of a window are kept: all of them, joined to one, or all with their times for an evictor to choose.
// Source: Flink WindowOperatorBuilder, EvictingWindowOperator, and InternalListState, InternalReducingState,
// InternalAggregatingState (mergeNamespaces).
import { listSerializer } from '../../../format/state/composite-serializers.js';
import type { ValueKeyedState } from '../../../format/state/keyed-state.js';
import { streamRecordSerializer, type TimestampedValue } from '../../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import type { Elements, Evictor, EvictorContext } from '../../job/evictors.js';
import type { AggregateFunction, ReduceFunction } from '../../job/functions.js';
import type { Window } from '../../job/window.js';
import { NO_TIMESTAMP } from '../operator.js';

/** A window that gives its results. */
export interface Firing<Out> {
  readonly window: Window;
  readonly times: EvictorContext;
  /** Calls the window function. */
  emit(elements: readonly Out[]): void;
}

/** What is kept of a window, and how it is added to. `In` are records, `C` what is kept, `Out` what functions see. */
export interface WindowKeeping<In = unknown, C = unknown, Out = unknown> {
  /** Of the state, without its namespace. */
  readonly state: Pick<ValueKeyedState, 'kind' | 'value'>;
  /** Returns the new contents, which may be the old object. */
  add(contents: C | undefined, record: In, timestampMs: number): C;
  /** Joins two; null where that cannot be. */
  readonly merge: ((a: C, b: C) => C) | null;
  /** Returns what stays of the contents, undefined for nothing. */
  fire(contents: C, firing: Firing<Out>): C | undefined;
}

export function keepAll<T>(type: TypeSerializer<T>): WindowKeeping<T, T[], T> {
  const value = listSerializer(type as TypeSerializer<unknown>);
  return {
    state: { kind: 'LIST', value },
    add: append,
    merge: (a, b) => [...a, ...b],
    fire(contents, { emit }) {
      emit(contents);
      return contents;
    },
  };
}

export function keepReduced<T>(reduce: ReduceFunction<T>, type: TypeSerializer<T>): WindowKeeping<T, T, T> {
  return {
    state: { kind: 'REDUCING', value: type as TypeSerializer<unknown> },
    add: (contents, record) => (contents === undefined ? record : reduce(contents, record)),
    merge: reduce,
    fire(contents, { emit }) {
      emit([contents]);
      return contents;
    },
  };
}

export function keepAggregated<In, Acc, Out>(
  aggregate: AggregateFunction<In, Acc, Out>,
  type: TypeSerializer<Acc>,
): WindowKeeping<In, Acc, Out> {
  const { merge } = aggregate;
  return {
    state: { kind: 'AGGREGATING', value: type as TypeSerializer<unknown> },
    add: (contents, record) => aggregate.add(record, contents ?? aggregate.createAccumulator()),
    merge: merge === undefined ? null : (a, b) => merge.call(aggregate, a, b),
    fire(contents, { emit }) {
      emit([aggregate.getResult(contents)]);
      return contents;
    },
  };
}

/** What comes of the values of a window that its evictor has left. */
export type Gathering<In, Out> = (values: readonly In[]) => readonly Out[];

export function keepForEvictor<In, Out>(
  type: TypeSerializer<In>,
  evictor: Evictor<In, Window>,
  gather: Gathering<In, Out>,
): WindowKeeping<In, TimestampedValue<In>[], Out> {
  const value = listSerializer(streamRecordSerializer(type) as TypeSerializer<unknown>);
  return {
    state: { kind: 'LIST', value },
    add: (contents, record, timestampMs) =>
      append(contents, { value: record, timestampMs: timestampMs === NO_TIMESTAMP ? null : timestampMs }),
    merge: (a, b) => [...a, ...b],
    fire(contents, { window, times, emit }) {
      const seen: Elements<In> = evictor.evictBefore(contents, window, times);
      emit(gather(seen.map((element) => element.value)));
      const left = evictor.evictAfter(seen, window, times);
      return left.length === 0 ? undefined : [...left];
    },
  };
}

function append<T>(contents: T[] | undefined, record: T): T[] {
  if (contents === undefined) return [record];
  contents.push(record);
  return contents;
}
