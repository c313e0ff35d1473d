// A file that nothing references, with all that the rules of deletion may ask about it. Plain values: whoever audits or
// plans gathers them, and the rules stay functions.
import type { Liveness } from '../model/evidence.js';
import type { FileClass, FileRole } from '../model/file-class.js';
import type { SafetyPolicy } from '../model/safety-policy.js';

/** What concerns every file of a survey alike. */
export interface SafetyFacts {
  /** The time of the store, as well as it is known. */
  readonly nowMs: number;
  readonly policy: SafetyPolicy;
  /** A source of evidence that was named could not be asked. */
  readonly evidenceUnreachable: boolean;
  /** The `_metadata` of a snapshot could not be read or understood. */
  readonly unreadableMetadata: boolean;
  /** Something under the roots could not be listed. */
  readonly listingIncomplete: boolean;
  /** Not one `_metadata` was read: then nothing can be told unneeded either. */
  readonly noSnapshotRead: boolean;
  /** Every job of the survey is known to have ended. */
  readonly allJobsEnded: boolean;
}

/** What is known of the job in whose directory a file lies. */
export interface JobFacts {
  readonly liveness: Liveness;
  /** The youngest file in its directories; null where no time is known. */
  readonly newestFileMs: number | null;
  /** The highest id among its readable checkpoints. */
  readonly newestCheckpointId: bigint | null;
  /** When the `_metadata` of that one was written. */
  readonly newestMetadataMs: number | null;
  readonly usesChangelog: boolean;
  readonly usesFileMerging: boolean;
  readonly usesForSt: boolean;
}

/** What is known of the directory of a snapshot that a file lies in. */
export interface SnapshotDirectoryFacts {
  /** The N of `chk-N`; null for savepoints. */
  readonly checkpointId: bigint | null;
  readonly hasMetadata: boolean;
  readonly newestFileMs: number | null;
  /** Some snapshot references a file in it. */
  readonly holdsReferenced: boolean;
  /** The highest id of a readable checkpoint beside it. */
  readonly newestBeside: bigint | null;
  /** Something outside of the store names it. */
  readonly pinned: boolean;
}

export interface Candidate {
  readonly class: Exclude<FileClass, 'metadata' | 'referenced'>;
  readonly role: FileRole;
  readonly modifiedMs: number | null;
  readonly job: JobFacts;
  /** Null for files in no directory of a snapshot. */
  readonly directory: SnapshotDirectoryFacts | null;
  /** A reference that resolves to nothing ends in the same name. */
  readonly namedByUnresolved: boolean;
  /** A file in another place that snapshots reference is called so too. */
  readonly isNamesake: boolean;
}
