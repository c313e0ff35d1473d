// The checkpoints of one running job: what each one's time went into, and why some failed. Times are milliseconds.

/** What the time of a completed checkpoint went into, told by the subtask that acknowledged last: T_cp = T_save + T_ack. */
export interface CheckpointTimes {
  /** T_save: its snapshot, the part that held it up (sync) and the part beside its work (async). */
  readonly saveMs: number;
  /** T_ack: all the rest of the checkpoint's time, until the barriers had come and the acknowledgement was there. */
  readonly ackMs: number;
  /** Of T_ack, from the trigger until the first barrier came; null where a version does not tell. */
  readonly startDelayMs: number | null;
  /** Of T_ack, from the first barrier to the last. */
  readonly alignmentMs: number | null;
  /** Name of the task of that subtask. */
  readonly lastTask: string;
}

/**
 * Why a checkpoint failed: not done before its timeout; state or `_metadata` could not be written; a task failed or could
 * not take its snapshot; a task was lost with its machine or connection; the job ended, restarted or was not ready.
 */
export type FailureCause = 'expiry' | 'storage' | 'operator' | 'network' | 'job' | 'unknown';

export interface CheckpointFailure {
  readonly cause: FailureCause;
  /** In the words of the cluster; the exception of the job beside it where that tells more. */
  readonly message: string;
  /** Tasks of which not every subtask had acknowledged. */
  readonly lateTasks: readonly string[];
}

export interface WatchedCheckpoint {
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  readonly status: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS';
  readonly triggeredMs: number;
  readonly durationMs: number;
  readonly stateBytes: number;
  /** Written for this one; null where a version does not tell. */
  readonly addedBytes: number | null;
  /** Null where it is not complete, or is no longer told of in detail. */
  readonly times: CheckpointTimes | null;
  readonly failure: CheckpointFailure | null;
}

/** What to do about something that was seen. */
export interface Advice {
  /** What was seen, with its numbers. */
  readonly seen: string;
  readonly next: string;
}

export interface WatchedCheckpoints {
  /** Null where checkpoints are taken on demand only. */
  readonly intervalMs: number | null;
  readonly timeoutMs: number;
  /** Newest first, as many as the cluster remembers. */
  readonly history: readonly WatchedCheckpoint[];
  readonly advice: readonly Advice[];
}
