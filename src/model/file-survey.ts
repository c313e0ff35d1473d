// What a survey for millions of files found: every file with how many snapshots need it, without any list of them in
// memory; and what concerns snapshots, directories and jobs, of which there are few.
import type { FileRole } from './file-class.js';
import type { Location } from './location.js';
import type { ReportedError, SnapshotCondition, SnapshotKind } from './snapshot.js';
import type { MetadataFile, SnapshotPlace, SurveyedRoot } from './survey.js';

/** A file under the roots. */
export interface SurveyedFile {
  readonly location: Location;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly role: FileRole;
  /** What this tool put there: the role is `trash`. */
  readonly isOwn: boolean;
  /** A `_metadata`, or a file that was given as one. */
  readonly isMetadata: boolean;
  /** How many readable snapshots reference it. */
  readonly snapshots: number;
  /** Bytes that some snapshot uses, of a file that is used by segments; null for any other. */
  readonly liveBytes: number | null;
  /** It has further names (hard links), so that removing it gives no room back. */
  readonly linked: boolean;
  readonly directory: SurveyedDirectory;
  /** Nothing references it, and a file that snapshots do reference is called so in another place. */
  readonly isNamesake: boolean;
}

/** The directory that a file lies in. */
export interface SurveyedDirectory {
  readonly jobId: string | null;
  /** Equal for all directories of one job: its id, else the directory that its `chk-N`, `shared`, … lie in. */
  readonly owner: string;
  /** The directory itself, where it is called like that of a snapshot. */
  readonly snapshotDirectory: Location | null;
  /** 0 where no time is known. */
  readonly newestFileMs: number;
  readonly holdsReferenced: boolean;
}

/** A snapshot without its references. Numbers are those of distinct files; 0 where there is no readable `_metadata`. */
export interface AuditedSnapshot {
  readonly place: SnapshotPlace;
  readonly metadata: MetadataFile | null;
  readonly condition: SnapshotCondition;
  readonly kind: SnapshotKind;
  readonly checkpointId: bigint | null;
  /** It lies in the trash: it keeps what it references, and is no snapshot to anybody else. */
  readonly inTrash: boolean;
  readonly usesChangelog: boolean;
  readonly usesFileMerging: boolean;
  readonly missing: number;
  readonly wrongSize: number;
  readonly unverified: number;
  readonly error: ReportedError | null;
}

/** Whether every reference was found as it should be. */
export function wouldRestore({ condition, unverified }: AuditedSnapshot): boolean {
  return condition === 'complete' && unverified === 0;
}

/** A file that snapshots need and that is not there. */
export interface MissingFile {
  readonly location: Location;
  readonly sizeBytes: number;
  readonly snapshots: number;
}

/** What the files of one job's directories tell together. */
export interface JobTraces {
  /** 0 where no time is known. */
  readonly newestFileMs: number;
  readonly usesForSt: boolean;
  readonly usesFileMerging: boolean;
  readonly usesChangelog: boolean;
}

export interface FileSurvey {
  readonly roots: readonly SurveyedRoot[];
  readonly snapshots: readonly AuditedSnapshot[];
  /** What could not be looked at besides whole snapshots. */
  readonly problems: readonly ReportedError[];
  readonly missing: { readonly files: number; readonly bytes: number };
  /** What is missing, in no particular order; the same each time. */
  missingFiles(): Iterable<MissingFile>;
  /** Every file, once; sorted by location where `sorted`. */
  files(options: { readonly sorted: boolean }): Iterable<SurveyedFile>;
  /** Whether a reference to something that was not listed ends in this name. Now and then true where none does. */
  isNameOfUnresolved(name: string): boolean;
  /** What the files of the job with this owner tell together. */
  job(owner: string): JobTraces;
  /** Gives memory and temporary files back. */
  close(): void;
}
