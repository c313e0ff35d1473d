// map, flatMap and filter. Source: Flink StreamMap, StreamFlatMap, StreamFilter.
import {
  type Collector,
  type FilterFunction,
  type FlatMapFunction,
  instantiate,
  type MapFunction,
  type RichFunction,
} from '../job/functions.js';
import { BaseOperator, NO_TIMESTAMP, type OperatorContext, type OperatorFactory, type Output } from './operator.js';

export function mapOperator<T, R>(map: MapFunction<T, R>): OperatorFactory {
  return (context, output) => {
    const { call, life } = bind(map, (rich) => (value: T) => rich.map(value));
    return new MapOperator(output as Output<R>, context, life, call) as BaseOperator<unknown, R>;
  };
}

export function filterOperator<T>(filter: FilterFunction<T>): OperatorFactory {
  return (context, output) => {
    const { call, life } = bind(filter, (rich) => (value: T) => rich.filter(value));
    return new FilterOperator(output as Output<T>, context, life, call) as BaseOperator<unknown, T>;
  };
}

export function flatMapOperator<T, R>(flatMap: FlatMapFunction<T, R>): OperatorFactory {
  return (context, output) => {
    const { call, life } = bind(flatMap, (rich) => (value: T, out: Collector<R>) => rich.flatMap(value, out));
    return new FlatMapOperator(output as Output<R>, context, life, call) as BaseOperator<unknown, R>;
  };
}

/** Passes on what it is given with the timestamp of the record at hand. */
export class TimestampedCollector<T> implements Collector<T> {
  readonly #output: Output<T>;
  timestampMs = NO_TIMESTAMP;

  constructor(output: Output<T>) {
    this.#output = output;
  }

  collect(value: T): void {
    this.#output.processElement(value, this.timestampMs);
  }
}

/** The call of a plain or rich function, and the rich function whose life the operator leads. */
function bind<Call extends (...parameters: never[]) => unknown, Rich extends RichFunction>(
  given: Call | Rich,
  callOf: (rich: Rich) => Call,
): { readonly call: Call; readonly life: RichFunction } {
  if (typeof given === 'function') return { call: given, life: {} };
  const rich = instantiate<Rich>(given);
  return { call: callOf(rich), life: rich };
}

/** An operator around a user's function. */
export abstract class FunctionOperator<I, O, Call> extends BaseOperator<I, O> {
  constructor(
    output: Output<O>,
    protected readonly context: OperatorContext,
    readonly life: RichFunction,
    protected readonly call: Call,
  ) {
    super(output);
  }

  override open(): void {
    this.life.open?.(this.context.runtime);
  }

  override close(): void {
    this.life.close?.();
  }
}

class MapOperator<T, R> extends FunctionOperator<T, R, (value: T) => R> {
  processElement(value: T, timestampMs: number): void {
    this.output.processElement(this.call(value), timestampMs);
  }
}

class FilterOperator<T> extends FunctionOperator<T, T, (value: T) => boolean> {
  processElement(value: T, timestampMs: number): void {
    if (this.call(value)) this.output.processElement(value, timestampMs);
  }
}

class FlatMapOperator<T, R> extends FunctionOperator<T, R, (value: T, out: Collector<R>) => void> {
  readonly #collector = new TimestampedCollector(this.output);

  processElement(value: T, timestampMs: number): void {
    this.#collector.timestampMs = timestampMs;
    this.call(value, this.#collector);
  }
}
