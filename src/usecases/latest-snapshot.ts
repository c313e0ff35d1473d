// `ckpt latest`: the newest snapshot of one job that would restore. Never an older one in place of one that could not
// be looked at, and never that of another job.
import { buildGraph, type ReadNode, type SnapshotNode } from '../graph/graph.js';
import { type JobChain, jobChains, oneChain } from '../graph/job-chains.js';
import { outsideFiles } from '../graph/outside-files.js';
import type { Outcome } from '../graph/resolve.js';
import type { LatestAnswer, PassedOver } from '../model/latest-snapshot.js';
import { baseName, formatLocation, type Location, parent, parseUri } from '../model/location.js';
import type { ReportedError } from '../model/snapshot.js';
import { type CkptError, StorageError, UsageError } from '../support/errors.js';
import { timeText } from '../support/time-text.js';
import { isSnapshotDirectory, jobOf, METADATA_NAME } from '../survey/layout.js';
import { type SurveyOptions, takeSurvey } from '../survey/take-survey.js';
import { pathOf } from './list-snapshots.js';

/** Which of the jobs at a location is meant. */
export interface WantedJob {
  /** A job id, or the beginning of one. */
  readonly job: string | undefined;
  /** The user knows that all jobs are restarts of one. */
  readonly restarts: boolean;
}

/**
 * Throws a UsageError where the snapshots are of several jobs and none is chosen, and a StorageError where one that is
 * newer than the answer could not be looked at.
 */
export async function latestSnapshot(
  location: Location,
  wanted: WantedJob,
  options: SurveyOptions,
): Promise<LatestAnswer> {
  const survey = await takeSurvey([location], options);
  const problems = survey.problems.filter(({ code }) => code !== 'not-followed');
  const unlisted = problems.find(mayHideSnapshot);
  if (unlisted !== undefined) throw notLookedAt(unlisted.where ?? formatLocation(location), unlisted.message);
  const { snapshots } = chosenChain(buildGraph(survey), wanted, formatLocation(location));
  const passedOver: PassedOver[] = [];
  for (const node of snapshots) {
    if ('resolution' in node && node.restorable) {
      const { place, contents, metadata } = node.snapshot;
      const latest = { path: pathOf(place, metadata), job: place.jobId, id: contents.checkpointId };
      return { latest, passedOver, problems: [...problems, ...outsideFiles([node], survey.roots)] };
    }
    expectLookedAt(node);
    passedOver.push({ path: pathOfNode(node), reason: reasonOf(node) });
  }
  return { latest: null, passedOver, problems };
}

/** What lies in the directory of a snapshot and is not its `_metadata` is no snapshot, whatever it is. */
function mayHideSnapshot({ where }: ReportedError): boolean {
  const location = where === null ? null : parseUri(where);
  if (location === null || baseName(location) === METADATA_NAME) return true;
  return !isSnapshotDirectory(baseName(parent(location)));
}

function chosenChain(nodes: readonly SnapshotNode[], { job, restarts }: WantedJob, where: string): JobChain {
  if (restarts) return oneChain(nodes);
  const chains = jobChains(nodes, jobOf);
  if (job === undefined) {
    if (chains.length > 1) throw severalJobs(chains, where);
    return chains[0] ?? { jobs: [], snapshots: [] };
  }
  const ids = [...new Set(chains.flatMap(({ jobs }) => jobs))].filter((id) =>
    id.startsWith(job.toLowerCase()),
  );
  if (ids.length !== 1) throw noSuchJob(job, ids, where);
  return oneChain(nodes.filter((node) => isOfJob(node, ids[0]!, chains)));
}

/** The snapshots of one job in its chain: its own directory's, and savepoints that carry the beginning of its id. */
function isOfJob({ snapshot }: SnapshotNode, id: string, chains: readonly JobChain[]): boolean {
  const { jobId, jobPrefix } = snapshot.place;
  if (jobId !== null || jobPrefix === null) return jobId === id;
  const jobs = chains.flatMap(({ jobs }) => jobs).filter((other) => other.startsWith(jobPrefix));
  return jobs.length === 1 && jobs[0] === id;
}

/** What may be restorable is never passed over. */
function expectLookedAt(node: SnapshotNode): void {
  const { snapshot } = node;
  if (snapshot.state === 'unreadable' && snapshot.error instanceof StorageError) {
    throw notLookedAt(pathOfNode(node), snapshot.error.message, snapshot.error);
  }
  if (!('resolution' in node) || node.condition === 'broken') return;
  const [first] = node.resolution.unverifiedReferences;
  if (first !== undefined) {
    throw notLookedAt(pathOfNode(node), `${first.path} could not be looked up: ${first.reason}`);
  }
}

function pathOfNode({ snapshot }: SnapshotNode): string {
  return pathOf(snapshot.place, snapshot.state === 'incomplete' ? null : snapshot.metadata);
}

function reasonOf(node: SnapshotNode): string {
  if (node.snapshot.state === 'incomplete') return 'it has no _metadata: under way, or never completed';
  if (node.snapshot.state === 'unreadable') return node.snapshot.error.message;
  if (!('resolution' in node)) return node.condition;
  const { missing, wrongSize } = node.resolution;
  if (missing > 0) return withMore('file', missing, `missing: ${firstWith('missing', node)}`);
  return withMore('file', wrongSize, `of another size than recorded: ${firstWith('wrong-size', node)}`);
}

function firstWith(outcome: Outcome, { resolution, snapshot }: ReadNode): string {
  const [first] = resolution.filesWith(outcome);
  return first === undefined ? '' : formatLocation(snapshot.contents.references.files.location(first));
}

function withMore(noun: string, count: number, what: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'} ${what}${count === 1 ? '' : ', …'}`;
}

function notLookedAt(where: string, reason: string, cause?: CkptError): StorageError {
  return new StorageError('unavailable', `whether ${where} would restore is not known: ${reason}`, {
    where,
    next: 'an older snapshot is not taken in its place; name one with ckpt list, or give --rewrite FROM=TO',
    ...(cause === undefined ? {} : { cause }),
  });
}

const JOBS_NAMED = 10;

function severalJobs(chains: readonly JobChain[], where: string): UsageError {
  const named = chains
    .slice(0, JOBS_NAMED)
    .map(
      ({ jobs, snapshots }) =>
        `${jobs.join(' and ') || 'no job id'} (newest ${describeNewest(snapshots[0]!)})`,
    );
  const more = chains.length > JOBS_NAMED ? [`${chains.length - JOBS_NAMED} more`] : [];
  return new UsageError(
    `${where} has snapshots of ${chains.length} jobs: ${[...named, ...more].join(', ')}`,
    {
      code: 'several-jobs',
      where,
      next: 'choose with --job ID, give the directory of one, or say --restarts where all are restarts of one job',
    },
  );
}

function describeNewest({ snapshot }: SnapshotNode): string {
  const path = formatLocation(snapshot.place.directory);
  const time = snapshot.state === 'incomplete' ? null : timeText(snapshot.metadata.modifiedMs);
  return `${path}${time === null ? '' : ` of ${time}`}`;
}

function noSuchJob(job: string, ids: readonly string[], where: string): UsageError {
  const message =
    ids.length === 0
      ? `no snapshot at ${where} is of job ${job}`
      : `${job} is the beginning of ${ids.join(' and ')}`;
  return new UsageError(message, { where: '--job', next: 'ckpt list shows the jobs of a directory' });
}
