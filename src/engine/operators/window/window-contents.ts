// How the records of a window are kept: all of them, or joined to one. Source: Flink WindowOperatorBuilder, and
// InternalListState, InternalReducingState, InternalAggregatingState (mergeNamespaces).
import { listSerializer } from '../../../format/state/composite-serializers.js';
import type { ValueKeyedState } from '../../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import type { AggregateFunction, ReduceFunction } from '../../job/functions.js';
import { timeWindowType } from '../../job/window.js';

/** What is kept of a window, and how it is added to. `In` are records, `C` what is kept, `Out` what functions see. */
export interface WindowKeeping<In = unknown, C = unknown, Out = unknown> {
  readonly state: ValueKeyedState;
  /** Returns the new contents, which may be the old object. */
  add(contents: C | undefined, record: In): C;
  /** Joins two; null where that cannot be. */
  readonly merge: ((a: C, b: C) => C) | null;
  elements(contents: C): readonly Out[];
}

/** Flink's name of the state. */
const NAME = 'window-contents';
const namespace = timeWindowType as TypeSerializer<unknown>;

export function keepAll<T>(type: TypeSerializer<T>): WindowKeeping<T, T[], T> {
  const value = listSerializer(type as TypeSerializer<unknown>);
  return {
    state: { kind: 'LIST', name: NAME, namespace, value },
    add(contents, record) {
      if (contents === undefined) return [record];
      contents.push(record);
      return contents;
    },
    merge: (a, b) => [...a, ...b],
    elements: (contents) => contents,
  };
}

export function keepReduced<T>(reduce: ReduceFunction<T>, type: TypeSerializer<T>): WindowKeeping<T, T, T> {
  return {
    state: { kind: 'REDUCING', name: NAME, namespace, value: type as TypeSerializer<unknown> },
    add: (contents, record) => (contents === undefined ? record : reduce(contents, record)),
    merge: reduce,
    elements: (contents) => [contents],
  };
}

export function keepAggregated<In, Acc, Out>(
  aggregate: AggregateFunction<In, Acc, Out>,
  type: TypeSerializer<Acc>,
): WindowKeeping<In, Acc, Out> {
  const { merge } = aggregate;
  return {
    state: { kind: 'AGGREGATING', name: NAME, namespace, value: type as TypeSerializer<unknown> },
    add: (contents, record) => aggregate.add(record, contents ?? aggregate.createAccumulator()),
    merge: merge === undefined ? null : (a, b) => merge.call(aggregate, a, b),
    elements: (contents) => [aggregate.getResult(contents)],
  };
}
