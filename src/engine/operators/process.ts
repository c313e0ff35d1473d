// process(): a user's function with a context. Source: Flink ProcessOperator, KeyedProcessOperator.
import {
  type FunctionOrFactory,
  instantiate,
  type KeyedProcessContext,
  type KeyedProcessFunction,
  type ProcessFunction,
} from '../job/functions.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';
import {
  BaseOperator,
  NO_TIMESTAMP,
  type OperatorContext,
  type OperatorFactory,
  type Output,
} from './operator.js';
import { TimestampedCollector } from './transforms.js';

export function processOperator<I, O>(given: FunctionOrFactory<ProcessFunction<I, O>>): OperatorFactory {
  return processing(given as unknown as AnyFunction);
}

export function keyedProcessOperator<K, I, O>(
  given: FunctionOrFactory<KeyedProcessFunction<K, I, O>>,
): OperatorFactory {
  return processing(given as unknown as AnyFunction);
}

type AnyFunction = FunctionOrFactory<KeyedProcessFunction<unknown, unknown, unknown>>;

function processing(given: AnyFunction): OperatorFactory {
  return (context, output) => new ProcessOperator(output, context, instantiate<UserFunction>(given));
}

type UserFunction = Pick<
  KeyedProcessFunction<unknown, unknown, unknown>,
  'open' | 'processElement' | 'close'
>;

/** One operator for both kinds: without keyed state nobody asks for the current key. */
class ProcessOperator extends BaseOperator<unknown, unknown> {
  readonly #operator: OperatorContext;
  readonly #function: UserFunction;
  readonly #context: RecordContext;
  readonly #collector: TimestampedCollector<unknown>;

  constructor(output: Output<unknown>, operator: OperatorContext, userFunction: UserFunction) {
    super(output);
    this.#operator = operator;
    this.#function = userFunction;
    this.#context = new RecordContext(operator.keyedState);
    this.#collector = new TimestampedCollector(output);
  }

  override open(): void {
    this.#function.open?.(this.#operator.runtime);
  }

  processElement(value: unknown, timestampMs: number): void {
    this.#collector.timestampMs = timestampMs;
    this.#context.timestampMs = timestampMs;
    this.#function.processElement(value, this.#context, this.#collector);
  }

  override close(): void {
    this.#function.close?.();
  }
}

class RecordContext implements KeyedProcessContext<unknown> {
  readonly #keyedState: KeyedStateBackend | null;
  timestampMs = NO_TIMESTAMP;

  constructor(keyedState: KeyedStateBackend | null) {
    this.#keyedState = keyedState;
  }

  timestamp(): number | null {
    return this.timestampMs === NO_TIMESTAMP ? null : this.timestampMs;
  }

  getCurrentKey(): unknown {
    return this.#keyedState?.currentKey;
  }
}
