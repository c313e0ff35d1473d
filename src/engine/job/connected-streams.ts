// Two streams that one operator reads. Source: Flink ConnectedStreams, BroadcastStream, BroadcastConnectedStream.
import { UsageError } from '../../support/errors.js';
import { coProcessOperator, type TwoStreamFunction } from '../operators/co-process.js';
import type {
  BroadcastProcessFunction,
  CoFlatMapFunction,
  CoMapFunction,
  CoProcessFunction,
  KeyedBroadcastProcessFunction,
  KeyedCoProcessFunction,
} from './co-functions.js';
import type { SingleOutputStreamOperator } from './data-stream.js';
import { type FunctionOrFactory, instantiate, type RichFunction } from './functions.js';
import type { MapStateDescriptor } from './state.js';
import type { KeySpec, StreamEdge, StreamNode } from './stream-graph.js';

/** One of the two. */
export interface ConnectedInput {
  readonly edges: readonly StreamEdge[];
  readonly key: KeySpec | null;
}

/** What is connected, and how the operator that reads both is added to the program. */
export interface Connection {
  readonly first: ConnectedInput;
  readonly second: ConnectedInput;
  /** States of a second stream that is broadcast, else null. */
  readonly broadcast: readonly MapStateDescriptor<unknown, unknown>[] | null;
  add<R>(parts: Pick<StreamNode, 'name' | 'inputs' | 'key' | 'logic'>): SingleOutputStreamOperator<R>;
}

/** What both kinds of connected streams do. */
abstract class TwoConnected {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  protected transform<F extends RichFunction & object, R>(
    name: string,
    given: F | (() => F),
    asTwo: (given: F) => TwoStreamFunction,
  ): SingleOutputStreamOperator<R> {
    const { first, second, broadcast, add } = this.#connection;
    const key = this.#key(name);
    const create = coProcessOperator({
      create: () => asTwo(instantiate(given)),
      keyType: key?.type ?? null,
      broadcast,
    });
    const inputs = [...first.edges, ...second.edges.map((edge) => ({ ...edge, input: 1 as const }))];
    return add({ name, inputs, key, logic: { kind: 'two-input-operator', create } });
  }

  /** Of the operator's state. A broadcast stream has none of its own. */
  #key(name: string): KeySpec | null {
    const { first, second, broadcast } = this.#connection;
    if (broadcast !== null || (first.key === null) === (second.key === null)) return first.key;
    throw new UsageError(`one of the two streams of ${name} has keys, the other has none`, {
      where: name,
      next: 'call keyBy on both, or on neither',
    });
  }
}

export class ConnectedStreams<A, B, K = unknown> extends TwoConnected {
  map<R>(map: CoMapFunction<A, B, R>): SingleOutputStreamOperator<R> {
    return this.transform('Co-Map', map, (life) => ({
      life,
      first: (value, _context, out) => out.collect(life.map1(value as A)),
      second: (value, _context, out) => out.collect(life.map2(value as B)),
    }));
  }

  flatMap<R>(flatMap: CoFlatMapFunction<A, B, R>): SingleOutputStreamOperator<R> {
    return this.transform('Co-Flat Map', flatMap, (life) => ({
      life,
      first: (value, _context, out) => life.flatMap1(value as A, out as never),
      second: (value, _context, out) => life.flatMap2(value as B, out as never),
    }));
  }

  /** Where both streams have keys of one type, the function has keyed state and timers. */
  process<R>(
    process:
      | FunctionOrFactory<CoProcessFunction<A, B, R>>
      | FunctionOrFactory<KeyedCoProcessFunction<K, A, B, R>>,
  ): SingleOutputStreamOperator<R> {
    const given = process as FunctionOrFactory<KeyedCoProcessFunction<unknown, unknown, unknown, unknown>>;
    return this.transform('Co-Process', given, (life) => ({
      life,
      first: (value, context, out) => life.processElement1(value, context as never, out),
      second: (value, context, out) => life.processElement2(value, context as never, out),
      ...onTimerOf(life),
    }));
  }
}

/** A stream of which every subtask gets every record, and the states that are made of it. */
export class BroadcastStream<B> {
  /** For the compiler alone: what its records are. */
  declare readonly records?: B;

  constructor(
    readonly edges: readonly StreamEdge[],
    readonly descriptors: readonly MapStateDescriptor<unknown, unknown>[],
  ) {}
}

export class BroadcastConnectedStream<A, B, K = unknown> extends TwoConnected {
  process<R>(
    process:
      | FunctionOrFactory<BroadcastProcessFunction<A, B, R>>
      | FunctionOrFactory<KeyedBroadcastProcessFunction<K, A, B, R>>,
  ): SingleOutputStreamOperator<R> {
    const given = process as FunctionOrFactory<
      KeyedBroadcastProcessFunction<unknown, unknown, unknown, unknown>
    >;
    return this.transform('Co-Process-Broadcast', given, (life) => ({
      life,
      first: (value, context, out) => life.processElement(value, context as never, out),
      second: (value, context, out) => life.processBroadcastElement(value, context as never, out),
      ...onTimerOf(life),
    }));
  }
}

function onTimerOf(
  life:
    | Pick<KeyedBroadcastProcessFunction<unknown, unknown, unknown, unknown>, 'onTimer'>
    | Pick<KeyedCoProcessFunction<unknown, unknown, unknown, unknown>, 'onTimer'>,
): Pick<TwoStreamFunction, 'onTimer'> {
  if (life.onTimer === undefined) return {};
  return { onTimer: (timestampMs, context, out) => life.onTimer?.(timestampMs, context as never, out) };
}
