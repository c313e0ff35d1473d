// The answer of `ckpt verify`. Fields marked JSON are the public contract, with these names; the rest is for people.
import type { KeyGroupRange } from './metadata.js';
import type { ReportedError, RootKind, SnapshotCondition, SnapshotKind } from './snapshot.js';

/** Snapshots are sorted by job (those without one last), then checkpoint id, then path. */
export interface VerifyReport {
  readonly roots: readonly { readonly path: string; readonly takenFor: RootKind }[];
  /** JSON. */
  readonly snapshots: readonly VerifiedSnapshot[];
  /** What could not be looked at besides whole snapshots. */
  readonly problems: readonly ReportedError[];
  /** Whether the files were read too. */
  readonly deep: boolean;
}

export interface VerifiedSnapshot {
  /** JSON. Absolute URI of its directory, or of its metadata file where that is not called `_metadata`. */
  readonly path: string;
  readonly job: string | null;
  readonly id: bigint | null;
  readonly kind: SnapshotKind;
  /** JSON. With `--deep`, `broken` also where a file is damaged. */
  readonly condition: SnapshotCondition;
  /** JSON. Every reference was found as it should be, and with `--deep` every file was read and nothing was wrong. */
  readonly restorable: boolean;
  /** Distinct files that it references; null where that is not known. */
  readonly files: number | null;
  /** JSON. Sorted by path. */
  readonly missing: readonly CostlyFile[];
  /** JSON. Files that are there with another size, sorted by path. */
  readonly sizeMismatch: readonly (CostlyFile & { readonly actualBytes: number })[];
  /** JSON with `--deep`. Files that are there and hold something wrong, sorted by path. */
  readonly damaged: readonly (CostlyFile & { readonly reason: string })[];
  /** JSON with `--deep`. Files of which not everything could be checked, each with the reason; nothing is wrong there. */
  readonly unchecked: readonly Remark[];
  /** References that could not be looked up or read, each with the reason. */
  readonly unverified: readonly Remark[];
  /** Why a snapshot is unreadable. */
  readonly error: ReportedError | null;
}

export interface Remark {
  /** An absolute URI, or the path as the `_metadata` has it. */
  readonly path: string;
  readonly reason: string;
}

/** A file that cannot be used, and what that costs. All fields are JSON. */
export interface CostlyFile {
  /** Where it resolves: an absolute URI. */
  readonly path: string;
  /** As the metadata says: for a segment the end of the furthest one; -1 where unknown. */
  readonly bytes: bigint;
  /** In the order of the `_metadata`. */
  readonly operators: readonly StateOwner[];
}

/** Whose state is in a file. All fields are JSON. */
export interface StateOwner {
  readonly id: string;
  readonly name: string | null;
  readonly uid: string | null;
  /** Ascending. */
  readonly subtasks: readonly number[];
  /** Those of keyed state, joined where they touch, ascending. */
  readonly keyGroups: readonly KeyGroupRange[];
  /** State of the operator's coordinator, which has no subtask. */
  readonly coordinator: boolean;
}
