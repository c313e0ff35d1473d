// May a file go that no snapshot references? One table of rules, asked in order; the first that objects is the answer,
// and a file to which none objects may be deleted. Every rule is a function of values, so that an audit and a plan
// cannot disagree. docs/safety.md says the same for people; the dangers that each rule ends are named there.
import type { Liveness } from '../model/evidence.js';
import type { HeldBack, Judgement } from '../model/file-class.js';
import { assertNever } from '../support/errors.js';
import type { Candidate, SafetyFacts } from './candidate.js';

type Rule = (candidate: Candidate, facts: SafetyFacts) => HeldBack | null;
type Running = Extract<Liveness, { kind: 'running' }>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far clocks of machines may be apart before a time says nothing. */
export const SKEW_MS = 5 * MINUTE_MS;
/** Flink's default of execution.checkpointing.timeout. */
const DEFAULT_TIMEOUT_MS = 10 * MINUTE_MS;
/** What the strictest conditions ask for, where nothing is known of a job. */
const UNKNOWN_JOB_AGE_MS = 7 * DAY_MS;

const foreign: Rule = (file) => (file.class === 'foreign' ? 'foreign' : null);
const inTrash: Rule = (file) => (file.class === 'trash' ? 'in-trash' : null);
const evidenceUnreachable: Rule = (_, facts) => (facts.evidenceUnreachable ? 'evidence-unreachable' : null);
const unreadableMetadata: Rule = (_, facts) =>
  facts.unreadableMetadata ? 'blocked-by-unreadable-metadata' : null;
const listingIncomplete: Rule = (_, facts) => (facts.listingIncomplete ? 'listing-incomplete' : null);
const noSnapshotRead: Rule = (_, facts) => (facts.noSnapshotRead ? 'no-snapshot-read' : null);
const namedByUnresolved: Rule = (file) => (file.namedByUnresolved ? 'name-of-an-unresolved-reference' : null);

/** One file may go by two paths that the store does not tell apart: mounts, addresses of one bucket. */
const namedElsewhere: Rule = (file) => (file.isNamesake ? 'name-referenced-elsewhere' : null);

/** Zero is what stores and archives write where they know no time. */
const timeUnknown: Rule = ({ modifiedMs }) =>
  modifiedMs === null || !(modifiedMs > 0) ? 'time-unknown' : null;
const timeInTheFuture: Rule = ({ modifiedMs }, { nowMs }) =>
  (modifiedMs ?? 0) > nowMs + SKEW_MS ? 'time-in-the-future' : null;

/** What lies in a complete savepoint belongs to whoever took it. */
const inSavepoint: Rule = ({ role, directory }) =>
  role === 'savepoint' && directory?.hasMetadata === true ? 'in-a-savepoint' : null;
const pinned: Rule = ({ directory }) => (directory?.pinned === true ? 'pinned' : null);

/** A snapshot that lost its `_metadata` may still lend files to others (changelog switched on or off, native savepoints). */
const directoryInUse: Rule = (file) =>
  file.class === 'incomplete' && file.directory?.holdsReferenced === true ? 'directory-in-use' : null;

const jobAllows: Rule = (file, facts) => {
  const { liveness } = file.job;
  switch (liveness.kind) {
    case 'ended':
      return endedJobAllows(file, facts);
    case 'running':
      return runningJobAllows(file, liveness, facts) ? null : 'job-runs';
    case 'unknown':
      return facts.policy.unknownJobs && unknownJobAllows(file) ? null : 'job-may-run';
    default:
      return assertNever(liveness, 'liveness');
  }
};

const young: Rule = (file, facts) =>
  ageMs(youngestOf(file), facts) < minAgeOf(file, facts) ? 'young' : null;

/** In the order in which they are asked: what blocks everything first, the age of the file last. */
export const SAFETY_RULES: readonly Rule[] = [
  foreign,
  inTrash,
  evidenceUnreachable,
  unreadableMetadata,
  listingIncomplete,
  noSnapshotRead,
  namedByUnresolved,
  namedElsewhere,
  timeUnknown,
  timeInTheFuture,
  inSavepoint,
  pinned,
  directoryInUse,
  jobAllows,
  young,
];

/** Whether a file that no snapshot references may be deleted, and if not, the first rule that objects. */
export function judge(candidate: Candidate, facts: SafetyFacts): Judgement {
  return firstObjection(SAFETY_RULES, candidate, facts);
}

function firstObjection(rules: readonly Rule[], candidate: Candidate, facts: SafetyFacts): Judgement {
  for (const rule of rules) {
    const reason = rule(candidate, facts);
    if (reason !== null) return { deletable: false, reason };
  }
  return { deletable: true, reason: null };
}

/** What concerns a file that was needed until now, by snapshots that are to go. Their ages were judged with them. */
const EXPIRED_RULES: readonly Rule[] = [
  foreign,
  inTrash,
  evidenceUnreachable,
  unreadableMetadata,
  listingIncomplete,
  namedByUnresolved,
  timeUnknown,
  timeInTheFuture,
  pinned,
  (file, facts) => expiredRoleAllows(file, facts),
];

/** Whether a file may go that only snapshots reference which are to go too, and if not, the first rule that objects. */
export function judgeExpired(candidate: Candidate, facts: SafetyFacts): Judgement {
  return firstObjection(EXPIRED_RULES, candidate, facts);
}

/** Of a job that may run go files of its snapshots alone: of others no `_metadata` tells whether it uses them still. */
function expiredRoleAllows(file: Candidate, facts: SafetyFacts): HeldBack | null {
  const { liveness } = file.job;
  if (liveness.kind === 'ended') return endedJobAllows(file, facts);
  if (['metadata', 'exclusive', 'shared', 'savepoint'].includes(file.role)) return null;
  return liveness.kind === 'running' ? 'job-runs' : 'job-may-run';
}

/** A file of a job that ended and yet goes on writing shows that it has not, or has been started again under its id. */
function endedJobAllows(file: Candidate, facts: SafetyFacts): HeldBack | null {
  if (writesStill(file, facts)) return 'job-may-run';
  if (file.role === 'task-owned' && !facts.policy.noWriteAheadSinks) return 'task-owned';
  // ForSt links files of other jobs into its own database.
  return file.role === 'forst' && !facts.allJobsEnded ? 'another-job-may-run' : null;
}

function writesStill({ job: { liveness, newestFileMs } }: Candidate, { nowMs }: SafetyFacts): boolean {
  if (liveness.kind !== 'ended' || newestFileMs === null) return false;
  return liveness.endedMs === null
    ? newestFileMs > nowMs - HOUR_MS
    : newestFileMs > liveness.endedMs + SKEW_MS;
}

/** Merged, changelog, task-owned and ForSt files of a running job never go: `_metadata` does not tell which it uses. */
function runningJobAllows(file: Candidate, job: Running, facts: SafetyFacts): boolean {
  switch (file.role) {
    case 'exclusive':
    case 'metadata-in-progress':
      return file.class === 'incomplete' && isPassedOver(file, job);
    case 'shared':
      return isOlderThanLatest(file, job, facts);
    default:
      return false;
  }
}

/** A lower id may be pending still where checkpoints overlap. */
function isPassedOver({ directory }: Candidate, { checkpoints }: Running): boolean {
  const id = directory?.checkpointId ?? null;
  if (id === null || checkpoints === null || checkpoints.latestCompletedId === null) return false;
  if (checkpoints.oldestInProgressId !== null && id >= checkpoints.oldestInProgressId) return false;
  return id < checkpoints.latestCompletedId && id !== checkpoints.restoredId;
}

/** Written before the newest checkpoint was triggered, which is the one that we read and which does not need it. */
function isOlderThanLatest(file: Candidate, { checkpoints }: Running, facts: SafetyFacts): boolean {
  const { job, modifiedMs } = file;
  if (checkpoints === null || usesHiddenFiles(file) || job.newestCheckpointId === null) return false;
  const { latestCompletedId, latestCompletedTriggerMs, oldestInProgressTriggerMs, oldestInProgressId } =
    checkpoints;
  if (latestCompletedId !== job.newestCheckpointId || latestCompletedTriggerMs === null) return false;
  if (!checkpoints.hasCompletedOwn) return false;
  if (oldestInProgressId !== null && !((oldestInProgressTriggerMs ?? 0) > latestCompletedTriggerMs))
    return false;
  const age = ageMs(modifiedMs, facts);
  const enough = Math.max(DAY_MS, 3 * (checkpoints.timeoutMs ?? DEFAULT_TIMEOUT_MS));
  return (modifiedMs ?? Number.POSITIVE_INFINITY) < latestCompletedTriggerMs - SKEW_MS && age > enough;
}

function unknownJobAllows(file: Candidate): boolean {
  const { role, directory, job } = file;
  switch (role) {
    case 'exclusive':
      return (
        file.class === 'incomplete' &&
        directory !== null &&
        directory.checkpointId !== null &&
        directory.newestBeside !== null &&
        directory.newestBeside > directory.checkpointId
      );
    case 'shared':
      return job.newestCheckpointId !== null && !usesHiddenFiles(file);
    case 'savepoint':
      return file.class === 'incomplete';
    case 'metadata-in-progress':
      return true;
    default:
      return false;
  }
}

/** Whether the job uses files of which no `_metadata` tells. */
function usesHiddenFiles({ job }: Candidate): boolean {
  return job.usesChangelog || job.usesFileMerging || job.usesForSt;
}

/** The files of an unfinished snapshot go together: the youngest counts. */
function youngestOf(file: Candidate): number | null {
  const inDirectory = file.class === 'incomplete' ? (file.directory?.newestFileMs ?? null) : null;
  if (file.modifiedMs === null || inDirectory === null) return file.modifiedMs;
  return Math.max(file.modifiedMs, inDirectory);
}

/** The age that is certain whichever clock is ahead. */
function ageMs(modifiedMs: number | null, { nowMs }: SafetyFacts): number {
  return modifiedMs === null ? Number.NEGATIVE_INFINITY : nowMs - SKEW_MS - modifiedMs;
}

/** How old a file must be: what the user asks for, and never less than what the state of its job makes safe. */
export function minAgeOf({ job: { liveness } }: Candidate, { policy }: SafetyFacts): number {
  switch (liveness.kind) {
    case 'ended':
      return Math.max(policy.minAgeMs, HOUR_MS, 3 * (liveness.checkpointTimeoutMs ?? DEFAULT_TIMEOUT_MS));
    case 'running':
      return Math.max(policy.minAgeMs, DAY_MS, 3 * (liveness.checkpoints?.timeoutMs ?? DEFAULT_TIMEOUT_MS));
    case 'unknown':
      return Math.max(policy.minAgeMs, UNKNOWN_JOB_AGE_MS);
    default:
      return assertNever(liveness, 'liveness');
  }
}
