// The machine's time for one task: what is scheduled is called between two records, as long as the task reads any.
// Source: Flink SystemProcessingTimeService, ProcessingTimeServiceImpl.
import type { Clock } from '../../support/clock.js';
import type { ProcessingTimeService } from '../operators/operator.js';

export class TaskTime implements ProcessingTimeService {
  readonly #clock: Clock;
  readonly #defer: (action: () => void) => void;
  readonly #cancels = new Set<() => void>();

  constructor(clock: Clock, defer: (action: () => void) => void) {
    this.#clock = clock;
    this.#defer = defer;
  }

  now(): number {
    return this.#clock.now();
  }

  /** A millisecond is over only when the next one begins. */
  schedule(timestampMs: number, action: () => void): () => void {
    const delayMs = Math.max(0, timestampMs - this.#clock.now() + 1);
    let isCanceled = false;
    const cancelTimer = this.#clock.schedule(delayMs, () => {
      this.#cancels.delete(cancel);
      this.#defer(() => {
        if (!isCanceled) action();
      });
    });
    const cancel = () => {
      isCanceled = true;
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
