// Failures by request: the job fails when its sources have emitted a given number of records, once.
import { JobError } from '../../support/errors.js';

export class FailureInjection {
  #left: number;
  #total = 0;

  /** `afterRecords` is infinite for no failure. It counts on over restarts, repetitions included. */
  constructor(afterRecords: number) {
    this.#left = afterRecords;
  }

  /** Records that the sources emitted. */
  get total(): number {
    return this.#total;
  }

  /** At most so many of `records` may be emitted before the failure. */
  allow(records: number): number {
    return Math.min(records, this.#left);
  }

  /** Counts records emitted; throws when the number is reached. */
  count(records: number): void {
    this.#total += records;
    this.#left -= records;
    if (this.#left > 0) return;
    this.#left = Number.POSITIVE_INFINITY;
    throw injectedFailure(`after ${this.#total} records`);
  }
}

/** The error of a failure by request. */
export function injectedFailure(when: string): JobError {
  return new JobError(`injected failure ${when}`, { code: 'injected-failure' });
}
