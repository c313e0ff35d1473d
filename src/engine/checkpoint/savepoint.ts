// Savepoints: snapshots that the user asks for and owns. The job never deletes them and is not built upon them; what sinks
// hold is committed with one only where the job stops with it. Source: Flink CheckpointProperties, SavepointType, FLIP-203.
import type { Location } from '../../model/location.js';
import type { CheckpointProperties, SavepointFormat } from '../../model/metadata.js';

/**
 * What a job does when its savepoint is complete. With `drain` its event time comes to its end before: windows and timers
 * give what they have, and a job that goes on from it has nothing left of them.
 */
export type Afterwards = 'go-on' | 'stop' | 'drain';

export interface SavepointRequest {
  /** The savepoint's own directory, which nothing else is in. */
  readonly directory: Location;
  readonly format: SavepointFormat;
  readonly afterwards: Afterwards;
}

/** Whether no checkpoint comes after it. */
export function stopsJob(savepoint: SavepointRequest | null): boolean {
  return savepoint !== null && savepoint.afterwards !== 'go-on';
}

/** Flink's SavepointType. */
const TYPES = {
  'go-on': { name: 'Savepoint', postCheckpointAction: 'NONE' },
  stop: { name: 'Suspend Savepoint', postCheckpointAction: 'SUSPEND' },
  drain: { name: 'Terminate Savepoint', postCheckpointAction: 'TERMINATE' },
} as const;

/** Flink's properties of a savepoint: nothing ever discards it. */
export function savepointProperties({ format, afterwards }: SavepointRequest): CheckpointProperties {
  return {
    snapshotType: { kind: 'savepoint', format, ...TYPES[afterwards] },
    forced: true,
    unclaimed: false,
    discardSubsumed: false,
    discardFinished: false,
    discardCancelled: false,
    discardFailed: false,
    discardSuspended: false,
  };
}
