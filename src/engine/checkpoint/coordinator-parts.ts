// What a checkpoint coordinator works with: the tasks on one side, storage and rules on the other.

import type { JobEvent } from '../../model/job-events.js';
import type { CheckpointProperties, WritableVersion } from '../../model/metadata.js';
import type { StorageRemover } from '../../storage/storage.js';
import type { Clock } from '../../support/clock.js';
import type { CheckpointStorage } from './checkpoint-storage.js';
import type { CompletedCheckpoints } from './completed-checkpoints.js';
import type { CheckpointPlan } from './pending-checkpoint.js';
import type { SavepointRequest } from './savepoint.js';
import type { TriggerRules } from './trigger-policy.js';

/** The tasks of the attempt that runs. None of the calls waits or throws. */
export interface CheckpointParticipants {
  /** Ids of tasks that are over: from now on checkpoints go without them. */
  readonly finishedTasks: ReadonlySet<string>;
  /** Tells the sources to send the barrier; with a savepoint that stops the job nothing after it, unless it is aborted. */
  triggerCheckpoint(checkpointId: number, savepoint: SavepointRequest | null): void;
  notifyCheckpointComplete(checkpointId: number): void;
  notifyCheckpointAborted(checkpointId: number): void;
}

export interface CoordinatorParts {
  readonly plan: CheckpointPlan;
  readonly checkpoints: CompletedCheckpoints;
  readonly checkpointStorage: CheckpointStorage;
  readonly storage: StorageRemover;
  readonly clock: Clock;
  readonly rules: TriggerRules;
  readonly timeoutMs: number;
  readonly tolerableFailures: number;
  readonly properties: CheckpointProperties;
  readonly formatVersion: WritableVersion;
  readonly firstCheckpointId: number;
  onEvent(event: JobEvent): void;
  /** More checkpoints in a row failed than are tolerable, or this program is at fault. */
  onFailure(error: Error): void;
}
