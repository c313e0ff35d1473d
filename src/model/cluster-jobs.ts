// Jobs as a cluster tells of them over its REST API. Times are milliseconds of the cluster's clock.

export interface CheckpointFacts {
  readonly checkpointId: number;
  /** As the cluster writes it; null where the checkpoint is kept nowhere outside. */
  readonly path: string | null;
  readonly triggeredMs: number;
  readonly durationMs: number;
  readonly stateBytes: number;
}

export interface TakenCheckpoint extends CheckpointFacts {
  readonly job: string;
}

export interface ListedJob {
  readonly job: string;
  readonly name: string;
  /** Flink's JobStatus. */
  readonly state: string;
  readonly startMs: number;
  /** Null while it has not ended. */
  readonly endMs: number | null;
  readonly durationMs: number;
  readonly tasks: { readonly running: number; readonly total: number };
  /** Null where it takes none. */
  readonly checkpoints: {
    readonly completed: number;
    readonly failed: number;
    readonly inProgress: number;
    readonly latest: CheckpointFacts | null;
  } | null;
}

export interface ClusterJobs {
  /** Its URL, without credentials. */
  readonly cluster: string;
  readonly jobs: readonly ListedJob[];
}
