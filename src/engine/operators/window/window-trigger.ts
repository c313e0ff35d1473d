// When is a window full, and when is it forgotten? By event time at its last millisecond, and once more for every record
// that is late and yet allowed. Source: Flink EventTimeTrigger, ProcessingTimeTrigger, WindowOperator#cleanupTime.

import type { TimeWindow } from '../../job/window.js';
import type { WindowAssigner } from '../../job/window-assigners.js';
import type { InternalTimerService } from '../internal-timer-service.js';

/** What comes of a record or a timer. */
export type TriggerResult = 'CONTINUE' | 'FIRE';

export class WindowTrigger {
  readonly #timers: InternalTimerService;
  readonly #isEventTime: boolean;
  readonly #allowedLatenessMs: number;

  constructor(timers: InternalTimerService, { isEventTime }: WindowAssigner, allowedLatenessMs: number) {
    this.#timers = timers;
    this.#isEventTime = isEventTime;
    this.#allowedLatenessMs = isEventTime ? allowedLatenessMs : 0;
  }

  /** A record came into the window. */
  onElement(window: TimeWindow): TriggerResult {
    if (this.#isEventTime && window.maxTimestamp() <= this.#timers.currentWatermark) return 'FIRE';
    this.#register(window, window.maxTimestamp());
    return 'CONTINUE';
  }

  onTimer(window: TimeWindow, timestampMs: number): TriggerResult {
    return !this.#isEventTime || timestampMs === window.maxTimestamp() ? 'FIRE' : 'CONTINUE';
  }

  /** The window came to be out of others. */
  onMerge(window: TimeWindow): void {
    if (window.maxTimestamp() > this.#now()) this.#register(window, window.maxTimestamp());
  }

  /** The window will not be full any more. */
  clear(window: TimeWindow): void {
    this.#delete(window, window.maxTimestamp());
  }

  registerCleanup(window: TimeWindow): void {
    this.#register(window, this.cleanupTimeOf(window));
  }

  deleteCleanup(window: TimeWindow): void {
    this.#delete(window, this.cleanupTimeOf(window));
  }

  /** The time at which the window is forgotten. */
  cleanupTimeOf(window: TimeWindow): number {
    return window.maxTimestamp() + this.#allowedLatenessMs;
  }

  /** Whether the window is forgotten already. */
  isLate(window: TimeWindow): boolean {
    return this.#isEventTime && this.cleanupTimeOf(window) <= this.#timers.currentWatermark;
  }

  isRecordLate(timestampMs: number): boolean {
    return this.#isEventTime && timestampMs + this.#allowedLatenessMs <= this.#timers.currentWatermark;
  }

  #now(): number {
    return this.#isEventTime ? this.#timers.currentWatermark : this.#timers.currentProcessingTime();
  }

  #register(window: TimeWindow, timeMs: number): void {
    if (this.#isEventTime) this.#timers.registerEventTimeTimer(window, timeMs);
    else this.#timers.registerProcessingTimeTimer(window, timeMs);
  }

  #delete(window: TimeWindow, timeMs: number): void {
    if (this.#isEventTime) this.#timers.deleteEventTimeTimer(window, timeMs);
    else this.#timers.deleteProcessingTimeTimer(window, timeMs);
  }
}
