// A new look at the roots of a plan, before the first of its deletions and whenever it is resumed. Files are listed first,
// then every `_metadata` is read, new ones too: what has come in between can only save files.
import type { FoundSnapshot, Look } from '../cleanup/check.js';
import { FoundFiles } from '../cleanup/found-files.js';
import { FileAudit, isBlindSpot } from '../graph/file-audit.js';
import type { Evidence } from '../model/evidence.js';
import type { AuditedSnapshot, FileSurvey, SurveyedFile } from '../model/file-survey.js';
import { type Location, parseUri } from '../model/location.js';
import { identityOf, type Plan, type PlannedDeletion } from '../model/plan.js';
import type { SafetyPolicy } from '../model/safety-policy.js';
import type { OpenReader } from '../storage/open.js';
import { watchListings } from '../storage/watched.js';
import { countOne } from '../support/group-by.js';
import { openUploads } from '../survey/files/open-uploads.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { surroundingsOf } from './surroundings.js';
import { Victims } from './victims.js';

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

function blocksOf(survey: FileSurvey, evidence: Evidence): readonly string[] {
  const unreadable = survey.snapshots.flatMap(({ error }) => (error === null ? [] : [error]));
  return [...unreadable, ...survey.problems.filter(isBlindSpot), ...evidence.blocks].map(
    ({ message }) => message,
  );
}

function filesOf(survey: FileSurvey, victims: Victims, audit: FileAudit): Pick<Look, 'files' | 'filesOfJob'> {
  const files = new FoundFiles(victims.count, (path) => victims.numberOf(path));
  const filesOfJob = new Map<string, number>();
  for (const file of survey.files({ sorted: false })) {
    const job = file.directory.owner;
    if (file.role !== 'trash') countOne(filesOfJob, job);
    const number = victims.numberAt(file.location);
    if (number === undefined) continue;
    const deletion = victims.file(number);
    const { sizeBytes, modifiedMs, snapshots } = file;
    const objection = objectionToFile(deletion, file, audit);
    files.set(number, { sizeBytes, modifiedMs, etag: victims.etagOf(number), job, snapshots, objection });
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
  const { deletable, reason, class: fileClass } = audit.verdictOf(file);
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
