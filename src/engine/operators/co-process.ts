// Functions on two connected streams, with keys or without, also where the second is broadcast.
// Source: Flink CoStreamMap, CoProcessOperator, KeyedCoProcessOperator, CoBroadcastWithKeyedOperator.
import { voidNamespaceSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { Collector, OnTimerContext, RichFunction, TimeDomain, TimerService } from '../job/functions.js';
import type { MapStateDescriptor } from '../job/state.js';
import type { Timer } from '../state/timer-queue.js';
import { BroadcastSide, type BroadcastStates, withBroadcastState } from './broadcast-side.js';
import {
  KeyedContext,
  NO_KEYS,
  NO_ON_TIMER,
  RecordContext,
  userTimers,
  withoutTimers,
} from './function-context.js';
import { InternalTimerService, type Triggerable } from './internal-timer-service.js';
import { backendOf } from './keyed-process.js';
import {
  NO_TIMESTAMP,
  type OperatorContext,
  type Output,
  type TwoInputOperatorFactory,
  type TwoInputStreamOperator,
} from './operator.js';
import { TimestampedCollector } from './transforms.js';
import { UserFunctionOperator } from './user-function-operator.js';

type Call = (value: unknown, context: RecordContext, out: Collector<unknown>) => void;

/** A user's function on two streams, whatever it is called there. */
export interface TwoStreamFunction {
  readonly life: RichFunction;
  readonly first: Call;
  readonly second: Call;
  readonly onTimer?: (timestampMs: number, context: OnTimerContext<unknown>, out: Collector<unknown>) => void;
}

export interface TwoStreams {
  /** Makes the function of a subtask. */
  readonly create: () => TwoStreamFunction;
  /** Null where the operator has no keyed state. */
  readonly keyType: TypeSerializer<unknown> | null;
  /** States of a broadcast second stream; null where it is not broadcast. */
  readonly broadcast: readonly MapStateDescriptor<unknown, unknown>[] | null;
}

export function coProcessOperator(streams: TwoStreams): TwoInputOperatorFactory {
  return (context, output) =>
    new CoProcessOperator(output, context, { ...streams, called: streams.create() });
}

type Parts = TwoStreams & { readonly called: TwoStreamFunction };

class CoProcessOperator
  extends UserFunctionOperator<unknown>
  implements TwoInputStreamOperator<unknown, unknown>, Triggerable
{
  readonly #called: TwoStreamFunction;
  readonly #firstContext: RecordContext;
  readonly #secondContext: RecordContext;
  readonly #collector: TimestampedCollector<unknown>;
  readonly #timers: InternalTimerService | null;
  /** The second stream is broadcast, and the first has keys that it must not see. */
  readonly #forgetsKey: boolean;
  #watermarkMs = NO_TIMESTAMP;

  constructor(output: Output<unknown>, operator: OperatorContext, parts: Parts) {
    super(output, operator, parts.called.life);
    const { called, keyType, broadcast } = parts;
    this.#called = called;
    this.#collector = new TimestampedCollector(output);
    this.#timers = keyType === null || called.onTimer === undefined ? null : this.#makeTimers(keyType);
    const states = broadcast === null ? null : new BroadcastSide(operator, broadcast);
    const first = keyType === null ? this.#plainContext() : this.#keyedContext();
    const second = broadcast === null ? first : this.#plainContext();
    this.#firstContext = withBroadcastState(first, readOnly(states));
    this.#secondContext = second === first ? first : withBroadcastState(second, states);
    this.#forgetsKey = keyType !== null && broadcast !== null;
  }

  override recover(): void {
    this.#timers?.start();
  }

  processElement1(value: unknown, timestampMs: number): void {
    this.#collector.timestampMs = timestampMs;
    this.#firstContext.timestampMs = timestampMs;
    this.#called.first(value, this.#firstContext, this.#collector);
  }

  processElement2(value: unknown, timestampMs: number): void {
    if (this.#forgetsKey) backendOf(this.operator).clearCurrentKey();
    this.#collector.timestampMs = timestampMs;
    this.#secondContext.timestampMs = timestampMs;
    this.#called.second(value, this.#secondContext, this.#collector);
  }

  override processWatermark(timestampMs: number): void {
    this.#watermarkMs = timestampMs;
    if (this.#timers === null) super.processWatermark(timestampMs);
    else this.#timers.advanceWatermark(timestampMs, () => super.processWatermark(timestampMs));
  }

  onTimer({ timestampMs }: Timer, domain: TimeDomain): void {
    const context = this.#firstContext as KeyedContext;
    this.#collector.timestampMs = domain === 'event-time' ? timestampMs : NO_TIMESTAMP;
    context.timestampMs = timestampMs;
    context.domain = domain;
    this.#called.onTimer!(timestampMs, context, this.#collector);
  }

  #makeTimers(keyType: TypeSerializer<unknown>): InternalTimerService {
    return new InternalTimerService(this.operator, backendOf(this.operator), {
      name: 'user-timers',
      keyType,
      namespaceType: voidNamespaceSerializer as TypeSerializer<unknown>,
      target: this,
    });
  }

  #plainContext(): RecordContext {
    return new RecordContext(this.operator, this.#refusing(NO_KEYS));
  }

  #keyedContext(): KeyedContext {
    const timers = this.#timers === null ? this.#refusing(NO_ON_TIMER) : userTimers(this.#timers);
    return new KeyedContext(this.operator, timers, backendOf(this.operator));
  }

  #refusing(refusal: typeof NO_KEYS | typeof NO_ON_TIMER): TimerService {
    return withoutTimers(this.operator, { currentWatermark: () => this.#watermarkMs }, refusal);
  }
}

/** The side that is not broadcast may read alone: what it wrote would differ from subtask to subtask. */
function readOnly(states: BroadcastStates | null): BroadcastStates | null {
  if (states === null) return null;
  return {
    getBroadcastState: (descriptor) => {
      const state = states.getBroadcastState(descriptor);
      return {
        get: (key) => state.get(key),
        contains: (key) => state.contains(key),
        immutableEntries: () => state.immutableEntries(),
      } as typeof state;
    },
  };
}
