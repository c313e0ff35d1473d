// How many checkpoints in a row may fail. Source: Flink CheckpointFailureManager.

import type { CheckpointFailureReason } from '../../model/job-events.js';
import { CkptError, JobError } from '../../support/errors.js';

/** The others are nobody's fault: the job ended, or a newer checkpoint was faster. */
const COUNTED: readonly CheckpointFailureReason[] = ['declined', 'expired', 'storage'];

export function isCounted(reason: CheckpointFailureReason): boolean {
  return COUNTED.includes(reason);
}

export class CheckpointFailures {
  readonly #tolerable: number;
  #inARow = 0;
  #newestComplete = -1;

  constructor(tolerable: number) {
    this.#tolerable = tolerable;
  }

  /** Only a checkpoint that becomes complete ends a row of failures; a restart of the job does not. */
  complete(checkpointId: number): void {
    if (checkpointId <= this.#newestComplete) return;
    this.#newestComplete = checkpointId;
    this.#inARow = 0;
  }

  /**
   * Counts a failure, unless a newer checkpoint is complete; returns the error that ends the attempt where there were too
   * many, and begins anew. `where` is the directory.
   */
  count(checkpointId: number, cause: Error, where: string): JobError | null {
    if (checkpointId < this.#newestComplete || ++this.#inARow <= this.#tolerable) return null;
    const failed = this.#inARow === 1 ? '1 checkpoint' : `${this.#inARow} checkpoints in a row`;
    this.#inARow = 0;
    const message = `${failed} failed, ${this.#tolerable} are tolerable: ${cause.message}`;
    const next = `${nextOf(cause) ?? 'mend the cause'}; or raise execution.checkpointing.tolerable-failed-checkpoints`;
    return new JobError(message, { where, next, cause });
  }
}

function nextOf(error: unknown): string | undefined {
  return error instanceof CkptError ? (error.next ?? nextOf(error.cause)) : undefined;
}
