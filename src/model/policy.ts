// What the user asks to keep and how careful deletion is to be: the words of the flags and of ckpt.yaml as values.
import type { Location } from './location.js';

/** Which snapshots of each job stay. The rules are ORed; null is a rule that is not given. Counts are at least 1. */
export interface RetentionPolicy {
  readonly keepLast: number | null;
  /** Counted from the newest restorable snapshot of the job. */
  readonly keepWithinMs: number | null;
  readonly keepHourly: number | null;
  readonly keepDaily: number | null;
  readonly keepWeekly: number | null;
  readonly keepMonthly: number | null;
  /** As many of the newest as fit. Per job; a file counts once, however many snapshots share it. */
  readonly maxBytes: number | null;
  /** Snapshots that stay besides: no rule, since alone it makes nothing go. */
  readonly pins: readonly Location[];
  /** Whether the rules apply to savepoints too; else those go only where the user names them one by one. */
  readonly savepoints: 'keep' | 'judge';
  /** Whether all snapshots of a job may go where none of them restores. */
  readonly wholeJobs: 'refuse' | 'allow';
}

/** No rule: everything stays. */
export const KEEP_EVERYTHING: RetentionPolicy = {
  keepLast: null,
  keepWithinMs: null,
  keepHourly: null,
  keepDaily: null,
  keepWeekly: null,
  keepMonthly: null,
  maxBytes: null,
  pins: [],
  savepoints: 'keep',
  wholeJobs: 'refuse',
};

/** What may go besides, and how much of it at once. */
export interface CleanupPolicy {
  /** Whether files that no snapshot references go. */
  readonly orphans: boolean;
  /** Nothing younger goes; floors that depend on the state of a job are above it. */
  readonly minAgeMs: number;
  /** Whether unreferenced files of jobs of which nothing is known may go under the strictest conditions. */
  readonly unknownJobs: boolean;
  /** The user's word that no sink keeps a write-ahead log in `taskowned/`. */
  readonly noWriteAheadSinks: boolean;
  /** Whether files are put aside, where the store can do that; else they are removed for good. */
  readonly quarantine: boolean;
  /** Where they are copied to for that; null where the store is to do it without copies. */
  readonly copiesTo: Location | null;
  /** Files; null for no limit, as below. */
  readonly maxDelete: number | null;
  readonly maxBytesDeleted: number | null;
  /** Of the files of a job. */
  readonly maxPercent: number;
}

export const DEFAULT_CLEANUP: CleanupPolicy = {
  orphans: true,
  minAgeMs: 7 * 24 * 3_600_000,
  unknownJobs: false,
  noWriteAheadSinks: false,
  quarantine: true,
  copiesTo: null,
  maxDelete: null,
  maxBytesDeleted: null,
  maxPercent: 50,
};
