// `ckpt run`: loads a job, builds its program, runs it on the bundled engine, and says how it ended.
import { Configuration, options, type Property } from '../engine/configuration.js';
import { type JobEnvironment, type JobOptions, startJob } from '../engine/execute.js';
import { StreamExecutionEnvironment } from '../engine/job/environment.js';
import type { StreamGraph } from '../engine/job/stream-graph.js';
import { JobMonitor } from '../engine/rest/job-monitor.js';
import { jobViews } from '../engine/rest/job-view.js';
import type { RestAddress } from '../engine/rest/server.js';
import type { JobEvent } from '../model/job-events.js';
import type { JobView } from '../model/job-progress.js';
import type { Location } from '../model/location.js';
import type { WritableVersion } from '../model/metadata.js';
import type { RunReport } from '../model/run-report.js';
import type { OpenReader, OpenRemover } from '../storage/open.js';
import { routedStorage } from '../storage/routed.js';
import type { StorageRemover } from '../storage/storage.js';
import { StorageError, UsageError } from '../support/errors.js';
import { loadJob } from './load-job.js';
import { newestSnapshot, resolveSnapshot } from './resolve-snapshot.js';
import { asFailure, reportOf } from './run-outcome.js';
import { openRest } from './serve-job.js';
import { JobStop, type StopSavepoint } from './stop-job.js';

/** What to run and how, as the user said it. */
export interface RunRequest {
  /** A module, or `example:<name>`. */
  readonly job: string;
  /** Words for the job itself. */
  readonly args: readonly string[];
  /** Flink's options as keys and texts; of a key that comes twice the last counts. */
  readonly properties: readonly Property[];
  /** Where checkpoints are written, before what `properties` say of it; where neither says, none are taken. */
  readonly checkpointDirectory: Location | null;
  readonly snapshot: Location | null;
  /** `claim`: the job owns the snapshot, and deletes it when it is subsumed. */
  readonly claimMode: 'claim' | 'no-claim';
  readonly allowNonRestoredState: boolean;
  /** Version of the `_metadata` that are written; the newest where undefined. */
  readonly formatVersion: WritableVersion | undefined;
  readonly onFinish: 'retain' | 'delete';
  /** Injected failure: the source task that emits the record with this number fails, once. */
  readonly failAfterRecords: number | undefined;
  /** Injected failure: the job fails when this checkpoint is complete, once. */
  readonly failAtCheckpoint: number | undefined;
  /** Stops the job when so many checkpoints are complete. */
  readonly stopAfterCheckpoints: number | undefined;
  /** The savepoint that the job stops with; where null it is cancelled. */
  readonly stopSavepoint: StopSavepoint | null;
  /** Where the job can be asked and told things over HTTP; null for nowhere. */
  readonly rest: RestAddress | null;
}

/** What a run needs of the outside. */
export interface RunWorld
  extends Pick<JobEnvironment, 'clock' | 'random' | 'eventLoop' | 'output' | 'onEvent'> {
  readonly locate: (text: string) => Location;
  readonly openReader: OpenReader;
  readonly openRemover: OpenRemover;
  /** Aborting it stops the job. */
  readonly signal: AbortSignal;
  /** The job has begun; what is given tells how it is then. */
  readonly onStart?: (view: () => JobView) => void;
}

/**
 * Runs the job to its end. Throws a UsageError for what cannot be run as said, and what the engine throws where the
 * job fails for good.
 */
export async function runJob(asked: RunRequest, world: RunWorld): Promise<RunReport> {
  const given = Configuration.of(asked.properties);
  const request = withCheckpointDirectory(asked, given, world);
  const configuration = withDefaults(given, request);
  const graph = await buildGraph(request, configuration, world);
  const restore = await restoreOptions(request, world);
  const storage = await openStorage(request, world);
  await tellOfEarlierRuns(request, world);
  const databases = await databasesFor(configuration);
  const rest = await openRest(request.rest, world);
  let monitor: JobMonitor | null = null;
  let completed = 0;
  let failed = 0;
  const onEvent = (event: JobEvent) => {
    monitor?.take(event);
    if (event.kind === 'checkpoint-failed' && event.reason !== 'job-end') failed++;
    if (event.kind === 'checkpoint-completed' && ++completed === request.stopAfterCheckpoints) stop();
    world.onEvent(event);
  };
  const { checkpointDirectory } = request;
  const job = startJob(
    graph,
    { configuration, ...restore, ...jobOptionsOf(request) },
    { ...world, ...databases, storage, onEvent, checkpointDirectory },
  );
  monitor = new JobMonitor(job, world.clock);
  world.onStart?.(jobViews(monitor));
  rest?.serve({ monitor, configuration, takesCheckpoints: checkpointDirectory !== null });
  const ending = new JobStop(job, request.stopSavepoint);
  const { stop } = ending;
  world.signal.addEventListener('abort', stop);
  if (world.signal.aborted) stop();
  try {
    const result = await job.result;
    return reportOf(graph.jobName, { failed, savepoint: ending.savepoint }, result);
  } catch (thrown) {
    throw asFailure(thrown);
  } finally {
    world.signal.removeEventListener('abort', stop);
    await rest?.close();
  }
}

/** RocksDB, where the job uses it: a large package, loaded only then. */
async function databasesFor(configuration: Configuration): Promise<Pick<JobEnvironment, 'databases'>> {
  if (configuration.get(options.backend) !== 'rocksdb') {
    if (!configuration.get(options.incremental)) return {};
    throw new UsageError(
      'incremental checkpoints are those of RocksDB: hashmap writes its state anew each time',
      {
        where: options.incremental.key,
        next: 'add --backend rocksdb, or leave --incremental out',
      },
    );
  }
  const { nativeDatabases } = await import('../engine/state/rocksdb/native-database.js');
  const directory = configuration.get(options.rocksDbDirectory);
  const writeBufferBytes = configuration.get(options.rocksDbWriteBuffer);
  return { databases: await nativeDatabases({ directory, writeBufferBytes }) };
}

function withCheckpointDirectory(
  request: RunRequest,
  configuration: Configuration,
  { locate }: RunWorld,
): RunRequest {
  const directory = configuration.get(options.directory);
  if (request.checkpointDirectory !== null || directory === null) return request;
  return { ...request, checkpointDirectory: locate(directory) };
}

const DEFAULT_INTERVAL = '10s';

/** Flink's defaults, except that checkpoints stay when the job is cancelled, and are taken where they have a place. */
function withDefaults(
  configuration: Configuration,
  { checkpointDirectory, stopAfterCheckpoints, stopSavepoint }: RunRequest,
): Configuration {
  const defaults: [string, string][] = [];
  if (!configuration.has(options.retention)) defaults.push([options.retention.key, 'RETAIN_ON_CANCELLATION']);
  const wanted = stopAfterCheckpoints !== undefined || stopSavepoint !== null;
  if (checkpointDirectory === null && (wanted || configuration.has(options.interval))) refuseCheckpointing();
  if (checkpointDirectory !== null && !configuration.has(options.interval))
    defaults.push([options.interval.key, DEFAULT_INTERVAL]);
  return configuration.with(defaults);
}

function refuseCheckpointing(): never {
  throw new UsageError('checkpoints are wanted, and there is no place for them', {
    where: '--checkpoint-dir',
    next: 'add --checkpoint-dir DIR',
  });
}

async function buildGraph(
  request: RunRequest,
  configuration: Configuration,
  world: RunWorld,
): Promise<StreamGraph> {
  const job = await loadJob(request.job, world);
  const parallelism = configuration.get(options.parallelism);
  const maxParallelism = configuration.get(options.maxParallelism);
  const env = new StreamExecutionEnvironment({ parallelism, maxParallelism });
  await job.build(env, request.args);
  return env.getStreamGraph(job.name);
}

async function restoreOptions(request: RunRequest, world: RunWorld): Promise<Pick<JobOptions, 'restore'>> {
  if (request.snapshot === null) return {};
  const snapshot = await resolveSnapshot(request.snapshot, world.openReader);
  const { claimMode, allowNonRestoredState } = request;
  return { restore: { snapshot, claimMode, allowNonRestoredState } };
}

const LOCAL: Location = { store: 'file', scheme: 'file', authority: '', path: '/' };

/**
 * The store of the checkpoints, and those of a snapshot and of what it references. The directory of checkpoints is made
 * now, so that a job does not run for nothing.
 */
async function openStorage(
  { checkpointDirectory }: RunRequest,
  { openRemover }: RunWorld,
): Promise<StorageRemover> {
  const { capabilities } = await openRemover(checkpointDirectory ?? LOCAL);
  const storage = routedStorage(capabilities, openRemover);
  if (checkpointDirectory !== null) await prepare(checkpointDirectory, storage).catch(refuseDirectory);
  return storage;
}

/** A job that starts from nothing beside the checkpoints of earlier runs may not be what its user wants. */
async function tellOfEarlierRuns(request: RunRequest, { openReader, onEvent }: RunWorld): Promise<void> {
  const { checkpointDirectory, snapshot } = request;
  if (checkpointDirectory === null || snapshot !== null) return;
  const newest = await newestSnapshot(checkpointDirectory, openReader);
  if (newest !== null) onEvent({ kind: 'started-afresh', newest });
}

/** Where directories are only parts of names, a look at it tells whether the store can be reached at all. */
async function prepare(directory: Location, storage: StorageRemover): Promise<void> {
  if (storage.capabilities.directories) return storage.makeDirectory(directory);
  await storage.listDirectory(directory).catch((thrown: unknown) => {
    if (!(thrown instanceof StorageError) || thrown.kind !== 'not-found') throw thrown;
  });
}

function refuseDirectory(thrown: unknown): never {
  if (!(thrown instanceof StorageError)) throw thrown;
  const { kind, message, where, next = 'choose another --checkpoint-dir' } = thrown;
  throw new StorageError(kind, message, { next, cause: thrown, ...(where !== undefined && { where }) });
}

function jobOptionsOf({ onFinish, formatVersion, failAfterRecords, failAtCheckpoint }: RunRequest) {
  return {
    onFinish,
    ...(formatVersion !== undefined && { formatVersion }),
    ...(failAfterRecords !== undefined && { failAfterRecords }),
    ...(failAtCheckpoint !== undefined && { failAtCheckpoint }),
  };
}
