// What users do with the contents of a window. Source: Flink ProcessWindowFunction, ProcessAllWindowFunction.
import type { Collector, FunctionOrFactory, KeyedStates, RichFunction, RuntimeContext } from './functions.js';
import type { OutputTag } from './output-tag.js';
import type { TimeWindow, Window } from './window.js';

/** What is known of a window that is full. */
export interface WindowContext<W extends Window = TimeWindow> {
  readonly window: W;
  currentWatermark(): number;
  currentProcessingTime(): number;
  /** State of the key in this window; to be cleared in `clear`. There is none in session windows. */
  windowState(): KeyedStates;
  /** State of the key in all windows. */
  globalState(): KeyedStates;
  output<T>(tag: OutputTag<T>, value: T): void;
}

export abstract class ProcessWindowFunction<K, I, O, W extends Window = TimeWindow> implements RichFunction {
  open(_context: RuntimeContext): void {}
  /** Called when the window gives its results, perhaps often: with all elements, or what they were joined to. */
  abstract process(key: K, context: WindowContext<W>, elements: readonly I[], out: Collector<O>): void;
  /** Called when the window is forgotten. */
  clear?(context: WindowContext<W>): void;
  close(): void {}
}

/** For windows of all records, whatever their key. */
export abstract class ProcessAllWindowFunction<I, O, W extends Window = TimeWindow> implements RichFunction {
  open(_context: RuntimeContext): void {}
  /** See {@link ProcessWindowFunction}. */
  abstract process(context: WindowContext<W>, elements: readonly I[], out: Collector<O>): void;
  clear?(context: WindowContext<W>): void;
  close(): void {}
}

/** A window function as it is passed: an object, or a factory of such. */
export type WindowFunction<K, I, O, W extends Window = TimeWindow> = FunctionOrFactory<
  ProcessWindowFunction<K, I, O, W>
>;

/** See {@link WindowFunction}. */
export type AllWindowFunction<I, O, W extends Window = TimeWindow> = FunctionOrFactory<
  ProcessAllWindowFunction<I, O, W>
>;
