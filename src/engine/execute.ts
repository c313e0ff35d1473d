// The door of the engine: a job graph goes in, a running job comes out. Everything that a job needs of the world is
// an argument (JobEnvironment).

import type { CheckpointSummary, JobEvent, JobResult } from '../model/job-events.js';
import type { TaskProgress } from '../model/job-progress.js';
import type { Location } from '../model/location.js';
import type { SavepointFormat, WritableVersion } from '../model/metadata.js';
import type { StorageRemover } from '../storage/storage.js';
import type { Clock } from '../support/clock.js';
import type { EventLoop } from '../support/event-loop.js';
import type { Random } from '../support/random.js';
import type { Afterwards } from './checkpoint/savepoint.js';
import type { Configuration } from './configuration.js';
import type { JobGraph } from './job/job-graph.js';
import type { StreamGraph } from './job/stream-graph.js';
import { JobRunner } from './runtime/job-runner.js';
import type { LocalDatabases } from './state/rocksdb/local-database.js';

/** What a job starts from. */
export interface RestoreOptions {
  /** The snapshot's directory. */
  readonly snapshot: Location;
  /** `claim`: the job owns the snapshot and deletes it when it is subsumed. `no-claim`: the job never touches it. */
  readonly claimMode: 'claim' | 'no-claim';
  /** Whether state of operators that the job does not have may be left behind. */
  readonly allowNonRestoredState: boolean;
}

export interface JobOptions {
  /** Keys and defaults as in Flink, see configuration.ts. */
  readonly configuration: Configuration;
  /** 32 lower-case hex digits; made up where left out. */
  readonly jobId?: string;
  readonly restore?: RestoreOptions;
  /** What happens to the checkpoints of a job that finishes. Flink deletes them. */
  readonly onFinish: 'retain' | 'delete';
  /** Version of the `_metadata` files, 6 where left out; 3 is read by every Flink since 1.11. */
  readonly formatVersion?: WritableVersion;
  /** Injected failure: the source task that emits the record with this number fails, once. */
  readonly failAfterRecords?: number;
  /** Injected failure: the job fails when this checkpoint is complete, once. */
  readonly failAtCheckpoint?: number;
}

/** What a job needs of the world. */
export interface JobEnvironment {
  /** Must serve the checkpoint directory and the snapshot to restore. */
  readonly storage: StorageRemover;
  /** Where `<job-id>/chk-N` directories are made; null takes no checkpoints. */
  readonly checkpointDirectory: Location | null;
  /** Where RocksDB keeps its databases; needed where the backend is `rocksdb`. */
  readonly databases?: LocalDatabases;
  readonly clock: Clock;
  readonly random: Random;
  readonly eventLoop: EventLoop;
  /** Where given, tasks and channels are picked by it: the same seed gives the same run. Else they take turns. */
  readonly schedulingRandom?: Random;
  /** A line of a `print()` sink. */
  output(line: string): void;
  onEvent(event: JobEvent): void;
}

export interface SavepointOptions {
  readonly parent: Location;
  readonly format: SavepointFormat;
  readonly afterwards: Afterwards;
}

/** A job that runs. */
export interface RunningJob {
  readonly jobId: string;
  /** Its tasks; before it has started, with the max parallelism of the program instead of that of the snapshot. */
  graph(): JobGraph;
  /** What the tasks of the attempt that runs, or ran last, have done; none before the first. */
  progress(): readonly TaskProgress[];
  /** Stops the job; resolves when it has stopped. Checkpoints stay or go by the configured retention. */
  cancel(): Promise<void>;
  /** Takes a checkpoint now. Rejects where it does not become complete. */
  triggerCheckpoint(): Promise<CheckpointSummary>;
  /**
   * Takes a savepoint in a new directory below `parent` and returns where it is; with `stop` or `drain` the job finishes with
   * it, all its output committed. Rejects where it does not become complete: the job goes on then.
   */
  triggerSavepoint(savepoint: SavepointOptions): Promise<Location>;
  /** Resolves when the job has finished or was cancelled. Rejects with a JobError or UsageError where it failed. */
  readonly result: Promise<JobResult>;
}

/**
 * Starts a job. Throws a UsageError at once where the graph or the options cannot work (no operators, two operators
 * with one uid, …); a snapshot that does not fit makes `result` reject before the first record is read.
 */
export function startJob(graph: StreamGraph, options: JobOptions, environment: JobEnvironment): RunningJob {
  return new JobRunner(graph, options, environment).start();
}
