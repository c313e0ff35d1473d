// Time as an argument. Nothing outside support/ and cli/ reads the machine's clock or sets a timer itself. Somebody may set
// that clock: what has passed between two moments is told by another one, which only goes on (Flink: Clock's absolute and
// relative time).

/** A source of time, in whole milliseconds. */
export interface Clock {
  /** Since the epoch: what people and other machines call a moment. May jump, back too. */
  now(): number;
  /** Since no moment in particular: what durations and due times are reckoned by. Never goes back. */
  monotonic(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
}

/** Node's setTimeout takes more for 1 ms. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  schedule(delayMs, action) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      timer =
        leftMs > LONGEST_TIMEOUT_MS
          ? setTimeout(() => wait(leftMs - LONGEST_TIMEOUT_MS), LONGEST_TIMEOUT_MS)
          : setTimeout(action, leftMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until told to move; actions run in order of their time, then of their scheduling. */
export class ManualClock implements Clock {
  #elapsed = 0;
  /** What the wall clock shows when nothing has elapsed. */
  #epochMs: number;
  #sequence = 0;
  #pending: { readonly at: number; readonly sequence: number; readonly action: () => void }[] = [];

  constructor(startMs = 0) {
    this.#epochMs = startMs;
  }

  now(): number {
    return this.#epochMs + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const entry = { at: this.#elapsed + Math.max(0, delayMs), sequence: this.#sequence++, action };
    this.#pending.push(entry);
    this.#pending.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** Time until the next scheduled action, or undefined where nothing is scheduled. */
  nextInMs(): number | undefined {
    const next = this.#pending[0];
    return next === undefined ? undefined : next.at - this.#elapsed;
  }

  /** Somebody sets the clock; no time passes. */
  set(nowMs: number): void {
    this.#epochMs = nowMs - this.#elapsed;
  }

  /** Moves time on by `ms` and runs what falls due on the way. */
  advance(ms: number): void {
    const target = this.#elapsed + ms;
    for (let next = this.#pending[0]; next !== undefined && next.at <= target; next = this.#pending[0]) {
      this.#pending.shift();
      this.#elapsed = next.at;
      next.action();
    }
    this.#elapsed = target;
  }
}
