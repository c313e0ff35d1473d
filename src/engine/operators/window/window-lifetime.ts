// How long a window is remembered: until its end and the allowed lateness after it, by the time that it is of. One without
// an end is never forgotten. Source: Flink WindowOperator#cleanupTime, #isWindowLate, #isElementLate.
import type { TimeDomain } from '../../job/functions.js';
import { END_OF_TIME_MS, type Window } from '../../job/window.js';
import type { WindowAssigner } from '../../job/window-assigners.js';
import type { Timer } from '../../state/timer-queue.js';
import type { InternalTimerService } from '../internal-timer-service.js';

export class WindowLifetime {
  readonly #timers: InternalTimerService;
  readonly #domain: TimeDomain | null;
  readonly #allowedLatenessMs: number;

  constructor(timers: InternalTimerService, { domain }: WindowAssigner<Window>, allowedLatenessMs: number) {
    this.#timers = timers;
    this.#domain = domain;
    this.#allowedLatenessMs = domain === 'event-time' ? allowedLatenessMs : 0;
  }

  registerCleanup(window: Window): void {
    const timeMs = this.#cleanupTimeOf(window);
    if (timeMs >= END_OF_TIME_MS) return;
    if (this.#domain === 'event-time') this.#timers.registerEventTimeTimer(window, timeMs);
    else this.#timers.registerProcessingTimeTimer(window, timeMs);
  }

  deleteCleanup(window: Window): void {
    const timeMs = this.#cleanupTimeOf(window);
    if (this.#domain === 'event-time') this.#timers.deleteEventTimeTimer(window, timeMs);
    else this.#timers.deleteProcessingTimeTimer(window, timeMs);
  }

  /** Whether the window is to be forgotten at this timer. */
  endsWith({ timestampMs }: Timer, domain: TimeDomain, window: Window): boolean {
    return domain === this.#domain && timestampMs === this.#cleanupTimeOf(window);
  }

  /** Whether the window is forgotten already. */
  isLate(window: Window): boolean {
    return this.#isPast(this.#cleanupTimeOf(window));
  }

  isRecordLate(timestampMs: number): boolean {
    return this.#isPast(timestampMs + this.#allowedLatenessMs);
  }

  #isPast(timeMs: number): boolean {
    return this.#domain === 'event-time' && timeMs <= this.#timers.currentWatermark;
  }

  #cleanupTimeOf(window: Window): number {
    return window.maxTimestamp() + this.#allowedLatenessMs;
  }
}
