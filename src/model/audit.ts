// The answer of `ckpt audit`: what lies under the roots, of which class, whose it is, and what could go. Fields marked
// JSON are the public contract, with these names.
import type { Liveness } from './evidence.js';
import type { Cause, FileClass, HeldBack } from './file-class.js';
import type { ReportedError, RootKind, SnapshotCondition } from './snapshot.js';

/** Files and their bytes. Files with the same content, or of sizes that nobody told, are not known as such. */
export interface FileCount {
  readonly files: number;
  readonly bytes: number;
}

export type ClassTotals = Readonly<Record<FileClass, FileCount>>;

/** One file. All fields are JSON. */
export interface AuditedFile {
  /** Absolute URI. */
  readonly path: string;
  readonly bytes: number;
  readonly class: FileClass;
  /** How many snapshots reference it. */
  readonly snapshots: number;
  /** Of a merged file: bytes that some snapshot uses. */
  readonly liveBytes: number | null;
  /** How it came to be, of a file that nothing references and where that can be told. */
  readonly cause: Cause | null;
  readonly deletable: boolean;
  /** Why not, of a file that nothing references. */
  readonly reason: HeldBack | null;
  /** RFC 3339, UTC; null where the store does not tell. */
  readonly modified: string | null;
}

/** A file without its name, for totals. */
export type FileVerdict = Omit<AuditedFile, 'path' | 'snapshots' | 'modified'>;

/** The files in the directories of one job. All fields are JSON. */
export interface JobAudit {
  /** Null for files in no directory of a job. */
  readonly job: string | null;
  readonly liveness: Liveness['kind'];
  /** Who says so; null where nobody does. */
  readonly evidence: string | null;
  readonly snapshots: Readonly<Record<SnapshotCondition, number>>;
  readonly totals: ClassTotals;
  readonly deletable: FileCount;
}

/** Files with something in common. */
export interface Tally<K> extends FileCount {
  readonly of: K;
}

export interface AuditReport {
  /** JSON, as `path` alone. */
  readonly roots: readonly { readonly path: string; readonly takenFor: RootKind }[];
  /** JSON; sorted, those without a job last. */
  readonly jobs: readonly JobAudit[];
  /** JSON. */
  readonly totals: ClassTotals;
  /** JSON; what no snapshot needs and no rule holds back. */
  readonly deletable: FileCount;
  /** JSON. */
  readonly missing: FileCount;
  /** JSON; of what nothing references. Largest first. */
  readonly causes: readonly Tally<Cause | null>[];
  /** JSON; of what nothing references and yet must stay. Largest first. */
  readonly heldBack: readonly Tally<HeldBack>[];
  /** JSON; merged files that are referenced: `liveBytes` of their bytes are in use. */
  readonly merged: FileCount & { readonly liveBytes: number };
  /** JSON. */
  readonly snapshots: Readonly<Record<SnapshotCondition, number>>;
  /** JSON. */
  readonly problems: readonly ReportedError[];
}
