// What retention decides of each snapshot, and why. Names of rules are public: plans carry them, docs/safety.md lists them.
import type { Location } from './location.js';
import type { SnapshotKind } from './snapshot.js';

/** A snapshot with all that retention looks at. */
export interface SnapshotCandidate {
  /** The directory of the snapshot. */
  readonly location: Location;
  /**
   * What a policy is applied to: the checkpoints of one job, or a family of savepoints. Snapshots of several jobs that
   * write to one directory are in one group, since nothing tells them apart.
   */
  readonly group: string;
  readonly kind: SnapshotKind;
  /** Null only for those that cannot be read. */
  readonly checkpointId: bigint | null;
  /** Milliseconds since the epoch, by the clock of the store; null where it tells none. */
  readonly takenMs: number | null;
  readonly standing: Standing;
  /** Whether its place does not bear the name that Flink gave it: somebody copied or moved it there. */
  readonly renamed: boolean;
  readonly job: JobStanding;
  /** Why something outside of the store needs it: a running job was restored from it. */
  readonly neededBy: string | null;
  /** Whether the user gave the path of this very snapshot. */
  readonly named: boolean;
}

/**
 * `restorable`: every reference was found as it should be. `unverified`: some could not be looked up. `broken`: some are
 * missing. `unreadable`: its `_metadata` tells nothing.
 */
export type Standing = 'restorable' | 'unverified' | 'broken' | 'unreadable';

/** What is known of the job that took a snapshot. Nothing younger than `minAgeMs` goes. */
export type JobStanding = { readonly minAgeMs: number } & (
  | { readonly state: 'ended' }
  | {
      readonly state: 'running';
      /** The lowest id that its cluster still retains; null where the cluster does not tell. */
      readonly lowestRetainedId: bigint | null;
      /** What it was restored from; null where it was not, or the cluster does not tell. */
      readonly restoredId: bigint | null;
    }
  | { readonly state: 'unknown' }
);

export type PolicyRule =
  | 'keep-last'
  | 'keep-within'
  | 'keep-hourly'
  | 'keep-daily'
  | 'keep-weekly'
  | 'keep-monthly'
  | 'max-bytes';

/** Rules that no policy overrules. */
export type SafetyRule =
  | 'no-policy'
  | 'pinned'
  | 'savepoint-untouched'
  | 'renamed'
  | 'unreadable'
  | 'unverified'
  | 'time-unknown'
  | 'newest-restorable'
  | 'newer-than-restorable'
  | 'nothing-restorable'
  | 'young'
  | 'needed-elsewhere'
  | 'job-running'
  | 'job-unknown';

export interface Reason {
  readonly rule: PolicyRule | SafetyRule | 'broken';
  /** For people: part of a sentence, without a full stop. */
  readonly text: string;
}

/** `keep` with every rule that keeps it; `expire` with every rule that was given and why it does not. */
export interface Verdict<C extends SnapshotCandidate = SnapshotCandidate> {
  readonly snapshot: C;
  readonly decision: 'keep' | 'expire';
  /** At least one. */
  readonly reasons: readonly Reason[];
}

/** A policy that must not be carried out as it stands. */
export interface Refusal {
  readonly rule: 'whole-job' | 'pin-not-found';
  readonly message: string;
  /** The group, or the pinned path. */
  readonly where: string;
  readonly next: string;
}

export interface SnapshotVerdicts<C extends SnapshotCandidate = SnapshotCandidate> {
  /** By group, then newest first. */
  readonly verdicts: readonly Verdict<C>[];
  /** Where there are any, nothing is to be deleted. The verdicts of a job that is refused keep all of it. */
  readonly refusals: readonly Refusal[];
}
