// The timers of a keyed operator: set for the current key and a namespace, they go off when event time or the machine's
// time has come, earliest first. Source: Flink InternalTimerServiceImpl.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { UsageError } from '../../support/errors.js';
import type { TimeDomain } from '../job/functions.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';
import { keyForm } from '../state/namespace-form.js';
import type { Timer, TimerQueue } from '../state/timer-queue.js';
import { NO_TIMESTAMP, type OperatorContext } from './operator.js';

/** Whose timers they are. The key of the timer is the current one when it is called. */
export interface Triggerable {
  onTimer(timer: Timer, domain: TimeDomain): void;
}

export interface TimerServiceParts {
  /** In Flink `user-timers` or `window-timers`. */
  readonly name: string;
  readonly keyType: TypeSerializer<unknown>;
  readonly namespaceType: TypeSerializer<unknown>;
  readonly target: Triggerable;
}

/** Keys that are brought into memory at a time. */
const PREFETCHED_KEYS = 512;

export class InternalTimerService {
  readonly #context: OperatorContext;
  readonly #backend: KeyedStateBackend;
  readonly #parts: TimerServiceParts;
  readonly #eventTime: TimerQueue;
  readonly #processingTime: TimerQueue;
  #scheduled: { readonly timeMs: number; readonly cancel: () => void } | null = null;
  currentWatermark = NO_TIMESTAMP;

  constructor(context: OperatorContext, backend: KeyedStateBackend, parts: TimerServiceParts) {
    this.#context = context;
    this.#backend = backend;
    this.#parts = parts;
    const { name, namespaceType } = parts;
    this.#eventTime = backend.timerQueue(`_timer_state/event_${name}`, namespaceType);
    this.#processingTime = backend.timerQueue(`_timer_state/processing_${name}`, namespaceType);
  }

  /** The timers have been restored: those by the machine's time may go off. */
  start(): void {
    this.#scheduleNext();
  }

  currentProcessingTime(): number {
    return this.#context.processingTime.now();
  }

  registerEventTimeTimer(namespace: unknown, timeMs: number): void {
    this.#eventTime.add(this.#timer(namespace, timeMs));
  }

  deleteEventTimeTimer(namespace: unknown, timeMs: number): void {
    this.#eventTime.delete(this.#timer(namespace, timeMs));
  }

  registerProcessingTimeTimer(namespace: unknown, timeMs: number): void {
    this.#processingTime.add(this.#timer(namespace, timeMs));
    this.#scheduleNext();
  }

  deleteProcessingTimeTimer(namespace: unknown, timeMs: number): void {
    this.#processingTime.delete(this.#timer(namespace, timeMs));
  }

  /** Event time goes on to `timeMs`: calls what is due, then `done`. The task waits where keys are not in memory. */
  advanceWatermark(timeMs: number, done: () => void): void {
    this.currentWatermark = timeMs;
    this.#fire({ queue: this.#eventTime, upToMs: timeMs, domain: 'event-time', done });
  }

  #scheduleNext(): void {
    const { nextMs } = this.#processingTime;
    if (nextMs >= (this.#scheduled?.timeMs ?? Number.POSITIVE_INFINITY)) return;
    this.#scheduled?.cancel();
    const cancel = this.#context.processingTime.schedule(nextMs, () => {
      this.#scheduled = null;
      const queue = this.#processingTime;
      this.#fire({ queue, upToMs: nextMs, domain: 'processing-time', done: () => this.#scheduleNext() });
    });
    this.#scheduled = { timeMs: nextMs, cancel };
  }

  #fire(round: Round): void {
    const { queue, upToMs, done } = round;
    const { prefetcher } = this.#backend;
    if (prefetcher === null) {
      this.#callDue(round, null);
      done();
      return;
    }
    while (queue.hasDue(upToMs)) {
      const keys = queue.dueKeys(upToMs, PREFETCHED_KEYS);
      const atHand = new Set(keys.map((key) => keyForm(this.#parts.keyType, key)));
      const ready = prefetcher.prefetch(keys);
      if (ready === undefined) {
        this.#callDue(round, atHand);
        continue;
      }
      const rest = ready.then(() => {
        this.#callDue(round, atHand);
        this.#fire(round);
      });
      this.#context.suspendUntil(rest);
      return;
    }
    done();
  }

  /** Calls due timers up to the first whose key is not at hand. */
  #callDue({ queue, upToMs, domain }: Round, atHand: ReadonlySet<string> | null): void {
    while (queue.hasDue(upToMs)) {
      const timer = queue.peek()!;
      if (atHand?.has(keyForm(this.#parts.keyType, timer.key)) === false) return;
      queue.delete(timer);
      this.#backend.setCurrentKey(timer.key);
      this.#parts.target.onTimer(timer, domain);
    }
  }

  #timer(namespace: unknown, timestampMs: number): Timer {
    const key = this.#backend.currentKey;
    if (Number.isInteger(timestampMs)) return { timestampMs, key, namespace };
    const { operatorName } = this.#context;
    throw new UsageError(`operator ${operatorName} sets a timer for ${timestampMs}, which is no time`, {
      where: operatorName,
      next: 'give it whole milliseconds since the epoch',
    });
  }
}

/** Timers that go off because a time has come. */
interface Round {
  readonly queue: TimerQueue;
  readonly upToMs: number;
  readonly domain: TimeDomain;
  readonly done: () => void;
}
