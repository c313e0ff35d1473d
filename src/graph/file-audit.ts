// Every file of a survey with its class, its cause and whether it may go. A survey and the evidence are all that it
// knows; `audit`, `why` and whoever plans deletions ask here, and so give one answer.
import type { AuditedFile, FileVerdict } from '../model/audit.js';
import { checkpointOf } from '../model/entropy.js';
import { type Evidence, type Liveness, pinOf } from '../model/evidence.js';
import type { FileClass, HeldBack } from '../model/file-class.js';
import type { AuditedSnapshot, FileSurvey, SurveyedFile } from '../model/file-survey.js';
import {
  baseName,
  canonicalKey,
  formatLocation,
  isWithin,
  type Location,
  parent,
} from '../model/location.js';
import type { SafetyPolicy } from '../model/safety-policy.js';
import { timeText } from '../support/time-text.js';
import type { Candidate, JobFacts, SafetyFacts, SnapshotDirectoryFacts } from './candidate.js';
import { causeOf } from './causes.js';
import { judge, judgeExpired } from './safety-rules.js';

/** What a survey is judged by. */
export interface AuditBasis {
  readonly evidence: Evidence;
  readonly policy: SafetyPolicy;
  /** The time of the store, as well as it is known. */
  readonly nowMs: number;
}

/** What snapshots alone tell of the job with one owner. */
interface Newest {
  checkpointId: bigint | null;
  metadataMs: number | null;
  usesChangelog: boolean;
  usesFileMerging: boolean;
}

const SAVEPOINT_PREFIX = /\/savepoint-([0-9a-f]{6})-[0-9a-f]{12}(?:\/|$)/;
const UNKNOWN: Liveness = { kind: 'unknown' };
const NOTHING_YET: Newest = {
  checkpointId: null,
  metadataMs: null,
  usesChangelog: false,
  usesFileMerging: false,
};

export class FileAudit {
  readonly #survey: FileSurvey;
  readonly #basis: AuditBasis;
  readonly #facts: SafetyFacts;
  readonly #liveness: ReadonlyMap<string, Liveness>;
  readonly #withMetadata: ReadonlySet<string>;
  readonly #newest = new Map<string, Newest>();
  readonly #newestBeside = new Map<string, bigint>();
  readonly #pinned = new Map<string, boolean>();

  constructor(survey: FileSurvey, basis: AuditBasis) {
    this.#survey = survey;
    this.#basis = basis;
    this.#liveness = new Map(basis.evidence.jobs.map(({ id, liveness }) => [id, liveness]));
    const { snapshots } = survey;
    const complete = snapshots.filter(({ condition }) => condition !== 'incomplete');
    this.#withMetadata = new Set(
      complete.flatMap(({ place: { directory }, inTrash }) =>
        inTrash ? [canonicalKey(directory)] : keysOf(directory),
      ),
    );
    for (const snapshot of snapshots) this.#noteSnapshot(snapshot);
    this.#facts = {
      nowMs: basis.nowMs,
      policy: basis.policy,
      evidenceUnreachable: basis.evidence.blocks.length > 0,
      unreadableMetadata: snapshots.some(({ condition }) => condition === 'unreadable'),
      listingIncomplete: survey.problems.some(isBlindSpot),
      noSnapshotRead: !complete.some(({ condition }) => condition !== 'unreadable'),
      allJobsEnded: this.#allJobsEnded(snapshots),
    };
  }

  /** The time that ages are reckoned by. */
  get nowMs(): number {
    return this.#basis.nowMs;
  }

  /** The answer for one file of the survey. */
  fileOf(file: SurveyedFile): AuditedFile {
    const { location, modifiedMs, snapshots } = file;
    return {
      path: formatLocation(location),
      snapshots,
      modified: timeText(modifiedMs),
      ...this.verdictOf(file),
    };
  }

  /** The answer for one file, without its name. */
  verdictOf(file: SurveyedFile): FileVerdict {
    const fileClass = this.#classOf(file);
    const { sizeBytes: bytes } = file;
    const liveBytes = file.liveBytes === null ? null : Math.min(file.liveBytes, bytes);
    if (fileClass === 'metadata' || fileClass === 'referenced')
      return { bytes, class: fileClass, liveBytes, cause: null, deletable: false, reason: null };
    const candidate = this.#candidateOf(file, fileClass);
    const cause = fileClass === 'orphan' || fileClass === 'incomplete' ? causeOf(candidate) : null;
    const { deletable, reason } = judge(candidate, this.#facts);
    return { bytes, class: fileClass, liveBytes, cause, deletable, reason };
  }

  /** The rule that holds back a file which only snapshots reference that are to go; null where none does. */
  objectionToExpired(file: SurveyedFile): HeldBack | null {
    const fileClass = file.role === 'foreign' ? 'foreign' : file.role === 'trash' ? 'trash' : 'orphan';
    return judgeExpired(this.#candidateOf(file, fileClass), this.#facts).reason;
  }

  /** What is known of the job whose directory `location` lies in, or would. */
  livenessAt(location: Location, jobId: string | null): Liveness {
    const known = jobId === null ? this.#livenessOfSavepoint(location) : this.#liveness.get(jobId);
    if (known !== undefined && known.kind !== 'unknown') return known;
    const stopped = this.#basis.evidence.stopped.find((place) => isWithin(location, place));
    if (stopped === undefined) return UNKNOWN;
    const source = `--stopped ${formatLocation(stopped)}`;
    return { kind: 'ended', source, endedMs: null, checkpointTimeoutMs: null };
  }

  /** The name of a savepoint tells six digits of its job: all jobs that they fit must have ended. */
  #livenessOfSavepoint({ path }: Location): Liveness | undefined {
    const prefix = SAVEPOINT_PREFIX.exec(path)?.[1];
    if (prefix === undefined) return undefined;
    const fitting = [...this.#liveness]
      .filter(([id]) => id.startsWith(prefix))
      .map(([, liveness]) => liveness);
    return fitting.find(({ kind }) => kind !== 'ended') ?? fitting[0];
  }

  #classOf(file: SurveyedFile): FileClass {
    if (file.isOwn) return 'trash';
    if (file.isMetadata) return 'metadata';
    if (file.snapshots > 0) return 'referenced';
    if (file.role === 'foreign') return 'foreign';
    const { snapshotDirectory } = file.directory;
    return snapshotDirectory !== null && !this.#hasMetadata(snapshotDirectory) ? 'incomplete' : 'orphan';
  }

  #candidateOf(file: SurveyedFile, fileClass: Candidate['class']): Candidate {
    const { location, role, modifiedMs, directory } = file;
    return {
      class: fileClass,
      role,
      modifiedMs,
      job: this.#jobOf(file),
      directory: directory.snapshotDirectory && this.#directoryOf(directory.snapshotDirectory, file),
      namedByUnresolved: this.#survey.isNameOfUnresolved(baseName(location)),
      isNamesake: file.isNamesake,
    };
  }

  #jobOf({ location, directory: { jobId, owner } }: SurveyedFile): JobFacts {
    const newest = this.#newest.get(owner) ?? NOTHING_YET;
    const traces = this.#survey.job(owner);
    return {
      liveness: this.livenessAt(location, jobId),
      newestFileMs: traces.newestFileMs > 0 ? traces.newestFileMs : null,
      newestCheckpointId: newest.checkpointId,
      newestMetadataMs: newest.metadataMs,
      usesChangelog: newest.usesChangelog || traces.usesChangelog,
      usesFileMerging: newest.usesFileMerging || traces.usesFileMerging,
      usesForSt: traces.usesForSt,
    };
  }

  #directoryOf(directory: Location, file: SurveyedFile): SnapshotDirectoryFacts {
    const { newestFileMs, holdsReferenced } = file.directory;
    return {
      checkpointId: checkpointIdOf(directory),
      hasMetadata: this.#hasMetadata(directory),
      newestFileMs: newestFileMs > 0 ? newestFileMs : null,
      holdsReferenced,
      newestBeside: this.#newestBeside.get(canonicalKey(parent(directory))) ?? null,
      pinned: this.#isPinned(directory),
    };
  }

  #hasMetadata(directory: Location): boolean {
    return keysOf(directory).some((key) => this.#withMetadata.has(key));
  }

  #isPinned(directory: Location): boolean {
    const key = canonicalKey(directory);
    const known = this.#pinned.get(key) ?? pinOf(this.#basis.evidence, directory) !== undefined;
    this.#pinned.set(key, known);
    return known;
  }

  #noteSnapshot(snapshot: AuditedSnapshot): void {
    const { place, checkpointId, condition, metadata } = snapshot;
    if (snapshot.inTrash || condition === 'incomplete' || condition === 'unreadable') return;
    const holder = canonicalKey(parent(place.directory));
    const owner = place.jobId ?? (place.kind === 'checkpoint' ? holder : canonicalKey(place.directory));
    const newest = this.#newest.get(owner) ?? { ...NOTHING_YET };
    this.#newest.set(owner, newest);
    newest.usesChangelog ||= snapshot.usesChangelog;
    newest.usesFileMerging ||= snapshot.usesFileMerging;
    if (snapshot.kind !== 'checkpoint' || checkpointId === null) return;
    if (newest.checkpointId === null || checkpointId > newest.checkpointId) {
      newest.checkpointId = checkpointId;
      newest.metadataMs = metadata?.modifiedMs ?? null;
    }
    const beside = this.#newestBeside.get(holder);
    if (beside === undefined || checkpointId > beside) this.#newestBeside.set(holder, checkpointId);
  }

  /** Savepoints do not count: who took them has another directory. */
  #allJobsEnded(snapshots: readonly AuditedSnapshot[]): boolean {
    const noneRuns = this.#basis.evidence.jobs.every(({ liveness }) => liveness.kind === 'ended');
    return (
      noneRuns &&
      snapshots
        .filter(({ place, inTrash }) => place.kind === 'checkpoint' && !inTrash)
        .every(({ place }) => this.livenessAt(place.directory, place.jobId).kind === 'ended')
    );
  }
}

/** A directory counts as that of a snapshot too where another one of the same checkpoint has its `_metadata`. */
function keysOf(directory: Location): readonly string[] {
  const checkpoint = checkpointOf(directory);
  return checkpoint === null ? [canonicalKey(directory)] : [canonicalKey(directory), checkpoint];
}

/** A link that was not followed leads out of the roots, and a reference that nobody could check holds back its name. */
export function isBlindSpot({ code }: { readonly code: string }): boolean {
  return code !== 'not-followed' && code !== 'references-not-verified';
}

function checkpointIdOf(directory: Location): bigint | null {
  const id = /^chk-(\d+)$/.exec(baseName(directory))?.[1];
  return id === undefined ? null : BigInt(id);
}
