// reduce() of a keyed stream. Source: Flink StreamGroupedReduceOperator, whose state has the same name.
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { ReduceFunction } from '../job/functions.js';
import { type ValueState, ValueStateDescriptor } from '../job/state.js';
import { BaseOperator, type OperatorContext, type OperatorFactory, type Output } from './operator.js';

export function reduceOperator<T>(reduce: ReduceFunction<T>, type: TypeSerializer<T>): OperatorFactory {
  const descriptor = new ValueStateDescriptor('_op_state', type);
  return (context, output) =>
    new ReduceOperator<T>(output as Output<T>, context, { reduce, descriptor }) as BaseOperator<unknown, T>;
}

interface Parts<T> {
  readonly reduce: ReduceFunction<T>;
  readonly descriptor: ValueStateDescriptor<T>;
}

class ReduceOperator<T> extends BaseOperator<T, T> {
  readonly #reduce: ReduceFunction<T>;
  readonly #reduced: ValueState<T>;

  constructor(output: Output<T>, context: OperatorContext, { reduce, descriptor }: Parts<T>) {
    super(output);
    this.#reduce = reduce;
    this.#reduced = context.runtime.getState(descriptor);
  }

  processElement(value: T, timestampMs: number): void {
    const before = this.#reduced.value();
    const reduced = before === null ? value : this.#reduce(before, value);
    this.#reduced.update(reduced);
    this.output.processElement(reduced, timestampMs);
  }
}
