// What a running job tells whoever watches it: one typed union, in the order in which things happen. Nothing here is
// needed to run the job. Sizes are bytes, durations and times milliseconds.
import type { CheckpointMetrics } from './job-progress.js';
import type { Location } from './location.js';
import type { SavepointFormat } from './metadata.js';

/** Why a checkpoint did not become complete (Flink's CheckpointFailureReason, the ones that can happen here). */
export type CheckpointFailureReason =
  | 'declined' // a task could not take its snapshot
  | 'expired' // not complete within execution.checkpointing.timeout
  | 'storage' // state or `_metadata` could not be written
  | 'subsumed' // a newer one became complete before it
  | 'job-failure' // the job failed or restarted while it was under way
  | 'job-end'; // the job was cancelled or finished while it was under way

/** A checkpoint that is complete. */
export interface CheckpointSummary {
  readonly checkpointId: number;
  readonly location: Location;
  /** From the trigger to the written `_metadata`. */
  readonly durationMs: number;
  /** State this checkpoint needs: inline, and in files. */
  readonly stateBytes: number;
  readonly metadataBytes: number;
  /** State files written for it, without `_metadata`. */
  readonly files: number;
}

export type JobEvent =
  | { readonly kind: 'job-started'; readonly jobId: string; readonly jobName: string; readonly tasks: number }
  | {
      readonly kind: 'restored';
      readonly checkpointId: number;
      readonly location: Location;
      readonly stateBytes: number;
      readonly isSavepoint: boolean;
    }
  /** The tasks of an attempt run: the first one, or one after a restart. */
  | { readonly kind: 'attempt-running' }
  /** The job can be asked and told things over HTTP. */
  | { readonly kind: 'rest-listening'; readonly url: string }
  /** The job begins anew, although snapshots of earlier runs are there. */
  | { readonly kind: 'started-afresh'; readonly newest: Location }
  | {
      readonly kind: 'checkpoint-triggered';
      readonly checkpointId: number;
      /** Null for a checkpoint. */
      readonly savepointFormat: SavepointFormat | null;
      /** The job stops with this savepoint. */
      readonly stopsJob: boolean;
    }
  | {
      readonly kind: 'checkpoint-acknowledged';
      readonly checkpointId: number;
      /** Id of the vertex, and number of the subtask. */
      readonly vertexId: string;
      readonly subtask: number;
      /** State of the subtask, and what of it was written for this checkpoint. */
      readonly stateBytes: number;
      readonly checkpointedBytes: number;
      readonly metrics: CheckpointMetrics;
    }
  | ({ readonly kind: 'checkpoint-completed' } & CheckpointSummary)
  | ({ readonly kind: 'savepoint-completed' } & CheckpointSummary)
  | {
      readonly kind: 'checkpoint-failed';
      readonly checkpointId: number;
      readonly reason: CheckpointFailureReason;
      readonly error: Error;
      /** Whether it counts against execution.checkpointing.tolerable-failed-checkpoints. */
      readonly counted: boolean;
    }
  | { readonly kind: 'checkpoint-subsumed'; readonly checkpointId: number; readonly location: Location }
  /** Files of a subsumed, failed or discarded checkpoint that could not be removed: they stay behind. */
  | { readonly kind: 'cleanup-failed'; readonly location: Location; readonly error: Error }
  | {
      readonly kind: 'task-failed';
      readonly task: string;
      readonly error: Error;
      /** The job fails for it: there is no restart. */
      readonly isLast: boolean;
    }
  /** What functions threw when they were closed, after the job or its attempt had ended for another reason. */
  | { readonly kind: 'close-failed'; readonly task: string; readonly error: Error }
  | {
      readonly kind: 'restarting';
      readonly attempt: number;
      readonly delayMs: number;
      /** The checkpoint that it goes on from; null for the beginning. */
      readonly checkpointId: number | null;
    }
  | { readonly kind: 'job-finished'; readonly result: JobResult }
  | { readonly kind: 'job-canceled'; readonly result: JobResult }
  | { readonly kind: 'job-failed'; readonly error: Error; readonly result: JobResult };

/** How a job ended, and what is left of it. */
export interface JobResult {
  readonly jobId: string;
  readonly status: 'FINISHED' | 'CANCELED' | 'FAILED';
  readonly durationMs: number;
  readonly restarts: number;
  /** Records that the sources emitted, repetitions after a restart counted again. */
  readonly sourceRecords: number;
  readonly completedCheckpoints: number;
  /** The job's own checkpoints on disk when it had ended, oldest first. */
  readonly retained: readonly CheckpointSummary[];
}
