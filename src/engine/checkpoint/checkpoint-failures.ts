// How many checkpoints in a row may fail. Source: Flink CheckpointFailureManager.

import type { CheckpointFailureReason } from '../../model/job-events.js';
import { JobError } from '../../support/errors.js';

/** The others are nobody's fault: the job ended, or a newer checkpoint was faster. */
const COUNTED: readonly CheckpointFailureReason[] = ['declined', 'expired', 'storage'];

export function isCounted(reason: CheckpointFailureReason): boolean {
  return COUNTED.includes(reason);
}

export class CheckpointFailures {
  readonly #tolerable: number;
  #inARow = 0;

  constructor(tolerable: number) {
    this.#tolerable = tolerable;
  }

  /** A checkpoint became complete, or a new attempt begins. */
  reset(): void {
    this.#inARow = 0;
  }

  /** Counts a failure; returns the error that ends the attempt where there were too many. `where` is the directory. */
  count(cause: Error, where: string): JobError | null {
    if (++this.#inARow <= this.#tolerable) return null;
    const message = `${this.#inARow} checkpoints in a row failed, ${this.#tolerable} are tolerable: ${cause.message}`;
    const next = 'mend the cause, or raise execution.checkpointing.tolerable-failed-checkpoints';
    return new JobError(message, { where, next, cause });
  }
}
