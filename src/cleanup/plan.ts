// Which files go, and what is held back: every file of a survey is looked at once, beside the snapshots that expire. Pure.
// Why a snapshot expires and what holds a file back are answers of others, handed in.
import type { FileVerdict } from '../model/audit.js';
import type { HeldBack } from '../model/file-class.js';
import type { SurveyedFile } from '../model/file-survey.js';
import { canonicalKey, formatLocation, isWithin, type Location } from '../model/location.js';
import type { DeletionKind, PlannedDeletion } from '../model/plan.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { BugError } from '../support/errors.js';
import { countOne } from '../support/group-by.js';
import { timeText } from '../support/time-text.js';
import { EmptiedDirectories } from './emptied-directories.js';
import type { FilesOfJobs } from './limits.js';
import { orderDeletions } from './order.js';

/** A snapshot that is to go, if no rule of safety objects. */
export interface ExpiredSnapshot {
  readonly directory: Location;
  readonly metadata: Location;
  readonly files: ReferenceTable;
  /** For people: why it expires. */
  readonly reason: string;
}

/** What is known of files. */
export interface FileJudge {
  /** Of a file that no snapshot references: whether it may go. */
  verdictOf(file: SurveyedFile): FileVerdict;
  /** Of a file that only expired snapshots reference, and of their `_metadata`: the rule that holds it back. */
  objectionToExpired(file: SurveyedFile): HeldBack | null;
  /** Whether the job whose files lie there is known to have ended. */
  hasEnded(location: Location, jobId: string | null): boolean;
}

export interface PlanBasis {
  readonly roots: readonly Location[];
  readonly expired: readonly ExpiredSnapshot[];
  readonly files: (options: { readonly sorted: boolean }) => Iterable<SurveyedFile>;
  /** What is being uploaded, or was. */
  readonly uploads: readonly PlannedUpload[];
  readonly judge: FileJudge;
  /** Of `_metadata` where the store has such a thing. */
  readonly etagOf: (location: Location) => string | undefined;
  /** Whether a file may be in the plan at all. */
  readonly isInScope: (location: Location) => boolean;
  /** Directories of snapshots that never completed; where stores have no directories none. */
  readonly unfinished: readonly UnfinishedDirectory[];
  /** Whether directories can be left empty. */
  readonly hasDirectories: (root: Location) => boolean;
  /** Whether files go that no snapshot references. */
  readonly orphans: boolean;
}

/** An upload that is open, as the file that it would become. */
export interface PlannedUpload {
  readonly file: SurveyedFile;
  readonly uploadId: string;
}

export interface UnfinishedDirectory {
  readonly location: Location;
  readonly jobId: string | null;
}

/** What is to go, in order, and what would but for a rule. */
export interface Selection {
  readonly deletions: readonly PlannedDeletion[];
  readonly heldBack: readonly { readonly path: string; readonly reason: string }[];
  /** How many they are in all. */
  readonly heldBackCount: number;
  /** Of the expired snapshots those that do go, by `formatLocation` of their directory. */
  readonly going: ReadonlySet<string>;
  readonly filesOfJobs: FilesOfJobs;
}

/** Selects; throws nothing but for bugs. */
export function selectDeletions(basis: PlanBasis): Selection {
  return new Selecting(basis).run();
}

/** A plan is for people; `ckpt audit --files` lists them all. */
const MOST_HELD_BACK = 100_000;

/** Who of the snapshots that go needs a file. */
interface Use {
  count: number;
  readonly first: ExpiredSnapshot;
}

class Selecting {
  readonly #basis: PlanBasis;
  readonly #deletions: PlannedDeletion[] = [];
  readonly #heldBack: { readonly path: string; readonly reason: string }[] = [];
  #heldBackCount = 0;
  readonly #goingOfJob = new Map<string, number>();
  readonly #filesOfJob = new Map<string, number>();
  readonly #directories: EmptiedDirectories;

  constructor(basis: PlanBasis) {
    this.#basis = basis;
    this.#directories = new EmptiedDirectories(basis);
  }

  run(): Selection {
    const going = this.#withoutObjection();
    const uses = usesOf(going.values());
    for (const file of this.#basis.files({ sorted: true })) {
      this.#countOfJob(file);
      const deletion = this.#deletionOf(file, going, uses);
      if (deletion !== null) this.#take(deletion, file);
      else this.#directories.stays(file.location);
    }
    for (const upload of this.#basis.uploads) this.#judgeUpload(upload);
    const directories = this.#directories.paths().map(emptyDirectory);
    return {
      deletions: orderDeletions([...this.#deletions, ...directories]),
      heldBack: this.#heldBack,
      heldBackCount: this.#heldBackCount,
      going: new Set([...going.values()].map(({ directory }) => formatLocation(directory))),
      filesOfJobs: { going: this.#goingOfJob, all: this.#filesOfJob },
    };
  }

  /** The snapshots to go whose `_metadata` no rule holds back, by its key. One that stays needs all its files. */
  #withoutObjection(): ReadonlyMap<string, ExpiredSnapshot> {
    const { expired, files, judge } = this.#basis;
    const going = new Map(expired.map((snapshot) => [canonicalKey(snapshot.metadata), snapshot]));
    if (going.size === 0) return going;
    const seen = new Set<string>();
    for (const file of files({ sorted: false })) {
      const key = canonicalKey(file.location);
      if (!going.has(key)) continue;
      seen.add(key);
      const reason = judge.objectionToExpired(file);
      if (reason === null) continue;
      going.delete(key);
      this.#hold(file.location, reason);
    }
    const lost = [...going.keys()].find((key) => !seen.has(key));
    if (lost !== undefined) throw new BugError(`${lost} expires and was not listed`);
    return going;
  }

  #deletionOf(
    file: SurveyedFile,
    going: ReadonlyMap<string, ExpiredSnapshot>,
    uses: ReadonlyMap<string, Use>,
  ): PlannedDeletion | null {
    if (!this.#basis.isInScope(file.location)) return null;
    const key = canonicalKey(file.location);
    if (file.isMetadata) return this.#metadata(file, going.get(key));
    if (file.snapshots === 0) return this.#unreferenced(file);
    const use = uses.get(key);
    if (use === undefined || file.snapshots > use.count) return null;
    const reason = this.#basis.judge.objectionToExpired(file);
    if (reason === null) return expiredDeletion(file, use);
    this.#hold(file.location, reason);
    return null;
  }

  #metadata(file: SurveyedFile, snapshot: ExpiredSnapshot | undefined): PlannedDeletion | null {
    if (snapshot === undefined) return null;
    const etag = this.#basis.etagOf(file.location);
    const owned = deletion(file, 'metadata', ownedBy(snapshot));
    return etag === undefined ? owned : { ...owned, etag };
  }

  #unreferenced(file: SurveyedFile): PlannedDeletion | null {
    const { class: fileClass, deletable, reason, cause } = this.#basis.judge.verdictOf(file);
    if (!this.#basis.orphans || (fileClass !== 'orphan' && fileClass !== 'incomplete')) return null;
    if (deletable) {
      const kind = file.role === 'metadata-in-progress' ? 'in-progress' : fileClass;
      return deletion(file, kind, { reason: cause ?? 'no-snapshot-needs-it' });
    }
    this.#hold(file.location, reason!);
    return null;
  }

  #judgeUpload({ file, uploadId }: PlannedUpload): void {
    if (!this.#basis.orphans || !this.#basis.isInScope(file.location)) return;
    const { class: fileClass, deletable, reason } = this.#basis.judge.verdictOf(file);
    if (fileClass !== 'orphan' && fileClass !== 'incomplete') return;
    if (!deletable) this.#hold(file.location, reason!);
    else {
      const upload = deletion(file, 'open-upload', { reason: 'upload-never-completed' });
      this.#deletions.push({ ...upload, uploadId });
    }
  }

  #hold(location: Location, reason: string): void {
    this.#heldBackCount++;
    if (this.#heldBackCount <= MOST_HELD_BACK)
      this.#heldBack.push({ path: formatLocation(location), reason });
  }

  #take(taken: PlannedDeletion, { location, directory }: SurveyedFile): void {
    this.#deletions.push(taken);
    countOne(this.#goingOfJob, directory.owner);
    this.#directories.goes(location, directory);
  }

  #countOfJob({ role, directory: { owner } }: SurveyedFile): void {
    if (role !== 'trash') countOne(this.#filesOfJob, owner);
  }
}

function usesOf(going: Iterable<ExpiredSnapshot>): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  for (const snapshot of going) {
    for (let row = 0; row < snapshot.files.count; row++) {
      const key = canonicalKey(snapshot.files.location(row));
      const use = uses.get(key);
      if (use === undefined) uses.set(key, { count: 1, first: snapshot });
      else use.count++;
    }
  }
  return uses;
}

/** Its own is what lies in its directory and what no other snapshot needs, going or not: it may go right after it. */
function expiredDeletion(file: SurveyedFile, { count, first }: Use): PlannedDeletion {
  const isOwn = count === 1 && isWithin(file.location, first.directory);
  return isOwn
    ? deletion(file, 'exclusive', ownedBy(first))
    : deletion(file, 'shared', { reason: 'only-snapshots-that-go-need-it' });
}

function ownedBy({ directory, reason }: ExpiredSnapshot) {
  return { reason, snapshot: formatLocation(directory) };
}

function deletion(
  { location, sizeBytes, modifiedMs, linked }: SurveyedFile,
  kind: DeletionKind,
  why: { readonly reason: string; readonly snapshot?: string },
): PlannedDeletion {
  const [path, modified] = [formatLocation(location), timeText(modifiedMs)];
  const planned = { path, bytes: sizeBytes, modified, kind, ...why };
  return linked ? { ...planned, linked } : planned;
}

function emptyDirectory(path: string): PlannedDeletion {
  return { path, bytes: 0, modified: null, kind: 'empty-directory', reason: 'nothing-is-left-in-it' };
}
