// The carrying out of a plan as values: what is written down before the first deletion, and what came of it.
import type { Plan } from './plan.js';

/** A file that was left, and why. */
export interface Leftover {
  readonly path: string;
  readonly reason: string;
}

/** What happens to files: they are gone for good, or put aside below their root until the trash is emptied. */
export type RemovalMode = 'remove' | 'quarantine';

/** What a run wrote down before it began: enough to finish it, whatever happened. */
export interface RunRecord {
  readonly runId: string;
  readonly startedAt: string;
  readonly mode: RemovalMode;
  readonly plan: Plan;
  /** What of the plan was not true any more when the run began. */
  readonly skipped: readonly Leftover[];
  /** Of each snapshot that goes, which files of the plan it references. */
  readonly references: readonly SnapshotFiles[];
}

/** A snapshot by its directory, and paths of files. */
export interface SnapshotFiles {
  readonly snapshot: string;
  readonly files: readonly string[];
}

/** What came of a run. Files that were gone already count as deleted, or as put aside. */
export interface RunOutcome {
  readonly runId: string;
  readonly planId: string;
  readonly deleted: number;
  readonly quarantined: number;
  /** Open uploads that were given up. */
  readonly uploads: number;
  readonly skipped: readonly Leftover[];
  /** To be tried again by the same command. */
  readonly failed: readonly Leftover[];
  readonly bytesFreed: number;
  /** Snapshots under the roots that were found restorable afterwards. */
  readonly verified: number;
}

/** What one process did of a run: kept beside the journal. */
export interface RunLogEntry {
  readonly runId: string;
  readonly host: string;
  readonly processId: number;
  readonly beganAt: string;
  readonly endedAt: string;
  /** In order; of each the stage, and how many files or directories were to go. */
  readonly batches: readonly { readonly stage: string; readonly count: number }[];
  readonly failed: readonly Leftover[];
  /** `done`, or why it stopped. */
  readonly end: string;
}
