// The answer of `ckpt list`. Fields marked JSON are the public contract, with these names; the rest is for people.
// Byte counts that metadata tells are bigint: JSON shows them as integers, past 2^53 as decimal strings.
import type { ReportedError, RootKind, SnapshotCondition, SnapshotKind } from './snapshot.js';

/** Rows are sorted by job (those without one last), then checkpoint id, then path. */
export interface SnapshotList {
  readonly roots: readonly { readonly path: string; readonly takenFor: RootKind }[];
  /** JSON. */
  readonly snapshots: readonly SnapshotRow[];
  /** What could not be looked at: unreadable directories, names that are no text, references that nobody could check. */
  readonly problems: readonly ReportedError[];
}

/** What rows of a list for people share a heading by. */
export const LIST_GROUPINGS = ['job', 'name', 'kind', 'none'] as const;
export type ListGrouping = (typeof LIST_GROUPINGS)[number];

/** One snapshot. All fields up to `restorable` are JSON. */
export interface SnapshotRow {
  /** Absolute URI of the snapshot's directory, or of its metadata file where that is not called `_metadata`. */
  readonly path: string;
  /** Job id, 32 hex digits; null where no directory tells it (savepoints, layouts without job directories). */
  readonly job: string | null;
  /** Checkpoint id; null where neither `_metadata` nor the directory tells it. */
  readonly id: bigint | null;
  readonly kind: SnapshotKind;
  readonly condition: SnapshotCondition;
  /** RFC 3339, UTC: when the `_metadata` was last modified; null where there is none or the store does not tell. */
  readonly time: string | null;
  /** State of the whole snapshot as Flink counts it, inline state included. Null where there is no readable `_metadata`. */
  readonly fullBytes: bigint | null;
  /**
   * State that this snapshot wrote itself, as Flink counts it (its "checkpointed size"); where the format records
   * none, what it has on top of its predecessor.
   */
  readonly addedBytes: bigint | null;
  /** Size of the metadata file; null where there is none. */
  readonly metadataBytes: number | null;
  /** Number of distinct files referenced, `_metadata` not counted. */
  readonly files: number | null;
  /** Of those, how many are absent. */
  readonly missing: number | null;
  /** Complete, and every reference was looked up and found with the right size. */
  readonly restorable: boolean;

  /** What the user calls the job; null where nobody said. JSON where names were given. */
  readonly jobName: string | null;
  /** First six digits of the job id, where only the name of a savepoint tells them. */
  readonly jobPrefix: string | null;
  /** Files that are there but have a size other than recorded. */
  readonly wrongSize: number | null;
  /** References that could not be looked up: their store refused, or their path is of no known store. */
  readonly unverified: number | null;
  /** The snapshot before this one in the same directory of checkpoints; null where there is none. */
  readonly predecessor: bigint | null;
  /** Files that lie in the directory of another job. */
  readonly foreignFiles: number | null;
  /** Why a snapshot is unreadable. */
  readonly error: ReportedError | null;
}
