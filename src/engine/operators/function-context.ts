// What process functions are called with: the time of the record, timers, side outputs and, on keyed streams, the key.
// Source: Flink ProcessOperator.ContextImpl, KeyedProcessOperator.ContextImpl, SimpleTimerService.
import { UsageError } from '../../support/errors.js';
import type { OnTimerContext, ProcessContext, TimeDomain, TimerService } from '../job/functions.js';
import type { OutputTag } from '../job/output-tag.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';
import type { InternalTimerService } from './internal-timer-service.js';
import { NO_TIMESTAMP, type OperatorContext } from './operator.js';

/** The context of functions on streams without keys. One object serves for all records. */
export class RecordContext implements ProcessContext {
  readonly #operator: OperatorContext;
  readonly #timers: TimerService;
  timestampMs = NO_TIMESTAMP;

  constructor(operator: OperatorContext, timers: TimerService) {
    this.#operator = operator;
    this.#timers = timers;
  }

  timestamp(): number | null {
    return this.timestampMs === NO_TIMESTAMP ? null : this.timestampMs;
  }

  timerService(): TimerService {
    return this.#timers;
  }

  output<T>(tag: OutputTag<T>, value: T): void {
    this.#operator.sideOutput(tag).processElement(value, this.timestampMs);
  }
}

/** The context of functions on keyed streams. */
export class KeyedContext extends RecordContext implements OnTimerContext<unknown> {
  readonly #backend: KeyedStateBackend;
  domain: TimeDomain = 'event-time';

  constructor(operator: OperatorContext, timers: TimerService, backend: KeyedStateBackend) {
    super(operator, timers);
    this.#backend = backend;
  }

  getCurrentKey(): unknown {
    return this.#backend.currentKey;
  }

  timeDomain(): TimeDomain {
    return this.domain;
  }
}

/** Timers of a function, outside of windows. */
export function userTimers(service: InternalTimerService): TimerService {
  return {
    currentProcessingTime: () => service.currentProcessingTime(),
    currentWatermark: () => service.currentWatermark,
    registerEventTimeTimer: (timeMs) => service.registerEventTimeTimer(null, timeMs),
    registerProcessingTimeTimer: (timeMs) => service.registerProcessingTimeTimer(null, timeMs),
    deleteEventTimeTimer: (timeMs) => service.deleteEventTimeTimer(null, timeMs),
    deleteProcessingTimeTimer: (timeMs) => service.deleteProcessingTimeTimer(null, timeMs),
  };
}

/** Tells the times; every timer is refused for the reason given. */
export function withoutTimers(
  { operatorName, processingTime }: OperatorContext,
  times: { readonly currentWatermark: () => number },
  refusal: { readonly because: string; readonly next: string },
): TimerService {
  const refuse = () => {
    const { because, next } = refusal;
    throw new UsageError(`operator ${operatorName} cannot have timers: ${because}`, {
      where: operatorName,
      next,
    });
  };
  return {
    currentProcessingTime: () => processingTime.now(),
    currentWatermark: times.currentWatermark,
    registerEventTimeTimer: refuse,
    registerProcessingTimeTimer: refuse,
    deleteEventTimeTimer: refuse,
    deleteProcessingTimeTimer: refuse,
  };
}

export const NO_KEYS = { because: 'its stream has no keys', next: 'call keyBy before it' } as const;
export const NO_ON_TIMER = {
  because: 'its function has no onTimer',
  next: 'give the function a method onTimer(timestampMs, context, out)',
} as const;
