// Words about snapshots that every room shares.
import type { CkptError } from '../support/errors.js';

/** Name of the file that makes a directory a snapshot. */
export const METADATA_NAME = '_metadata';

export type SnapshotKind = 'checkpoint' | 'savepoint';

/**
 * `complete`: the `_metadata` is readable and no file is known to be missing. `incomplete`: the directory of a
 * snapshot without `_metadata`. `broken`: a referenced file is absent or has another size. `unreadable`: there is a
 * `_metadata` that cannot be read or understood.
 */
export type SnapshotCondition = 'complete' | 'incomplete' | 'broken' | 'unreadable';

/** An error as a value, for reports: the fields of a CkptError. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly where: string | null;
  readonly next: string | null;
}

/** What a location given by the user turned out to be. */
export type RootKind =
  /** A metadata file, whatever its name. */
  | 'metadata'
  /** The directory of one checkpoint or savepoint. */
  | 'snapshot'
  /** A job's directory: its name is a job id, or it holds `chk-N` directories itself. */
  | 'job'
  /** Holds directories of jobs. */
  | 'checkpoint-root'
  /** Holds savepoints, and no directories of jobs. */
  | 'savepoint-root'
  /** Any other directory, taken as an ancestor of all that. */
  | 'ancestor';

/** An error as a value. */
export function reportError(error: CkptError): ReportedError {
  const { code, message, where = null, next = null } = error;
  return { code, message, where, next };
}
