// A stream without keys by windows: all records have one key, and one subtask gathers them.
// Source: Flink AllWindowedStream.
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { SingleOutputStreamOperator } from './data-stream.js';
import type { Evictor } from './evictors.js';
import {
  type AggregateFunction,
  type Collector,
  instantiate,
  type ReduceFunction,
  type RuntimeContext,
} from './functions.js';
import type { OutputTag } from './output-tag.js';
import type { Trigger } from './trigger.js';
import type { TimeWindow, Window } from './window.js';
import {
  type AllWindowFunction,
  type ProcessAllWindowFunction,
  ProcessWindowFunction,
  type WindowContext,
  type WindowFunction,
} from './window-function.js';
import type { WindowedStream } from './windowed-stream.js';

/** See {@link WindowedStream}; the parallelism of what comes of it is 1. */
export class AllWindowedStream<T, W extends Window = TimeWindow> {
  readonly #windows: WindowedStream<T, number, W>;

  constructor(windows: WindowedStream<T, number, W>) {
    this.#windows = windows;
  }

  trigger(trigger: Trigger<T, W>): this {
    this.#windows.trigger(trigger);
    return this;
  }

  evictor(evictor: Evictor<T, W>, type: TypeSerializer<T>): this {
    this.#windows.evictor(evictor, type);
    return this;
  }

  allowedLateness(latenessMs: number): this {
    this.#windows.allowedLateness(latenessMs);
    return this;
  }

  sideOutputLateData(tag: OutputTag<T>): this {
    this.#windows.sideOutputLateData(tag);
    return this;
  }

  reduce(reduce: ReduceFunction<T>, type: TypeSerializer<T>): SingleOutputStreamOperator<T>;
  reduce<R>(
    reduce: ReduceFunction<T>,
    type: TypeSerializer<T>,
    then: AllWindowFunction<T, R, W>,
  ): SingleOutputStreamOperator<R>;
  reduce<R>(reduce: ReduceFunction<T>, type: TypeSerializer<T>, then?: AllWindowFunction<T, R, W>) {
    if (then === undefined) return nonParallel(this.#windows.reduce(reduce, type));
    return nonParallel(this.#windows.reduce(reduce, type, withoutKey(then)));
  }

  aggregate<Acc, A>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
  ): SingleOutputStreamOperator<A>;
  aggregate<Acc, A, R>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
    then: AllWindowFunction<A, R, W>,
  ): SingleOutputStreamOperator<R>;
  aggregate<Acc, A, R>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
    then?: AllWindowFunction<A, R, W>,
  ) {
    if (then === undefined) return nonParallel(this.#windows.aggregate(aggregate, type));
    return nonParallel(this.#windows.aggregate(aggregate, type, withoutKey(then)));
  }

  process<R>(process: AllWindowFunction<T, R, W>, type: TypeSerializer<T>): SingleOutputStreamOperator<R> {
    return nonParallel(this.#windows.process(withoutKey(process), type));
  }
}

function nonParallel<R>(stream: SingleOutputStreamOperator<R>): SingleOutputStreamOperator<R> {
  return stream.setParallelism(1).setMaxParallelism(1);
}

function withoutKey<I, O, W extends Window>(
  given: AllWindowFunction<I, O, W>,
): WindowFunction<number, I, O, W> {
  return () => new WithoutKey(instantiate<AllFunction<I, O, W>>(given));
}

type AllFunction<I, O, W extends Window> = Pick<
  ProcessAllWindowFunction<I, O, W>,
  keyof ProcessAllWindowFunction<I, O, W>
>;

class WithoutKey<I, O, W extends Window> extends ProcessWindowFunction<number, I, O, W> {
  constructor(private readonly inner: AllFunction<I, O, W>) {
    super();
  }

  override open(context: RuntimeContext): void {
    this.inner.open(context);
  }

  process(_key: number, context: WindowContext<W>, elements: readonly I[], out: Collector<O>): void {
    this.inner.process(context, elements, out);
  }

  override clear(context: WindowContext<W>): void {
    this.inner.clear?.(context);
  }

  override close(): void {
    this.inner.close();
  }
}
