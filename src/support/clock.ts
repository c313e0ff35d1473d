// Time as an argument. Nothing outside support/ and cli/ reads the machine's clock or sets a timer itself.

/** A source of time. Times are milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
}

/** Node's setTimeout takes more for 1 ms. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
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
  #now: number;
  #sequence = 0;
  #pending: { readonly at: number; readonly sequence: number; readonly action: () => void }[] = [];

  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const entry = { at: this.#now + Math.max(0, delayMs), sequence: this.#sequence++, action };
    this.#pending.push(entry);
    this.#pending.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** Time of the next scheduled action, or undefined where nothing is scheduled. */
  nextAt(): number | undefined {
    return this.#pending[0]?.at;
  }

  /** Moves time on by `ms` and runs what falls due on the way. */
  advance(ms: number): void {
    const target = this.#now + ms;
    for (let next = this.#pending[0]; next !== undefined && next.at <= target; next = this.#pending[0]) {
      this.#pending.shift();
      this.#now = next.at;
      next.action();
    }
    this.#now = target;
  }
}
