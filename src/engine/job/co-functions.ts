// Functions on two streams at once. Source: Flink CoMapFunction, CoFlatMapFunction, CoProcessFunction,
// KeyedCoProcessFunction, BroadcastProcessFunction, KeyedBroadcastProcessFunction.
import type {
  Collector,
  KeyedProcessContext,
  OnTimerContext,
  ProcessContext,
  RichFunction,
  RuntimeContext,
} from './functions.js';
import type { BroadcastState, MapStateDescriptor, ReadOnlyBroadcastState } from './state.js';

export interface CoMapFunction<A, B, R> extends RichFunction {
  map1(value: A): R;
  map2(value: B): R;
}

export interface CoFlatMapFunction<A, B, R> extends RichFunction {
  flatMap1(value: A, out: Collector<R>): void;
  flatMap2(value: B, out: Collector<R>): void;
}

export abstract class CoProcessFunction<A, B, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement1(value: A, context: ProcessContext, out: Collector<O>): void;
  abstract processElement2(value: B, context: ProcessContext, out: Collector<O>): void;
  close(): void {}
}

export abstract class KeyedCoProcessFunction<K, A, B, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement1(value: A, context: KeyedProcessContext<K>, out: Collector<O>): void;
  abstract processElement2(value: B, context: KeyedProcessContext<K>, out: Collector<O>): void;
  onTimer?(timestampMs: number, context: OnTimerContext<K>, out: Collector<O>): void;
  close(): void {}
}

/** Broadcast state as the side that is not broadcast sees it. */
export interface ReadOnlyBroadcastContext {
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V>;
}

/** Broadcast state as the broadcast side sees it: every subtask must do the same with the same records. */
export interface BroadcastContext extends ProcessContext {
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>;
}

export abstract class BroadcastProcessFunction<A, B, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement(
    value: A,
    context: ProcessContext & ReadOnlyBroadcastContext,
    out: Collector<O>,
  ): void;
  abstract processBroadcastElement(value: B, context: BroadcastContext, out: Collector<O>): void;
  close(): void {}
}

export abstract class KeyedBroadcastProcessFunction<K, A, B, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement(
    value: A,
    context: KeyedProcessContext<K> & ReadOnlyBroadcastContext,
    out: Collector<O>,
  ): void;
  /** There is no key: keyed state and timers are not to be had. */
  abstract processBroadcastElement(value: B, context: BroadcastContext, out: Collector<O>): void;
  onTimer?(
    timestampMs: number,
    context: OnTimerContext<K> & ReadOnlyBroadcastContext,
    out: Collector<O>,
  ): void;
  close(): void {}
}
