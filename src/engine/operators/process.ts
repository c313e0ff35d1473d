// process() of a stream without keys: a user's function with a context. Source: Flink ProcessOperator.
import {
  type FunctionOrFactory,
  instantiate,
  type ProcessFunction,
  type RichFunction,
} from '../job/functions.js';
import { NO_KEYS, RecordContext, withoutTimers } from './function-context.js';
import {
  NO_TIMESTAMP,
  type OperatorContext,
  type OperatorFactory,
  type Output,
  type StreamOperator,
} from './operator.js';
import { TimestampedCollector } from './transforms.js';
import { UserFunctionOperator } from './user-function-operator.js';

export function processOperator<I, O>(given: FunctionOrFactory<ProcessFunction<I, O>>): OperatorFactory {
  const anyFunction = given as unknown as FunctionOrFactory<ProcessFunction<unknown, unknown>>;
  return (context, output) => new ProcessOperator(output, context, instantiate<UserFunction>(anyFunction));
}

type UserFunction = RichFunction & Pick<ProcessFunction<unknown, unknown>, 'processElement'>;

class ProcessOperator extends UserFunctionOperator<unknown> implements StreamOperator<unknown> {
  readonly #function: UserFunction;
  readonly #context: RecordContext;
  readonly #collector: TimestampedCollector<unknown>;
  #watermarkMs = NO_TIMESTAMP;

  constructor(output: Output<unknown>, operator: OperatorContext, userFunction: UserFunction) {
    super(output, operator, userFunction);
    this.#function = userFunction;
    const timers = withoutTimers(operator, { currentWatermark: () => this.#watermarkMs }, NO_KEYS);
    this.#context = new RecordContext(operator, timers);
    this.#collector = new TimestampedCollector(output);
  }

  processElement(value: unknown, timestampMs: number): void {
    this.#collector.timestampMs = timestampMs;
    this.#context.timestampMs = timestampMs;
    this.#function.processElement(value, this.#context, this.#collector);
  }

  override processWatermark(timestampMs: number): void {
    this.#watermarkMs = timestampMs;
    super.processWatermark(timestampMs);
  }
}
