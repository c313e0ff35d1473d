// `ckpt jobs`, `trigger`, `savepoint`, `stop` and `cancel`: which job is meant, what it is told, and what came of it.

import { jsonSender } from '../liveness/http-json.js';
import { Checkpoints, type JobEntry } from '../liveness/job-answers.js';
import type { SavepointWish } from '../liveness/job-control.js';
import { JobControl } from '../liveness/job-control.js';
import type { ClusterJobs, ListedJob, TakenCheckpoint } from '../model/cluster-jobs.js';
import type { Clock } from '../support/clock.js';
import { mapConcurrently } from '../support/concurrency.js';
import { UsageError } from '../support/errors.js';

/** A job of a cluster, as the user named it. */
export interface JobChoice {
  readonly rest: URL;
  /** Its id or the beginning of it; undefined for the only one that runs. */
  readonly job: string | undefined;
}

const ENDED: readonly string[] = ['FINISHED', 'CANCELED', 'FAILED'];
const REQUESTS_AT_ONCE = 4;

/** All jobs that the cluster knows, the newest first. */
export async function listJobs(rest: URL, clock: Clock): Promise<ClusterJobs> {
  const control = controlOf(rest, clock);
  const jobs = [...(await control.jobs())].sort((a, b) => b['start-time'] - a['start-time']);
  const listed = await mapConcurrently(jobs, REQUESTS_AT_ONCE, (job) => describe(job, control));
  return { cluster: control.cluster, jobs: listed };
}

/** Takes a checkpoint of a job now. */
export async function triggerCheckpoint(choice: JobChoice, clock: Clock): Promise<TakenCheckpoint> {
  const { control, jobId } = await choose(choice, clock);
  return { job: jobId, ...takenOf(await control.triggerCheckpoint(jobId)) };
}

/** Takes a savepoint of a job, which goes on. */
export async function takeSavepoint(choice: JobChoice, wish: SavepointWish, clock: Clock) {
  const { control, jobId } = await choose(choice, clock);
  return { job: jobId, path: await control.savepoint(jobId, wish) };
}

/** Stops a job with a savepoint. */
export async function stopJob(
  choice: JobChoice,
  wish: SavepointWish & { readonly drain: boolean },
  clock: Clock,
) {
  const { control, jobId } = await choose(choice, clock);
  return { job: jobId, path: await control.stop(jobId, wish) };
}

/** Cancels a job and waits until it has ended. */
export async function cancelJob(choice: JobChoice, clock: Clock) {
  const { control, jobId } = await choose(choice, clock);
  return { job: jobId, state: await control.cancel(jobId) };
}

function controlOf(rest: URL, clock: Clock): JobControl {
  return new JobControl(jsonSender(rest, { clock }), clock);
}

/** The job that is meant. Throws a UsageError where that is none, or more than one. */
export async function choose({ rest, job }: JobChoice, clock: Clock) {
  const control = controlOf(rest, clock);
  const known = await control.jobs();
  const meant =
    job === undefined
      ? known.filter(({ state }) => !ENDED.includes(state))
      : known.filter(({ jid }) => jid.startsWith(job.toLowerCase()));
  const [only, ...others] = meant;
  if (only === undefined || others.length > 0) throw unclear(job, { control, known, meant });
  return { control, jobId: only.jid, entry: only };
}

function unclear(
  job: string | undefined,
  { control, known, meant }: { control: JobControl; known: readonly JobEntry[]; meant: readonly JobEntry[] },
): UsageError {
  const named = (jobs: readonly JobEntry[]) => jobs.map(({ jid, name }) => `${jid} (${name})`).join(', ');
  const where = control.cluster;
  if (meant.length > 1) {
    const what = job === undefined ? `${meant.length} jobs run` : `${meant.length} jobs begin with ${job}`;
    return new UsageError(`${what}: ${named(meant)}`, { where, next: 'name one by its id' });
  }
  const message = job === undefined ? 'no job runs' : `there is no job ${job}`;
  const next = known.length === 0 ? 'the cluster knows of no job' : `it knows ${named(known)}`;
  return new UsageError(message, { code: 'no-such-job', where, next });
}

/** A job as the list has it. */
export async function describe(job: JobEntry, control: JobControl): Promise<ListedJob> {
  const checkpoints = await control.look(`/jobs/${job.jid}/checkpoints`, Checkpoints);
  const ended = job['end-time'];
  return {
    job: job.jid,
    name: job.name,
    state: job.state,
    startMs: job['start-time'],
    endMs: ended < 0 ? null : ended,
    durationMs: job.duration,
    tasks: { running: job.tasks.running, total: job.tasks.total },
    checkpoints:
      checkpoints === null
        ? null
        : {
            completed: checkpoints.counts.completed,
            failed: checkpoints.counts.failed,
            inProgress: checkpoints.counts.in_progress,
            latest: checkpoints.latest.completed ? takenOf(checkpoints.latest.completed) : null,
          },
  };
}

function takenOf(entry: {
  readonly id: number;
  readonly trigger_timestamp: number;
  readonly end_to_end_duration: number;
  readonly state_size: number;
  readonly external_path?: string | null | undefined;
}) {
  return {
    checkpointId: entry.id,
    path: entry.external_path ?? null,
    triggeredMs: entry.trigger_timestamp,
    durationMs: entry.end_to_end_duration,
    stateBytes: entry.state_size,
  };
}
