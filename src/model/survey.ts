// What a look at storage found: the files, the snapshots among them, and what could not be looked at. A value: nothing
// here reads storage, and nothing tells yet what it means (src/graph).

import type { CkptError } from '../support/errors.js';
import type { Location } from './location.js';
import type { ReferenceTable } from './reference-table.js';
import type { References } from './references.js';
import type { ReportedError, RootKind, SnapshotKind } from './snapshot.js';

export interface Survey {
  readonly roots: readonly SurveyedRoot[];
  /** In no particular order; one entry per snapshot, also where roots overlap. */
  readonly snapshots: readonly SurveyedSnapshot[];
  /** Answers for every row of the files that a snapshot of this survey references. */
  readonly presenceOf: PresenceOf;
  /** What could not be looked at besides whole snapshots. */
  readonly problems: readonly ReportedError[];
}

/** A location given by the user, and what it turned out to be. */
export interface SurveyedRoot {
  readonly location: Location;
  readonly takenFor: RootKind;
}

/** Whether a file is where a reference says. `absent` also where something else than a file is there. */
export type Presence =
  | { readonly kind: 'present'; readonly sizeBytes: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly error: CkptError };

export type PresenceOf = (files: ReferenceTable, row: number) => Presence;

/** What the place of a snapshot tells of it. */
export interface SnapshotPlace {
  /** The directory that relative paths start from. */
  readonly directory: Location;
  /** Null where no directory on the way is called like a job id. */
  readonly jobId: string | null;
  /** First six digits of the job id in the name of a savepoint's directory. */
  readonly jobPrefix: string | null;
  /** The N of `chk-N`. */
  readonly checkpointId: bigint | null;
  /** Null where the name of the directory is neither a checkpoint's nor a savepoint's. */
  readonly kind: SnapshotKind | null;
}

/** The file that makes a directory a snapshot. */
export interface MetadataFile {
  readonly location: Location;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
}

/** A snapshot: without `_metadata`, with one that cannot be understood, or read, of which `C` was kept. */
export type SurveyedSnapshot<C = SnapshotContents> =
  | { readonly state: 'incomplete'; readonly place: SnapshotPlace }
  | {
      readonly state: 'unreadable';
      readonly place: SnapshotPlace;
      readonly metadata: MetadataFile;
      readonly error: CkptError;
    }
  | ReadSnapshot<C>;

/** A snapshot whose `_metadata` was read. */
export interface ReadSnapshot<C = SnapshotContents> {
  readonly state: 'read';
  readonly place: SnapshotPlace;
  readonly metadata: MetadataFile;
  readonly contents: C;
}

/** What is kept of a `_metadata` after reading it. */
export interface SnapshotContents {
  readonly checkpointId: bigint;
  /** From the properties (format version 4 and later), else from the place; a savepoint where neither tells. */
  readonly kind: SnapshotKind;
  readonly references: References;
  /** Distinct files of each operator, in the order of the file. */
  readonly operatorFiles: readonly number[];
  /** State of all operators as Flink counts it. */
  readonly stateBytes: bigint;
  /** State that the snapshot wrote itself as Flink counts it; null where the encoding does not record it. */
  readonly checkpointedBytes: bigint | null;
  /** State inside the `_metadata`. */
  readonly inlineBytes: bigint;
}
