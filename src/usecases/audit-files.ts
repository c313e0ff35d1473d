// `ckpt audit`: survey, evidence, and every file with its class and whether it may go.
import { AuditTotals } from '../graph/audit-totals.js';
import { type AuditBasis, FileAudit } from '../graph/file-audit.js';
import { movedTree, namesakesOf, secondName } from '../graph/namesakes.js';
import type { AuditedFile, AuditReport } from '../model/audit.js';
import type { Evidence, Liveness } from '../model/evidence.js';
import type { HeldBack } from '../model/file-class.js';
import type { AuditedSnapshot, FileSurvey, SurveyedFile } from '../model/file-survey.js';
import { formatLocation, type Location } from '../model/location.js';
import type { ReportedError, SnapshotCondition } from '../model/snapshot.js';
import type { OpenReader } from '../storage/open.js';
import { type FileSurveyOptions, surveyFiles } from '../survey/files/survey-files.js';
import { listFromInventory } from '../survey/inventory/read-inventory.js';

export interface AuditOptions extends Omit<FileSurveyOptions, 'list'>, Pick<AuditBasis, 'policy'> {
  /** A listing that somebody else made, in place of listing the locations. */
  readonly inventory?: Location | undefined;
  /** Asked once the files are listed, so that it is never older than they are. */
  readonly gatherEvidence: () => Promise<Evidence>;
}

/** A file that snapshots need and that is not there, for reports. */
export interface ReportedMissing {
  readonly path: string;
  readonly bytes: number;
  readonly snapshots: number;
}

/** An audit whose files can be asked for, one after the other. */
export interface Audit {
  readonly report: AuditReport;
  readonly snapshots: readonly AuditedSnapshot[];
  /** In the order of their paths. */
  files(): Iterable<AuditedFile>;
  /** In the order of their paths. */
  missingFiles(): Iterable<ReportedMissing>;
  /** Gives temporary files back. */
  close(): void;
}

/** Audits all that is at `locations`; throws as `surveyFiles` does. The result must be closed. */
export async function auditFiles(locations: readonly Location[], options: AuditOptions): Promise<Audit> {
  const { inventory } = options;
  const survey = await surveyFiles(locations, {
    ...options,
    ...(inventory && {
      list: (listing, readers) => listFromInventory(inventory, locations, { listing, readers }),
    }),
  });
  const evidence = await options.gatherEvidence();
  const nowMs = await storeTime(locations, options.openReader);
  const judge = new FileAudit(survey, { policy: options.policy, evidence, nowMs });
  return {
    report: reportOf(survey, judge, evidence),
    snapshots: survey.snapshots,
    *files() {
      for (const file of survey.files({ sorted: true })) yield judge.fileOf(file);
    },
    *missingFiles() {
      for (const { location, sizeBytes, snapshots } of survey.missingFiles())
        yield { path: formatLocation(location), bytes: sizeBytes, snapshots };
    },
    close: () => survey.close(),
  };
}

/** What the stores' own clocks say; where they differ the one that is behind, by which everything is younger. */
export async function storeTime(locations: readonly Location[], openReader: OpenReader): Promise<number> {
  const times = await Promise.all(locations.map(async (at) => (await openReader(at)).nowMs(at)));
  return Math.min(...times);
}

function reportOf(survey: FileSurvey, judge: FileAudit, evidence: Evidence): AuditReport {
  const totals = new AuditTotals();
  const heldBack = new Map<HeldBack, Location>();
  for (const file of survey.files({ sorted: false })) {
    const { jobId } = file.directory;
    const verdict = judge.verdictOf(file);
    totals.addFile(verdict, jobId, () => jobLiveness(judge, file.location, jobId));
    const { reason } = verdict;
    if (reason !== null && !heldBack.has(reason)) heldBack.set(reason, file.location);
  }
  for (const snapshot of survey.snapshots) {
    const { directory, jobId } = snapshot.place;
    totals.addSnapshot(snapshot, () => jobLiveness(judge, directory, jobId));
  }
  return {
    roots: survey.roots.map(({ location, takenFor }) => ({ path: formatLocation(location), takenFor })),
    jobs: totals.jobs(),
    totals: totals.totals,
    deletable: totals.deletable,
    missing: survey.missing,
    causes: totals.causes(),
    heldBack: totals.heldBack(),
    merged: totals.merged,
    snapshots: conditionsOf(survey.snapshots),
    problems: [
      ...problemsOf(survey, evidence),
      ...namesakeProblems((reason) => heldBack.get(reason), survey),
    ],
  };
}

/**
 * What to say of files that are held back for their names, one of each kind as `exampleOf` tells it. Nothing where all that
 * snapshots look for under such a name is there, outside of the listing.
 */
export function namesakeProblems(
  exampleOf: (reason: HeldBack) => Location | undefined,
  survey: FileSurvey,
): readonly ReportedError[] {
  const [lost, second] = [
    exampleOf('name-of-an-unresolved-reference'),
    exampleOf('name-referenced-elsewhere'),
  ];
  const missing = lost && namesakesOf(lost, survey.missingFiles());
  const needed = second && namesakesOf(second, referencedFiles(survey));
  return [
    ...(missing ? [movedTree(missing, survey.missing.files)] : []),
    ...(needed ? [secondName(needed)] : []),
  ];
}

function* referencedFiles(survey: FileSurvey): Generator<SurveyedFile> {
  for (const file of survey.files({ sorted: false })) if (file.snapshots > 0) yield file;
}

function jobLiveness(judge: FileAudit, location: Location, jobId: string | null): Liveness {
  return jobId === null ? { kind: 'unknown' } : judge.livenessAt(location, jobId);
}

function conditionsOf(snapshots: readonly AuditedSnapshot[]): Record<SnapshotCondition, number> {
  const counts = { complete: 0, incomplete: 0, broken: 0, unreadable: 0 };
  for (const { condition, inTrash } of snapshots) if (!inTrash) counts[condition]++;
  return counts;
}

/** All that could not be looked at, and what speaks against the user's word. */
export function problemsOf(
  { problems, snapshots }: FileSurvey,
  { contradictions, blocks }: Evidence,
): readonly ReportedError[] {
  const unreadable = snapshots.flatMap(({ error }) => (error === null ? [] : [error]));
  return [...problems, ...unreadable, ...contradictions, ...blocks];
}
