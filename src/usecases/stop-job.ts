// How `ckpt run` stops a job: it is cancelled, or stops with a savepoint where the user wants one.
import type { RunningJob } from '../engine/execute.js';
import type { Location } from '../model/location.js';
import type { SavepointFormat } from '../model/metadata.js';
import { JobError, messageOf } from '../support/errors.js';

/** Where the savepoint goes that a job stops with: into a new directory below `parent`. */
export interface StopSavepoint {
  readonly parent: Location;
  readonly format: SavepointFormat;
}

export class JobStop {
  readonly #job: RunningJob;
  readonly #wanted: StopSavepoint | null;
  #savepoint: Location | null = null;
  #failure: JobError | null = null;
  #asked = false;

  constructor(job: RunningJob, wanted: StopSavepoint | null) {
    this.#job = job;
    this.#wanted = wanted;
  }

  /** Where the job stopped with a savepoint; null where it did not. Throws where it should have and could not. */
  get savepoint(): Location | null {
    if (this.#failure !== null) throw this.#failure;
    return this.#savepoint;
  }

  /** Begins to stop the job; the second time changes nothing. A job that cannot be stopped with a savepoint is cancelled. */
  readonly stop = (): void => {
    if (this.#asked) return;
    this.#asked = true;
    if (this.#wanted === null) this.#cancel();
    else this.#stopWith(this.#wanted);
  };

  #stopWith(wanted: StopSavepoint): void {
    this.#job.triggerSavepoint({ ...wanted, afterwards: 'stop' }).then(
      (location) => {
        this.#savepoint = location;
      },
      (cause: unknown) => {
        this.#failure = new JobError(`the job could not stop with a savepoint: ${messageOf(cause)}`, {
          next: 'it was cancelled: go on from its newest checkpoint with -s',
          cause,
        });
        this.#cancel();
      },
    );
  }

  /** Why a cancellation fails is what the result of the job rejects with. */
  #cancel(): void {
    this.#job.cancel().catch(() => undefined);
  }
}
