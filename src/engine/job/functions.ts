// What users write: functions and rich functions, in Flink's words. A plain function is used as it is; an object is
// copied for every subtask, fields and all, as Flink's serialization does it (so: no #private fields, or a factory).
// Source: Flink RichFunction, KeyedProcessFunction, RuntimeContext.
import type {
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from './state.js';

/** What a function may know of the subtask it runs in, and where it gets its state. */
export interface RuntimeContext {
  readonly subtaskIndex: number;
  readonly parallelism: number;
  /** Keyed state, of the key of the record being processed. UsageError where the stream is not keyed. */
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
}

/** A function with a life: opened before the first record, closed at the end. */
export interface RichFunction {
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

/** What is known of the record that a process function is called with. */
export interface ProcessContext {
  /** Event time in ms since the epoch, null where the record has none. */
  timestamp(): number | null;
}

/** See {@link ProcessContext}. */
export interface KeyedProcessContext<K> extends ProcessContext {
  getCurrentKey(): K;
}

export abstract class ProcessFunction<I, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement(value: I, context: ProcessContext, out: Collector<O>): void;
  close(): void {}
}

export abstract class KeyedProcessFunction<K, I, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  abstract processElement(value: I, context: KeyedProcessContext<K>, out: Collector<O>): void;
  close(): void {}
}

/** A rich function in the form that `process` takes it: an object with the methods, or a factory of such. */
export type FunctionOrFactory<F extends RichFunction> = Pick<F, keyof F> | (() => Pick<F, keyof F>);

/** The function object of one subtask: made by the factory, or a copy of `prototype`. */
export function instantiate<F extends object>(prototype: F | (() => F)): F {
  if (typeof prototype === 'function') return (prototype as () => F)();
  return Object.assign(Object.create(Object.getPrototypeOf(prototype)), prototype) as F;
}
