// What is to go, in writing: the document that `plan` makes, people review, and `apply` carries out. Its fields are
// public; times are RFC 3339, sizes bytes, paths absolute URIs. Plain JSON values only.

/**
 * `metadata`: the `_metadata` of a snapshot that expires. `exclusive`, `shared`: files that only such snapshots need,
 * in their own directories and elsewhere. `orphan`, `incomplete`, `in-progress`: what no snapshot needs (see FileClass).
 * `open-upload`: an upload in parts that was never completed. `empty-directory`: what is left when all these are gone.
 */
export type DeletionKind =
  | 'metadata'
  | 'exclusive'
  | 'shared'
  | 'orphan'
  | 'incomplete'
  | 'in-progress'
  | 'open-upload'
  | 'empty-directory';

export const DELETION_KINDS = [
  'metadata',
  'exclusive',
  'shared',
  'orphan',
  'incomplete',
  'in-progress',
  'open-upload',
  'empty-directory',
] as const satisfies readonly DeletionKind[];

/** One file, or an empty directory, as it was seen when the plan was made. */
export interface PlannedDeletion {
  readonly path: string;
  /** 0 for directories and uploads. */
  readonly bytes: number;
  /** Null where the store tells no time, and for directories. */
  readonly modified: string | null;
  readonly etag?: string | undefined;
  /** It has further names (hard links), so that no room is given back when it goes. */
  readonly linked?: true | undefined;
  /** Of `open-upload` alone; `modified` is when it was begun. There may be several to one path. */
  readonly uploadId?: string | undefined;
  readonly kind: DeletionKind;
  /** The directory of the snapshot that it belongs to; of `metadata` and `exclusive` alone. */
  readonly snapshot?: string | undefined;
  /** For people. */
  readonly reason: string;
}

/** Whether it is a file that is there. */
export function isFile({ kind }: PlannedDeletion): boolean {
  return kind !== 'empty-directory' && kind !== 'open-upload';
}

/** The room that is given back when it goes, where nothing keeps it besides. */
export function freedBytes({ bytes, linked }: PlannedDeletion): number {
  return linked ? 0 : bytes;
}

/** Different for all that one plan may name. */
export function identityOf({ path, uploadId }: Pick<PlannedDeletion, 'path' | 'uploadId'>): string {
  return uploadId === undefined ? path : `${path} ${uploadId}`;
}

export interface PlannedSnapshot {
  readonly path: string;
  readonly action: 'keep' | 'delete';
  readonly reasons: readonly { readonly rule: string; readonly text: string }[];
}

/** A rule of a policy or what it is set to: the words of ckpt.yaml. */
export type PolicyWords = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Who was asked about jobs, to be asked again, and what was known when the plan was made. */
export interface PlannedEvidence {
  readonly sources: PolicyWords;
  readonly jobs: readonly {
    readonly id: string;
    readonly state: 'running' | 'ended';
    readonly source: string;
  }[];
}

export interface PlanContents {
  readonly toolVersion: string;
  readonly createdAt: string;
  /** Counts only until the first deletion. */
  readonly expiresAt: string;
  readonly roots: readonly string[];
  readonly policy: PolicyWords;
  readonly evidence: PlannedEvidence;
  readonly snapshots: readonly PlannedSnapshot[];
  /** In the order in which they go. */
  readonly deletions: readonly PlannedDeletion[];
  /** What would go if a safety rule did not object; the first 100,000 by path. */
  readonly heldBack: readonly { readonly path: string; readonly reason: string }[];
  readonly totals: PlanTotals;
  /** Nothing is to go. */
  readonly noop: boolean;
}

export interface PlanTotals {
  /** Without directories and uploads. */
  readonly files: number;
  readonly bytes: number;
  /** Without those of files that are `linked`, of this and the next. */
  readonly bytesFreedNow: number;
  readonly bytesFreedAfterTrash: number;
  /** How many uploads are given up. */
  readonly uploads: number;
  /** How many files are held back. */
  readonly heldBack: number;
}

export interface Plan extends PlanContents {
  /** SHA-256 over everything else, in hex. */
  readonly planId: string;
}
