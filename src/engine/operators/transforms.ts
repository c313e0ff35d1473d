// map, flatMap and filter. Source: Flink StreamMap, StreamFlatMap, StreamFilter.
import {
  type Collector,
  type FilterFunction,
  type FlatMapFunction,
  instantiate,
  type MapFunction,
  type RichFunction,
} from '../job/functions.js';
import {
  NO_TIMESTAMP,
  type OperatorContext,
  type OperatorFactory,
  type Output,
  type StreamOperator,
} from './operator.js';
import { UserFunctionOperator } from './user-function-operator.js';

export function mapOperator<T, R>(map: MapFunction<T, R>): OperatorFactory {
  return (context, output) => {
    const userFunction = bind(map, (rich) => (value: T) => rich.map(value));
    return new MapOperator(output as Output<R>, context, userFunction) as StreamOperator<unknown>;
  };
}

export function filterOperator<T>(filter: FilterFunction<T>): OperatorFactory {
  return (context, output) => {
    const userFunction = bind(filter, (rich) => (value: T) => rich.filter(value));
    return new FilterOperator(output as Output<T>, context, userFunction) as StreamOperator<unknown>;
  };
}

export function flatMapOperator<T, R>(flatMap: FlatMapFunction<T, R>): OperatorFactory {
  return (context, output) => {
    const userFunction = bind(flatMap, (rich) => (value: T, out: Collector<R>) => rich.flatMap(value, out));
    return new FlatMapOperator(output as Output<R>, context, userFunction) as StreamOperator<unknown>;
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

/** How a function is called, and the rich function whose life the operator leads. */
interface BoundFunction<Call> {
  readonly call: Call;
  readonly life: RichFunction;
}

type AnyCall = (...parameters: never[]) => unknown;

function bind<Given extends AnyCall | RichFunction>(
  given: Given,
  callOf: (rich: Exclude<Given, AnyCall>) => Extract<Given, AnyCall>,
): BoundFunction<Extract<Given, AnyCall>> {
  if (typeof given === 'function') return { call: given as Extract<Given, AnyCall>, life: {} };
  const rich = instantiate(given as Exclude<Given, AnyCall>);
  return { call: callOf(rich), life: rich as RichFunction };
}

/** An operator around a user's function on one stream. */
abstract class FunctionOperator<I, O, Call> extends UserFunctionOperator<O> implements StreamOperator<I> {
  protected readonly call: Call;

  constructor(output: Output<O>, context: OperatorContext, { call, life }: BoundFunction<Call>) {
    super(output, context, life);
    this.call = call;
  }

  abstract processElement(value: I, timestampMs: number): void;
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
