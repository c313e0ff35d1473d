// What users write: functions and rich functions, in Flink's words. A plain function is used as it is; an object is
// copied for every subtask, fields and all, and its constructor not run again, as Flink's serialization does it. #private
// members cannot be copied: who has them hands over a factory.
// Source: Flink RichFunction, ProcessFunction, KeyedProcessFunction, RuntimeContext, TimerService.
import { UsageError } from '../../support/errors.js';
import type { OutputTag } from './output-tag.js';
import type {
  AggregatingState,
  AggregatingStateDescriptor,
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  OperatorStateStore,
  ReducingState,
  ReducingStateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from './state.js';

/** Where keyed state is had, of the key of the record or timer being processed. */
export interface KeyedStates {
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>;
  getAggregatingState<In, Acc, Out>(
    descriptor: AggregatingStateDescriptor<In, Acc, Out>,
  ): AggregatingState<In, Out>;
}

/** What a function may know of the subtask it runs in, and its state. UsageError where the stream is not keyed. */
export interface RuntimeContext extends KeyedStates {
  readonly subtaskIndex: number;
  readonly parallelism: number;
}

/** What a function with operator state is given before it opens. */
export interface FunctionInitializationContext {
  /** Whether the job goes on from a snapshot. */
  isRestored(): boolean;
  getOperatorStateStore(): OperatorStateStore;
  getKeyedStateStore(): KeyedStates;
}

/** A function with a life: opened before the first record, closed at the end. */
export interface RichFunction {
  /** Flink's CheckpointedFunction: gets operator state, with what was restored of it. Called before `open`. */
  initializeState?(context: FunctionInitializationContext): void;
  /** Called at the barrier: brings into operator state what is to be in the checkpoint. */
  snapshotState?(context: { readonly checkpointId: number }): void;
  open?(context: RuntimeContext): void;
  close?(): void;
}

/** Takes the results of a function. */
export interface Collector<T> {
  collect(value: T): void;
}

export type KeySelector<T, K> = (value: T) => K;
export type MapFunction<T, R> = ((value: T) => R) | (RichFunction & { map(value: T): R });
export type FilterFunction<T> = ((value: T) => boolean) | (RichFunction & { filter(value: T): boolean });
export type FlatMapFunction<T, R> =
  | ((value: T, out: Collector<R>) => void)
  | (RichFunction & { flatMap(value: T, out: Collector<R>): void });

/** Joins two values of a type to one: must not mind in which order it is called with which. */
export type ReduceFunction<T> = (a: T, b: T) => T;

/** Gathers values in an accumulator. */
export interface AggregateFunction<In, Acc, Out> {
  createAccumulator(): Acc;
  /** Returns the accumulator with the value in it, which may be the same object. */
  add(value: In, accumulator: Acc): Acc;
  getResult(accumulator: Acc): Out;
  /** The two in one; for session windows. */
  merge?(a: Acc, b: Acc): Acc;
}

/**
 * Times and timers, in ms since the epoch. A timer is of the current key and there once for its time. One whose time is
 * over goes off all the same: by event time at the next watermark.
 */
export interface TimerService {
  currentProcessingTime(): number;
  /** Negative infinity before the first watermark. */
  currentWatermark(): number;
  registerEventTimeTimer(timeMs: number): void;
  registerProcessingTimeTimer(timeMs: number): void;
  deleteEventTimeTimer(timeMs: number): void;
  deleteProcessingTimeTimer(timeMs: number): void;
}

export type TimeDomain = 'event-time' | 'processing-time';

/** What is known of the record that a process function is called with. */
export interface ProcessContext {
  /** Event time in ms since the epoch, null where the record has none. */
  timestamp(): number | null;
  /** Timers want a keyed stream. */
  timerService(): TimerService;
  /** Emits a record to a side output. */
  output<T>(tag: OutputTag<T>, value: T): void;
}

/** See {@link ProcessContext}. */
export interface KeyedProcessContext<K> extends ProcessContext {
  getCurrentKey(): K;
}

/** What is known of the timer that a function is called for; `timestamp()` is its time. */
export interface OnTimerContext<K> extends KeyedProcessContext<K> {
  timeDomain(): TimeDomain;
}

export abstract class ProcessFunction<I, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement(value: I, context: ProcessContext, out: Collector<O>): void;
  close(): void {}
}

export abstract class KeyedProcessFunction<K, I, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement(value: I, context: KeyedProcessContext<K>, out: Collector<O>): void;
  /** Called when the time of a timer has come. What it emits has the timer's event time. */
  onTimer?(timestampMs: number, context: OnTimerContext<K>, out: Collector<O>): void;
  close(): void {}
}

/** A rich function in the form that `process` takes it: an object with the methods, or a factory of such. */
export type FunctionOrFactory<F extends RichFunction> = Pick<F, keyof F> | (() => Pick<F, keyof F>);

/** The function object of one subtask: made by the factory, or a copy of `prototype`. */
export function instantiate<F extends object>(prototype: F | (() => F)): F {
  if (typeof prototype === 'function') return (prototype as () => F)();
  return Object.assign(Object.create(Object.getPrototypeOf(prototype)), prototype) as F;
}

/** What to say of an error that comes from #private members, which no copy has; null of any other. */
export function uncopied(thrown: unknown): UsageError | null {
  if (!(thrown instanceof TypeError) || !NOT_OF_THE_CLASS.test(thrown.message)) return null;
  const what = 'a function object is copied for every subtask, and #private members cannot be copied';
  return new UsageError(`${what}: ${thrown.message}`, {
    next: 'hand process() a factory, () => new F(), or write private in place of #',
    cause: thrown,
  });
}

/** Of V8. */
const NOT_OF_THE_CLASS = /^Cannot (?:read|write) private member|^Receiver must be (?:an instance of )?class/;
