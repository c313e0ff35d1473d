// The answer of `ckpt diff`: what became of one snapshot in another. All fields are public as JSON. Growth is `b - a`,
// and may be negative.
import type { FormatVersion } from './metadata.js';
import type { ColumnRows } from './rows.js';
import type { FileRow } from './snapshot-report.js';

export interface SnapshotDiff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  readonly growth: Growths;
  /** The largest growth first; those without any state on both sides left out. */
  readonly operators: readonly OperatorGrowth[];
  /** What could not be told of the states, where their files were read. */
  readonly remarks: readonly DiffRemark[];
  /** In both, and the bytes that they have in `b`. */
  readonly kept: FileTotal;
  /** What merged files of both have more in `b`: a part of {@link kept}. */
  readonly appendedBytes: bigint;
  readonly added: FileTotal;
  readonly gone: FileTotal;
  /** A part of {@link added}: RocksDB files that `a` has too, under another path. */
  readonly reuploaded: FileTotal;
  readonly addedFiles: ColumnRows<FileRow>;
  readonly goneFiles: ColumnRows<FileRow>;
}

export interface DiffSide {
  readonly path: string;
  readonly job: string | null;
  readonly checkpointId: bigint;
  readonly formatVersion: FormatVersion;
  readonly time: string | null;
  readonly fullBytes: bigint;
  readonly inlineBytes: bigint;
  readonly metadataBytes: number;
  readonly files: number;
  readonly fileBytes: bigint;
}

/** Growth of the sizes of {@link DiffSide}. */
export interface Growths {
  readonly fullBytes: bigint;
  readonly inlineBytes: bigint;
  readonly metadataBytes: number;
  readonly files: number;
  readonly fileBytes: bigint;
}

/** Sizes are null on the side where there is no such operator or state. */
export interface OperatorGrowth {
  readonly id: string;
  readonly name: string | null;
  readonly uid: string | null;
  readonly bytesA: bigint | null;
  readonly bytesB: bigint | null;
  readonly growthBytes: bigint;
  /** States that the metadata names, or those of the state files too where they were read; by name. */
  readonly states: readonly StateGrowth[];
}

export interface DiffRemark {
  readonly side: 'a' | 'b';
  /** Its id. */
  readonly operator: string;
  /** Ascending. */
  readonly subtasks: readonly number[];
  readonly reason: string;
}

export interface StateGrowth {
  readonly name: string;
  readonly kind: string;
  readonly bytesA: bigint | null;
  readonly bytesB: bigint | null;
  /** Null where a size is not told. */
  readonly growthBytes: bigint | null;
}

export interface FileTotal {
  readonly files: number;
  readonly bytes: bigint;
}
