// Is a plan still true? What was seen when it was made is compared with a new look, file by file. Pure: the look is a
// value. Whatever has changed stays; a new reference saves its file; a snapshot that stays saves all that it needs.
import type { Leftover, SnapshotFiles } from '../model/cleanup-run.js';
import { identityOf, isFile, type PlannedDeletion } from '../model/plan.js';
import { countOne, groupBy } from '../support/group-by.js';

/** A file of the plan as it is now. */
export interface FoundFile {
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly etag: string | null;
  /** The job whose directories it lies in: its id, or where it has none the directory of its snapshots. */
  readonly job: string;
  /** How many readable snapshots reference it, those that are to go among them. */
  readonly snapshots: number;
  /** The rule that would hold it back now; null where none does. */
  readonly objection: string | null;
}

/** A `_metadata` that was read again, of a snapshot that is to go: in place, or in the trash of this very run. */
export interface FoundSnapshot extends SnapshotFiles {
  /** Why it must stay after all; null where nothing speaks for it. */
  readonly objection: string | null;
}

/** An upload that is open now. */
export interface FoundUpload {
  readonly initiatedMs: number | null;
  /** The rule that would hold it back; null where none does. */
  readonly objection: string | null;
}

export interface Look {
  /** Why nothing may go at all: something could not be read, listed or asked. */
  readonly blocks: readonly string[];
  /** Files of the plan by path; one that is not among them is gone. */
  readonly files: Pick<ReadonlyMap<string, FoundFile>, 'get'>;
  /** Open uploads below the roots, by `identityOf`. */
  readonly uploads: ReadonlyMap<string, FoundUpload>;
  /** One for each `_metadata`: of a snapshot that is being hidden there are two, in place and in the trash. */
  readonly snapshots: readonly FoundSnapshot[];
  /** How many files each job has in all, without what lies in the trash. */
  readonly filesOfJob: ReadonlyMap<string, number>;
}

export interface Checked {
  readonly going: readonly PlannedDeletion[];
  readonly skipped: readonly Leftover[];
  /** How many files of each job go. */
  readonly goingOfJob: ReadonlyMap<string, number>;
}

/**
 * Which of `deletions` still may go. What is gone is left out of a run that begins: somebody else is at work. To a run
 * that is resumed it is its own work.
 */
export function checkDeletions(
  deletions: readonly PlannedDeletion[],
  look: Look,
  { isResumed }: { readonly isResumed: boolean },
): Checked {
  const staying = stayingSnapshots(deletions, look, isResumed);
  const against = {
    look,
    isResumed,
    references: referencesOf(look.snapshots.filter(({ snapshot }) => !staying.has(snapshot))),
    hasLostSnapshot: [...staying.values()].includes('gone'),
  };
  const going: PlannedDeletion[] = [];
  const skipped: Leftover[] = [];
  const goingOfJob = new Map<string, number>();
  for (const deletion of deletions) {
    const file = isFile(deletion) ? look.files.get(deletion.path) : undefined;
    const reason = staying.get(deletion.snapshot ?? '') ?? objectionTo(deletion, file, against);
    if (reason !== null) {
      skipped.push({ path: deletion.path, reason });
      continue;
    }
    going.push(deletion);
    if (file !== undefined) countOne(goingOfJob, file.job);
  }
  return { going, skipped, goingOfJob };
}

/** Which files of the plan each snapshot references that is to go. */
export function referencesIn({ snapshots }: Look): readonly SnapshotFiles[] {
  const read = groupBy(snapshots, ({ snapshot }) => snapshot);
  return [...read].map(([snapshot, all]) => ({
    snapshot,
    files: [...new Set(all.flatMap(({ files }) => [...files]))].sort(),
  }));
}

/** What a deletion is held against. */
interface Against {
  readonly look: Look;
  readonly isResumed: boolean;
  /** By how many of the snapshots that go a file is referenced. */
  readonly references: ReadonlyMap<string, number>;
  /** A snapshot was taken away by somebody else, perhaps to another place: what it shared, nobody here can tell. */
  readonly hasLostSnapshot: boolean;
}

/** Snapshots of the plan that do not go after all, and why. */
function stayingSnapshots(
  deletions: readonly PlannedDeletion[],
  look: Look,
  isResumed: boolean,
): ReadonlyMap<string, string> {
  const read = new Map<string, string | null>();
  for (const { snapshot, objection } of look.snapshots) read.set(snapshot, read.get(snapshot) ?? objection);
  const staying = new Map<string, string>();
  for (const deletion of deletions) {
    if (deletion.kind !== 'metadata') continue;
    const reason = objectionToSnapshot(deletion, look.files.get(deletion.path), {
      objection: read.get(deletion.snapshot!),
      isResumed,
    });
    if (reason !== null) staying.set(deletion.snapshot!, reason);
  }
  return staying;
}

interface Found {
  /** To the snapshot; undefined where it was not read. */
  readonly objection: string | null | undefined;
  readonly isResumed: boolean;
}

function objectionToSnapshot(
  metadata: PlannedDeletion,
  file: FoundFile | undefined,
  { objection, isResumed }: Found,
): string | null {
  if (file === undefined) return isResumed ? null : 'gone';
  if (!isUnchanged(metadata, file)) return 'changed';
  return objection === undefined ? 'not-read' : (file.objection ?? objection);
}

function referencesOf(snapshots: readonly FoundSnapshot[]): ReadonlyMap<string, number> {
  const references = new Map<string, number>();
  for (const { files } of snapshots) for (const file of files) countOne(references, file);
  return references;
}

function objectionTo(
  deletion: PlannedDeletion,
  file: FoundFile | undefined,
  against: Against,
): string | null {
  const { look, isResumed, references, hasLostSnapshot } = against;
  if (deletion.kind === 'empty-directory') return null;
  if (deletion.kind === 'open-upload')
    return objectionToUpload(deletion, look.uploads.get(identityOf(deletion)), isResumed);
  if (file === undefined) return isResumed ? null : 'gone';
  if (!isUnchanged(deletion, file)) return 'changed';
  if (file.objection !== null) return file.objection;
  if (file.snapshots > (references.get(deletion.path) ?? 0)) return 'needed';
  return deletion.kind === 'shared' && hasLostSnapshot ? 'snapshot-gone' : null;
}

function objectionToUpload(
  { modified }: PlannedDeletion,
  upload: FoundUpload | undefined,
  isResumed: boolean,
): string | null {
  if (upload === undefined) return isResumed ? null : 'gone';
  const initiatedMs = modified === null ? null : Date.parse(modified);
  return initiatedMs === upload.initiatedMs ? upload.objection : 'changed';
}

/** A store that told no ETag once, or tells none now, is taken at its other words. */
function isUnchanged(deletion: PlannedDeletion, { sizeBytes, modifiedMs, etag }: FoundFile): boolean {
  const modified = deletion.modified === null ? null : Date.parse(deletion.modified);
  return (
    sizeBytes === deletion.bytes &&
    modified === modifiedMs &&
    (deletion.etag === undefined || etag === null || deletion.etag === etag)
  );
}
