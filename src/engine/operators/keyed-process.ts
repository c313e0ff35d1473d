// process() of a keyed stream: a user's function with keyed state and timers. Source: Flink KeyedProcessOperator.
import { voidNamespaceSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { BugError } from '../../support/errors.js';
import {
  type FunctionOrFactory,
  instantiate,
  type KeyedProcessFunction,
  type RichFunction,
  type TimeDomain,
  type TimerService,
} from '../job/functions.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';
import type { Timer } from '../state/timer-queue.js';
import { KeyedContext, NO_ON_TIMER, userTimers, withoutTimers } from './function-context.js';
import { InternalTimerService, type Triggerable } from './internal-timer-service.js';
import {
  NO_TIMESTAMP,
  type OperatorContext,
  type OperatorFactory,
  type Output,
  type StreamOperator,
} from './operator.js';
import { TimestampedCollector } from './transforms.js';
import { UserFunctionOperator } from './user-function-operator.js';

export function keyedProcessOperator<K, I, O>(
  given: FunctionOrFactory<KeyedProcessFunction<K, I, O>>,
  keyType: TypeSerializer<unknown>,
): OperatorFactory {
  const anyFunction = given as unknown as FunctionOrFactory<KeyedProcessFunction<unknown, unknown, unknown>>;
  return (context, output) =>
    new KeyedProcessOperator(output, context, {
      userFunction: instantiate<UserFunction>(anyFunction),
      keyType,
    });
}

type UserFunction = RichFunction &
  Pick<KeyedProcessFunction<unknown, unknown, unknown>, 'processElement' | 'onTimer'>;

interface Parts {
  readonly userFunction: UserFunction;
  readonly keyType: TypeSerializer<unknown>;
}

class KeyedProcessOperator
  extends UserFunctionOperator<unknown>
  implements StreamOperator<unknown>, Triggerable
{
  readonly #function: UserFunction;
  readonly #context: KeyedContext;
  readonly #collector: TimestampedCollector<unknown>;
  /** Null where the function has no onTimer. */
  readonly #timers: InternalTimerService | null;
  #watermarkMs = NO_TIMESTAMP;

  constructor(output: Output<unknown>, operator: OperatorContext, { userFunction, keyType }: Parts) {
    super(output, operator, userFunction);
    const backend = backendOf(operator);
    this.#function = userFunction;
    this.#timers =
      userFunction.onTimer === undefined
        ? null
        : new InternalTimerService(operator, backend, {
            name: 'user-timers',
            keyType,
            namespaceType: voidNamespaceSerializer as TypeSerializer<unknown>,
            target: this,
          });
    this.#context = new KeyedContext(operator, this.#timerService(), backend);
    this.#collector = new TimestampedCollector(output);
  }

  override recover(): void {
    this.#timers?.start();
  }

  processElement(value: unknown, timestampMs: number): void {
    this.#collector.timestampMs = timestampMs;
    this.#context.timestampMs = timestampMs;
    this.#function.processElement(value, this.#context, this.#collector);
  }

  override processWatermark(timestampMs: number): void {
    this.#watermarkMs = timestampMs;
    if (this.#timers === null) super.processWatermark(timestampMs);
    else this.#timers.advanceWatermark(timestampMs, () => super.processWatermark(timestampMs));
  }

  /** What a timer by the machine's time emits has no event time. */
  onTimer({ timestampMs }: Timer, domain: TimeDomain): void {
    this.#collector.timestampMs = domain === 'event-time' ? timestampMs : NO_TIMESTAMP;
    this.#context.timestampMs = timestampMs;
    this.#context.domain = domain;
    this.#function.onTimer!(timestampMs, this.#context, this.#collector);
  }

  #timerService(): TimerService {
    if (this.#timers !== null) return userTimers(this.#timers);
    return withoutTimers(this.operator, { currentWatermark: () => this.#watermarkMs }, NO_ON_TIMER);
  }
}

/** The keyed state of an operator that cannot do without. */
export function backendOf({ keyedState, operatorName }: OperatorContext): KeyedStateBackend {
  if (keyedState === null) throw new BugError(`${operatorName} has no keyed state`);
  return keyedState;
}
