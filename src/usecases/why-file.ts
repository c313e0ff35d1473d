// `ckpt why`: the survey and the judgement of an audit, and beside them which handles point at one file.
import { type AuditBasis, FileAudit } from '../graph/file-audit.js';
import type { AuditedFile } from '../model/audit.js';
import type { Evidence } from '../model/evidence.js';
import type { FileSurvey } from '../model/file-survey.js';
import { canonicalKey, formatLocation, type Location } from '../model/location.js';
import { resolvePath } from '../model/rewrite.js';
import type { AnsweredClass, PinningReference, WhyReport } from '../model/why-report.js';
import { statusAt } from '../storage/status-at.js';
import type { FileStatus } from '../storage/storage.js';
import { UsageError } from '../support/errors.js';
import { PinningVisitor, type Target } from '../survey/files/pinning.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import { jobOf } from '../survey/layout.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { namesakeProblems, storeTime } from './audit-files.js';

export interface WhyOptions extends SurveyOptions, Pick<AuditBasis, 'policy'> {
  readonly gatherEvidence: () => Promise<Evidence>;
}

/**
 * Who at `locations` needs `file`, which may be given as the `_metadata` has it. A directory is answered for by all that
 * lies in it. Throws a UsageError where there is no such file and nobody refers to one, and as `surveyFiles` does.
 */
export async function whyFile(
  file: Location,
  locations: readonly Location[],
  options: WhyOptions,
): Promise<WhyReport> {
  const { openReader, rewrites = [] } = options;
  const location = resolvePath(formatLocation(file), rewrites) ?? file;
  const status = await statusAt(location, await options.openReader(location));
  const target: Target = { location, isDirectory: status?.type === 'directory' };
  const visitors = new Map<string, PinningVisitor>();
  const survey = await surveyFiles(locations, {
    ...options,
    openReader,
    watch: (place, metadata) => {
      const visitor = new PinningVisitor(target, place, rewrites);
      visitors.set(canonicalKey(metadata), visitor);
      return visitor;
    },
  });
  try {
    const judge = new FileAudit(survey, {
      policy: options.policy,
      evidence: await options.gatherEvidence(),
      nowMs: await storeTime(locations, openReader),
    });
    return answer(target, status, { survey, judge, visitors: readOnes(survey, visitors) });
  } finally {
    survey.close();
  }
}

interface Findings {
  readonly survey: FileSurvey;
  readonly judge: FileAudit;
  readonly visitors: readonly PinningVisitor[];
}

function answer(
  { location, isDirectory }: Target,
  status: FileStatus | null,
  { survey, judge, visitors }: Findings,
): WhyReport {
  const references = visitors.flatMap(({ found }) => [...found.values()]).sort(byPlace);
  const file = isDirectory ? null : findFile(location, survey, judge);
  if (status === null && references.length === 0 && file === null) throw nothingThere(location);
  if (status !== null && file === null && references.length === 0 && !isDirectory) throw outside(location);
  const job = jobOf(location);
  const namesakes = namesakeProblems((reason) => (file?.reason === reason ? location : undefined), survey);
  return {
    path: formatLocation(location),
    class: classOf(isDirectory, file, status),
    references,
    file,
    keptDirectories: survey.snapshots.length === 0 ? [] : visitors.flatMap(keptDirectories),
    job,
    liveness: judge.livenessAt(location, job),
    snapshotsRead: visitors.length,
    problems: [...survey.problems, ...namesakes],
  };
}

/** The visitors of snapshots that were read to the end: what others were told before that counts for nothing. */
function readOnes(
  { snapshots }: FileSurvey,
  visitors: ReadonlyMap<string, PinningVisitor>,
): readonly PinningVisitor[] {
  return snapshots.flatMap(({ condition, metadata }) => {
    const visitor = metadata === null ? undefined : visitors.get(canonicalKey(metadata.location));
    return visitor === undefined || condition === 'unreadable' ? [] : [visitor];
  });
}

function findFile(location: Location, survey: FileSurvey, judge: FileAudit): AuditedFile | null {
  const key = canonicalKey(location);
  for (const file of survey.files({ sorted: false }))
    if (file.location.path === location.path && canonicalKey(file.location) === key)
      return judge.fileOf(file);
  return null;
}

function classOf(isDirectory: boolean, file: AuditedFile | null, status: FileStatus | null): AnsweredClass {
  if (isDirectory) return 'directory';
  if (file !== null) return file.class;
  return status === null ? 'missing' : 'referenced';
}

function keptDirectories({ snapshot, directories }: PinningVisitor): WhyReport['keptDirectories'] {
  return [...directories].map((directory) => ({ snapshot, directory }));
}

function byPlace(a: PinningReference, b: PinningReference): number {
  return (
    compare(a.snapshot, b.snapshot) ||
    compare(a.operator, b.operator) ||
    compare(a.subtask ?? -1, b.subtask ?? -1) ||
    compare(a.role, b.role) ||
    compare(a.slot, b.slot)
  );
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nothingThere(location: Location): UsageError {
  const where = formatLocation(location);
  return new UsageError(`nothing is at ${where}, and no snapshot refers to it`, {
    where,
    next: 'see ckpt audit --files for the files there are; for a tree that was moved say --rewrite FROM=TO',
  });
}

function outside(location: Location): UsageError {
  const where = formatLocation(location);
  return new UsageError(`${where} lies in none of the locations that were looked at`, {
    where,
    next: 'give the checkpoint directory that it lies in with --in as well',
  });
}
