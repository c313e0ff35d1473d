// The answer of `ckpt inspect`: what is in one snapshot. Fields marked JSON are the public contract, with these
// names; the rest is for people. Byte counts are bigint: JSON shows them as integers, past 2^53 as decimal strings.
// "As Flink counts" is StateObject#getStateSize and CompositeStateHandle#getCheckpointedSize.
import type {
  CheckpointProperties,
  Dialect,
  DistributionMode,
  FormatVersion,
  KeyGroupRange,
} from './metadata.js';
import type { ReferenceScope } from './references.js';
import type { ColumnRows, Rows } from './rows.js';
import type { RootKind, SnapshotCondition, SnapshotKind } from './snapshot.js';

export interface SnapshotReport {
  /** JSON. Absolute URI of the snapshot's directory, or of its metadata file where that is not called `_metadata`. */
  readonly path: string;
  readonly takenFor: RootKind;
  /** JSON, all six. */
  readonly job: string | null;
  readonly kind: SnapshotKind;
  readonly condition: SnapshotCondition;
  readonly restorable: boolean;
  /** RFC 3339, UTC: when the `_metadata` was last modified. */
  readonly time: string | null;
  readonly metadataBytes: number;
  /** JSON. */
  readonly formatVersion: FormatVersion;
  readonly dialect: Dialect;
  /** JSON. */
  readonly checkpointId: bigint;
  /** Null before format version 4, and where the file holds none. */
  readonly properties: CheckpointProperties | null;
  readonly masterStates: readonly {
    readonly name: string;
    readonly version: number;
    readonly bytes: number;
  }[];
  /** JSON. In the order of the file. */
  readonly operators: readonly OperatorReport[];
  /** JSON. State of all operators as Flink counts it. */
  readonly fullBytes: bigint;
  /** JSON. What this snapshot wrote itself, as Flink counts it. */
  readonly addedBytes: bigint;
  /** JSON. State inside the `_metadata`. */
  readonly inlineBytes: bigint;
  /** JSON: distinct files referenced. */
  readonly fileCount: number;
  /** JSON: sum of the sizes of {@link files}. */
  readonly fileBytes: bigint;
  /** JSON with `--files`. Sorted by path, each path once. */
  readonly files: ColumnRows<FileRow>;
  /** JSON with `--files`. Sorted by path. */
  readonly directories: ColumnRows<DirectoryRow>;
  readonly filesByScope: readonly ScopeTotal[];
  /**
   * JSON as `missing` and `sizeMismatch` with `--files`, their counts always: files that are absent, and those whose size
   * is not the recorded one.
   */
  readonly missing: ColumnRows<FileRow>;
  readonly wrongSize: ColumnRows<WrongSizeRow>;
  /** JSON with `--files`, the count always: references that could not be looked up, each with the reason. */
  readonly unverified: Rows<{ readonly path: string; readonly reason: string }>;
}

/** A file as the snapshot references it. All fields are JSON. */
export interface FileRow {
  /** Where it resolves: an absolute URI. */
  readonly path: string;
  /** As the metadata says: for a segment the end of the furthest one; -1 where unknown. */
  readonly bytes: bigint;
  readonly kind: 'file' | 'relative-file' | 'segment';
  /** Number of handles that point there. */
  readonly references: number;
  readonly scope: ReferenceScope;
}

/** A file that has another size. All fields are JSON. */
export interface WrongSizeRow extends FileRow {
  readonly actualBytes: number;
}

/** A directory that file merging keeps alive. All fields are JSON. */
export interface DirectoryRow {
  readonly path: string;
  readonly references: number;
}

export interface ScopeTotal {
  readonly scope: ReferenceScope;
  readonly files: number;
  readonly bytes: bigint;
}

/** One operator. */
export interface OperatorReport {
  /** JSON, all six. */
  readonly id: string;
  readonly name: string | null;
  readonly uid: string | null;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly fullBytes: bigint;
  /** JSON. */
  readonly addedBytes: bigint;
  /** JSON. Those whose names the metadata tells, in the order of their names. */
  readonly states: readonly StateReport[];
  /** Parts of `fullBytes` by what they are. */
  readonly keyedBytes: bigint;
  readonly operatorBytes: bigint;
  readonly coordinatorBytes: bigint;
  /** Records in flight of an unaligned checkpoint. */
  readonly inFlightBytes: bigint;
  /** State inside the `_metadata`. */
  readonly inlineBytes: bigint;
  /** Distinct files that the operator references. */
  readonly files: number;
  /** Distinct key-group ranges of keyed state, ascending. */
  readonly keyGroupRanges: readonly KeyGroupRange[];
  /** Subtasks with an entry in the metadata. */
  readonly subtasks: number;
  readonly finishedSubtasks: number;
  /** All of the operator finished before the snapshot. */
  readonly fullyFinished: boolean;
  /** There is a handle of any kind, be it of no bytes: Flink then refuses a job that has no place for it. */
  readonly hasState: boolean;
}

/** A named state of an operator. */
export interface StateReport {
  /** JSON, all three. */
  readonly name: string;
  readonly kind: 'operator-list' | 'operator-union' | 'broadcast' | 'raw-operator';
  /** From the offsets in the metadata; null where they do not tell (compressed, or no stream). */
  readonly bytes: bigint | null;
  readonly mode: DistributionMode;
  /** List elements over all subtasks; for broadcast state the number of copies. */
  readonly elements: number;
}
