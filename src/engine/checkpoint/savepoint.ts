// Savepoints: snapshots that the user asks for and owns. The job never deletes them and is not built upon them; what sinks
// hold is committed with one only where the job stops with it. Source: Flink CheckpointProperties, SavepointType, FLIP-203.
import type { Location } from '../../model/location.js';
import type { CheckpointProperties, SavepointFormat } from '../../model/metadata.js';

export interface SavepointRequest {
  /** The savepoint's own directory, which nothing else is in. */
  readonly directory: Location;
  readonly format: SavepointFormat;
  /** What the job does when it is complete. */
  readonly afterwards: 'go-on' | 'stop';
}

/** Flink's properties of a savepoint: nothing ever discards it. */
export function savepointProperties({ format, afterwards }: SavepointRequest): CheckpointProperties {
  return {
    snapshotType:
      afterwards === 'stop'
        ? { kind: 'savepoint', name: 'Suspend Savepoint', format, postCheckpointAction: 'SUSPEND' }
        : { kind: 'savepoint', name: 'Savepoint', format, postCheckpointAction: 'NONE' },
    forced: true,
    unclaimed: false,
    discardSubsumed: false,
    discardFinished: false,
    discardCancelled: false,
    discardFailed: false,
    discardSuspended: false,
  };
}
