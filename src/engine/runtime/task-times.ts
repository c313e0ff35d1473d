// What a task does with its time: it waits for input, waits for those behind it, or works. Looked at where that changes,
// never for each record. Source: Flink TaskIOMetricGroup (idleTimeMs, backPressuredTimeMs, busyTimeMs).
import type { Clock } from '../../support/clock.js';

export class TaskTimes {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #idle = new Stopwatch();
  readonly #backPressured = new Stopwatch();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.monotonic();
  }

  /** There is nothing to do until {@link TaskTimes.woken}. */
  waits(): void {
    this.#idle.start(this.#clock.monotonic());
  }

  /** Called often, mostly for a task that has been awake. */
  woken(): void {
    if (this.#idle.isRunning) this.#idle.stop(this.#clock.monotonic());
  }

  blocked(): void {
    this.#backPressured.start(this.#clock.monotonic());
  }

  unblocked(): void {
    this.#backPressured.stop(this.#clock.monotonic());
  }

  /** Since the start. */
  get shares(): { readonly busyMs: number; readonly backPressuredMs: number; readonly idleMs: number } {
    const nowMs = this.#clock.monotonic();
    const idleMs = this.#idle.totalMs(nowMs);
    const backPressuredMs = this.#backPressured.totalMs(nowMs);
    const busyMs = Math.max(0, nowMs - this.#startedMs - idleMs - backPressuredMs);
    return { busyMs, backPressuredMs, idleMs };
  }
}

class Stopwatch {
  #sinceMs: number | null = null;
  #totalMs = 0;

  get isRunning(): boolean {
    return this.#sinceMs !== null;
  }

  start(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  stop(nowMs: number): void {
    this.#totalMs = this.totalMs(nowMs);
    this.#sinceMs = null;
  }

  totalMs(nowMs: number): number {
    return this.#sinceMs === null ? this.#totalMs : this.#totalMs + nowMs - this.#sinceMs;
  }
}
