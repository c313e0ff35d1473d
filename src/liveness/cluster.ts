// One Flink cluster, asked over its REST API: which jobs it knows, and what their checkpoints are. A 404 is "unknown", and
// never a proof: clusters forget jobs an hour after their end, and all of them on a restart.
import type { ZodType } from 'zod';
import type { RunningCheckpoints } from '../model/evidence.js';
import { mapConcurrently } from '../support/concurrency.js';
import { type JsonEndpoint, notFlink } from './http-json.js';
import {
  type CheckpointAnswer,
  CheckpointConfig,
  CheckpointStatistics,
  ClusterConfig,
  type JobAnswer,
  JobsOverview,
  type StatisticsAnswer,
} from './rest-answers.js';

/** What a cluster says. */
export interface ClusterAnswer {
  /** Its URL, without credentials. */
  readonly source: string;
  readonly flinkVersion: string;
  readonly jobs: readonly ClusterJob[];
}

/** A job as a cluster knows it. */
export interface ClusterJob {
  readonly id: string;
  readonly name: string;
  /** Flink's JobStatus. */
  readonly status: string;
  /** Null while it has not ended. */
  readonly endedMs: number | null;
  readonly checkpointTimeoutMs: number | null;
  /** Null where the cluster tells nothing of checkpoints, or the job has ended. */
  readonly checkpoints: RunningCheckpoints | null;
  /** Snapshots that the job needs or counts on. */
  readonly pins: readonly { readonly path: string; readonly reason: string }[];
}

/** Flink's globally terminal states; all others may go on. */
const ENDED: readonly string[] = ['FINISHED', 'CANCELED', 'FAILED'];
const REQUESTS_AT_ONCE = 4;

/** Asks for all that is known of all jobs. Throws EvidenceError where anything cannot be asked or understood. */
export async function askCluster(endpoint: JsonEndpoint): Promise<ClusterAnswer> {
  const config = await known(endpoint, '/config', ClusterConfig);
  const { jobs } = await known(endpoint, '/jobs/overview', JobsOverview);
  return {
    source: endpoint.name,
    flinkVersion: config['flink-version'],
    jobs: await mapConcurrently(jobs, REQUESTS_AT_ONCE, (job) => askForJob(endpoint, job)),
  };
}

async function askForJob(endpoint: JsonEndpoint, job: JobAnswer): Promise<ClusterJob> {
  const { jid: id, name, state: status } = job;
  const config = await maybe(endpoint, `/jobs/${id}/checkpoints/config`, CheckpointConfig);
  const checkpointTimeoutMs = config?.timeout ?? null;
  if (ENDED.includes(status)) {
    return { id, name, status, endedMs: job['end-time'], checkpointTimeoutMs, checkpoints: null, pins: [] };
  }
  const statistics = await maybe(endpoint, `/jobs/${id}/checkpoints`, CheckpointStatistics);
  return {
    id,
    name,
    status,
    endedMs: null,
    checkpointTimeoutMs,
    checkpoints: statistics && checkpointsOf(statistics, checkpointTimeoutMs),
    pins: statistics === null ? [] : pinsOf(id, statistics),
  };
}

async function known<T>(endpoint: JsonEndpoint, path: string, form: ZodType<T>): Promise<T> {
  const answer = await maybe(endpoint, path, form);
  if (answer === null) throw notFlink(`${endpoint.name}${path}`, 'status 404');
  return answer;
}

/** Null for a 404. */
async function maybe<T>(endpoint: JsonEndpoint, path: string, form: ZodType<T>): Promise<T | null> {
  const value = await endpoint.get(path);
  if (value === undefined) return null;
  const { success, data, error } = form.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? '';
  throw notFlink(
    `${endpoint.name}${path}`,
    `something else than Flink does (${field}: ${issue?.message})`,
    error,
  );
}

function checkpointsOf(statistics: StatisticsAnswer, timeoutMs: number | null): RunningCheckpoints {
  const { counts, latest, history } = statistics;
  const underWay = history.filter(({ status }) => status === 'IN_PROGRESS');
  // The history is short: what is under way and not in it may have any number.
  const unseen = underWay.length < counts.in_progress;
  return {
    lowestRetainedId: lowestRetainedId(statistics),
    latestCompletedId: latest.completed ? BigInt(latest.completed.id) : null,
    latestCompletedTriggerMs: latest.completed?.trigger_timestamp ?? null,
    oldestInProgressId: unseen ? 0n : lowest(underWay.map(({ id }) => id)),
    oldestInProgressTriggerMs: unseen
      ? 0
      : underWay.reduce<number | null>(
          (oldest, { trigger_timestamp: at }) => (oldest === null ? at : Math.min(oldest, at)),
          null,
        ),
    restoredId: latest.restored ? BigInt(latest.restored.id) : null,
    hasCompletedOwn: latest.completed != null,
    timeoutMs,
  };
}

/**
 * Null where the history is too short to tell. Checkpoints are discarded in the order of their ids: one that was shows
 * that none below it is retained.
 */
function lowestRetainedId({ counts, latest, history }: StatisticsAnswer): bigint | null {
  const own = history.filter((entry) => !entry.is_savepoint);
  const retained = [...own, ...(latest.completed ? [latest.completed] : [])].filter(isRetained);
  const found = lowest(retained.map(({ id }) => id));
  const isWhole = counts.restored === 0 && history.length >= (counts.total ?? Number.POSITIVE_INFINITY);
  const isDiscarded = ({ id, discarded }: CheckpointAnswer) =>
    discarded === true && BigInt(id) < (found ?? 0n);
  return isWhole || own.some(isDiscarded) ? found : null;
}

/** Completed and not discarded; a version that does not tell of discarding is taken to retain. */
function isRetained({ status, discarded }: CheckpointAnswer): boolean {
  return status === 'COMPLETED' && discarded !== true;
}

function lowest(ids: readonly number[]): bigint | null {
  return ids.length === 0 ? null : BigInt(Math.min(...ids));
}

/** Places that are none (state that is not kept outside of the JobManager) begin with `<`. */
function pinsOf(job: string, { latest, history }: StatisticsAnswer): ClusterJob['pins'] {
  const retained = [...history, latest.completed, latest.savepoint].flatMap((entry) =>
    entry && isRetained(entry) && entry.external_path ? [entry.external_path] : [],
  );
  const restored = latest.restored?.external_path;
  return [
    ...(restored ? [{ path: restored, reason: `job ${job} was restored from it` }] : []),
    ...[...new Set(retained)].map((path) => ({ path, reason: `job ${job} runs and retains it` })),
  ].filter(({ path }) => !path.startsWith('<'));
}
