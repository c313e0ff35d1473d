// What users do with the contents of a window. Source: Flink ProcessWindowFunction.
import type { Collector, FunctionOrFactory, KeyedStates, RichFunction, RuntimeContext } from './functions.js';
import type { OutputTag } from './output-tag.js';
import type { TimeWindow } from './window.js';

/** What is known of a window that is full. */
export interface WindowContext {
  readonly window: TimeWindow;
  currentWatermark(): number;
  currentProcessingTime(): number;
  /** State of the key in this window; to be cleared in `clear`. There is none in session windows. */
  windowState(): KeyedStates;
  /** State of the key in all windows. */
  globalState(): KeyedStates;
  output<T>(tag: OutputTag<T>, value: T): void;
}

export abstract class ProcessWindowFunction<K, I, O> implements RichFunction {
  open(_context: RuntimeContext): void {}
  /** Called when the window is full, and again for every late record: with all elements, or what they were joined to. */
  abstract process(key: K, context: WindowContext, elements: readonly I[], out: Collector<O>): void;
  /** Called when the window is forgotten. */
  clear?(context: WindowContext): void;
  close(): void {}
}

/** A window function as it is passed: an object, or a factory of such. */
export type WindowFunction<K, I, O> = FunctionOrFactory<ProcessWindowFunction<K, I, O>>;
