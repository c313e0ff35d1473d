// What clients tell the job to do. Everything is checked before anything begins, a savepoint's place too.
// Source: Flink SavepointHandlers, CheckpointHandlers, JobCancellationHandler.
import type { Location } from '../../model/location.js';
import type { SavepointFormat } from '../../model/metadata.js';
import { UsageError } from '../../support/errors.js';
import { type Configuration, options } from '../configuration.js';
import { flinkPath } from './checkpoint-answers.js';
import type { JobMonitor } from './job-monitor.js';
import type { Operations } from './operations.js';
import { RestError } from './rest-error.js';

/** What commands work on. */
export interface CommandWorld {
  readonly monitor: JobMonitor;
  readonly operations: Operations;
  readonly configuration: Configuration;
  readonly locate: (text: string) => Location;
}

/** A JSON object that came with a request. */
export type Body = Readonly<Record<string, unknown>>;

/** What is owed to whoever has cancelled the job. */
export const END_OF_JOB = 'the end of the job';

/** `POST /jobs/:jobid/checkpoints` */
export function triggerCheckpoint({ monitor, operations }: CommandWorld, body: Body): object {
  const type = textOf(body, 'checkpointType') ?? 'CONFIGURED';
  if (type !== 'CONFIGURED')
    throw new RestError(
      400,
      `checkpointType ${type} cannot be had here: only CONFIGURED, what the job is set to`,
    );
  const taken = monitor.job.triggerCheckpoint().then(({ checkpointId }) => ({ checkpointId }));
  return { 'request-id': operations.start(taken) };
}

/** `POST /jobs/:jobid/savepoints`; with `cancel-job` the job is cancelled when it is complete. */
export function triggerSavepoint(world: CommandWorld, body: Body): object {
  const parent = targetOf(world, body, 'target-directory');
  const cancels = body['cancel-job'] === true;
  const { job } = world.monitor;
  const savepoint = { parent, format: formatOf(body), afterwards: 'go-on' } as const;
  const taken = job.triggerSavepoint(savepoint).then(async (location) => {
    if (cancels) cancelJob(world);
    return { location: flinkPath(location) };
  });
  return { 'request-id': world.operations.start(taken) };
}

/** `POST /jobs/:jobid/stop` */
export function stopJob(world: CommandWorld, body: Body): object {
  const parent = targetOf(world, body, 'targetDirectory');
  const afterwards = body.drain === true ? 'drain' : 'stop';
  const savepoint = { parent, format: formatOf(body), afterwards } as const;
  const { job } = world.monitor;
  // Whoever asks learns the place when the job has ended, as in Flink.
  const stopped = job.triggerSavepoint(savepoint).then(async (location) => {
    await job.result;
    return { location: flinkPath(location) };
  });
  return { 'request-id': world.operations.start(stopped) };
}

/** `PATCH /jobs/:jobid?mode=cancel` */
export function cancelJob({ monitor, operations }: CommandWorld): object {
  const { state } = monitor;
  if (monitor.hasEnded) {
    throw new RestError(
      409,
      `Job cancellation failed because the job has already reached another terminal state (${state}).`,
    );
  }
  operations.owe(END_OF_JOB);
  monitor.canceling();
  // Why it failed is what the result of the job rejects with.
  monitor.job.cancel().catch(() => undefined);
  return {};
}

function targetOf({ configuration, locate }: CommandWorld, body: Body, field: string): Location {
  const text = textOf(body, field) ?? configuration.get(options.savepointDirectory);
  if (text === null) {
    const { key } = options.savepointDirectory;
    throw new RestError(400, `Config key [${key}] is not set. Property [${field}] must be provided.`);
  }
  try {
    return locate(text);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw new RestError(400, thrown.message);
    throw thrown;
  }
}

function formatOf(body: Body): SavepointFormat {
  const format = textOf(body, 'formatType') ?? 'CANONICAL';
  if (format === 'CANONICAL' || format === 'NATIVE') return format;
  throw new RestError(400, `formatType ${format} is neither CANONICAL nor NATIVE`);
}

/** Null where it is not said. */
function textOf(body: Body, field: string): string | null {
  const value = body[field] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new RestError(400, `Request did not match expected format: ${field} is no text.`);
}
