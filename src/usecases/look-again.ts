// A new look at the roots of a plan, before the first of its deletions and whenever it is resumed. Files are listed first,
// then every `_metadata` is read, new ones too: what has come in between can only save files.
import type { FoundFile, FoundSnapshot, Look } from '../cleanup/check.js';
import { homesOf } from '../cleanup/homes.js';
import { FileAudit, isBlindSpot } from '../graph/file-audit.js';
import type { Evidence } from '../model/evidence.js';
import type { AuditedSnapshot, FileSurvey, SurveyedFile } from '../model/file-survey.js';
import { canonicalKey, isWithin, type Location, parseUri } from '../model/location.js';
import { trashOf } from '../model/own-places.js';
import { identityOf, isFile, type Plan, type PlannedDeletion } from '../model/plan.js';
import type { SafetyPolicy } from '../model/safety-policy.js';
import type { ReadSnapshot } from '../model/survey.js';
import type { OpenReader } from '../storage/open.js';
import type { ListingBatch } from '../storage/storage.js';
import { watchListings } from '../storage/watched.js';
import { openUploads } from '../survey/files/open-uploads.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { surroundingsOf } from './surroundings.js';

export interface LookOptions extends SurveyOptions {
  readonly gatherEvidence: () => Promise<Evidence>;
  readonly policy: SafetyPolicy;
  /** By the clock of the store. */
  readonly nowMs: number;
  /** Why snapshots must stay whatever the plan says, as things are now: a look at all of them makes the answer for one. */
  readonly objectionsTo: (survey: FileSurvey, audit: FileAudit, evidence: Evidence) => ObjectionTo;
}

/** Null where nothing speaks for the snapshot. */
export type ObjectionTo = (snapshot: AuditedSnapshot) => string | null;

/** Looks at what `plan` names. Throws as a survey does where a root cannot be listed. */
export async function lookAgain(plan: Plan, runId: string, options: LookOptions): Promise<Look> {
  const victims = new Victims(plan, runId);
  const places = await surroundingsOf(plan.roots.map(locate), options.openReader);
  const survey = await surveyFiles(places, {
    ...options,
    openReader: watchListings(options.openReader, (root, batch) => victims.noteListed(root, batch)),
    onSnapshot: (snapshot) => victims.noteSnapshot(snapshot),
  });
  try {
    const evidence = await options.gatherEvidence();
    const audit = new FileAudit(survey, { ...options, evidence });
    return {
      blocks: blocksOf(survey, evidence),
      ...filesOf(survey, victims, audit),
      uploads: await uploadsOf(plan, survey, { audit, openReader: options.openReader }),
      snapshots: snapshotsOf(survey, victims, options.objectionsTo(survey, audit, evidence)),
    };
  } finally {
    survey.close();
  }
}

/** What a plan names, by canonical key: paths in it may spell the store otherwise than a `_metadata` does. */
class Victims {
  readonly #files: ReadonlyMap<string, PlannedDeletion>;
  /** `_metadata` of snapshots that are to go. */
  readonly #metadata: ReadonlyMap<string, PlannedDeletion>;
  readonly #trashes: readonly { readonly home: Location; readonly trash: Location }[];
  readonly #etags = new Map<string, string>();
  /** By the key of the `_metadata` that references them. */
  readonly #references = new Map<string, ReadonlySet<string>>();

  constructor({ deletions, roots }: Plan, runId: string) {
    const files = deletions.filter(isFile);
    this.#files = new Map(files.map((file) => [canonicalKey(locate(file.path)), file]));
    this.#metadata = new Map([...this.#files].filter(([, { kind }]) => kind === 'metadata'));
    this.#trashes = homesOf(roots.map(locate)).map((home) => ({ home, trash: trashOf(home, runId) }));
  }

  /** The deletion that names the file at `location`. */
  at(location: Location): PlannedDeletion | undefined {
    return this.#files.get(canonicalKey(location));
  }

  /** Null where the store told none. */
  etagOf({ path }: PlannedDeletion): string | null {
    return this.#etags.get(path) ?? null;
  }

  /** Files of the plan that the `_metadata` of a snapshot which is to go references; undefined where it was not read. */
  referencesOf(metadata: Location): ReadonlySet<string> | undefined {
    return this.#references.get(canonicalKey(metadata));
  }

  noteListed(root: Location, { entries }: ListingBatch): void {
    for (const { path, etag } of entries) {
      const file = etag === null ? undefined : this.at({ ...root, path });
      if (file !== undefined) this.#etags.set(file.path, etag!);
    }
  }

  noteSnapshot({ metadata, contents }: ReadSnapshot): void {
    if (this.plannedFor(metadata.location) === undefined) return;
    const { files } = contents.references;
    const known = new Set<string>();
    this.#references.set(canonicalKey(metadata.location), known);
    for (let row = 0; row < files.count; row++) {
      const victim = this.at(files.location(row));
      if (victim !== undefined) known.add(victim.path);
    }
  }

  /** The snapshot of the plan whose `_metadata` is at `location`, where it was or in the trash of this run. */
  plannedFor(location: Location): string | undefined {
    const inPlace = this.#trashes.find(({ trash }) => isWithin(location, trash));
    const at =
      inPlace === undefined
        ? location
        : { ...location, path: `${inPlace.home.path}${location.path.slice(inPlace.trash.path.length)}` };
    return this.#metadata.get(canonicalKey(at))?.snapshot;
  }
}

function blocksOf(survey: FileSurvey, evidence: Evidence): readonly string[] {
  const unreadable = survey.snapshots.flatMap(({ error }) => (error === null ? [] : [error]));
  return [...unreadable, ...survey.problems.filter(isBlindSpot), ...evidence.blocks].map(
    ({ message }) => message,
  );
}

function filesOf(survey: FileSurvey, victims: Victims, audit: FileAudit): Pick<Look, 'files' | 'filesOfJob'> {
  const files = new Map<string, FoundFile>();
  const filesOfJob = new Map<string, number>();
  for (const file of survey.files({ sorted: false })) {
    const job = file.directory.owner;
    if (file.role !== 'trash') filesOfJob.set(job, (filesOfJob.get(job) ?? 0) + 1);
    const deletion = victims.at(file.location);
    if (deletion === undefined) continue;
    const { sizeBytes, modifiedMs, snapshots } = file;
    const objection = objectionToFile(deletion, file, audit);
    const etag = victims.etagOf(deletion);
    files.set(deletion.path, { sizeBytes, modifiedMs, etag, job, snapshots, objection });
  }
  return { files, filesOfJob };
}

async function uploadsOf(
  { deletions, roots }: Plan,
  survey: FileSurvey,
  { audit, openReader }: { readonly audit: FileAudit; readonly openReader: OpenReader },
): Promise<Look['uploads']> {
  if (!deletions.some(({ kind }) => kind === 'open-upload')) return new Map();
  const uploads = await openUploads(roots.map(locate), survey, openReader);
  return new Map(
    uploads.map(({ file, uploadId }) => {
      const { deletable, reason, path, class: fileClass } = audit.fileOf(file);
      const objection = deletable ? null : (reason ?? fileClass);
      return [identityOf({ path, uploadId }), { initiatedMs: file.modifiedMs, objection }];
    }),
  );
}

function objectionToFile({ kind }: PlannedDeletion, file: SurveyedFile, audit: FileAudit): string | null {
  if (kind === 'metadata' || kind === 'exclusive' || kind === 'shared') return audit.objectionToExpired(file);
  const { deletable, reason, class: fileClass } = audit.fileOf(file);
  return deletable ? null : (reason ?? fileClass);
}

function snapshotsOf(
  { snapshots }: FileSurvey,
  victims: Victims,
  objectionTo: ObjectionTo,
): readonly FoundSnapshot[] {
  return snapshots.flatMap((audited) => {
    const at = audited.metadata?.location;
    const snapshot = at && victims.plannedFor(at);
    const files = at && victims.referencesOf(at);
    if (snapshot === undefined || files === undefined) return [];
    return [{ snapshot, files: [...files].sort(), objection: audited.inTrash ? null : objectionTo(audited) }];
  });
}

function locate(path: string): Location {
  return parseUri(path)!;
}
