// How a run of the bundled engine ended, for whoever reports it.

/** A checkpoint that is on disk. */
export interface RetainedCheckpoint {
  readonly id: number;
  /** Absolute URI of its directory. */
  readonly path: string;
  readonly durationMs: number;
  readonly stateBytes: number;
  readonly metadataBytes: number;
  /** State files written for it, without `_metadata`. */
  readonly files: number;
}

export interface RunReport {
  readonly jobId: string;
  /** Name of the job. */
  readonly job: string;
  readonly state: 'FINISHED' | 'CANCELED' | 'FAILED';
  readonly durationMs: number;
  readonly restarts: number;
  /** Records that the sources emitted, repetitions after a restart counted again. */
  readonly sourceRecords: number;
  readonly completedCheckpoints: number;
  readonly failedCheckpoints: number;
  /** Absolute URI of the savepoint that the job stopped with, null where there is none. */
  readonly savepoint: string | null;
  /** Checkpoints that are left, oldest first. */
  readonly retained: readonly RetainedCheckpoint[];
}
