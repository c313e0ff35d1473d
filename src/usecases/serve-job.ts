// The REST API of a job that `ckpt run` runs. It listens before the job starts, so that a port that is taken costs nothing.
import type { Configuration } from '../engine/configuration.js';
import type { JobMonitor } from '../engine/rest/job-monitor.js';
import type { RestAddress } from '../engine/rest/server.js';
import type { RunWorld } from './run-job.js';

/** What is known of the job once it runs. */
export interface ServedJob {
  readonly monitor: JobMonitor;
  readonly configuration: Configuration;
  readonly takesCheckpoints: boolean;
}

export interface JobDoor {
  serve(job: ServedJob): void;
  /** Resolves when nobody waits for an answer any more. */
  close(): Promise<void>;
}

/** Null where nothing is to listen. Throws a UsageError where the address cannot be had. */
export async function openRest(address: RestAddress | null, world: RunWorld): Promise<JobDoor | null> {
  if (address === null) return null;
  const [{ listen }, { Operations }] = await Promise.all([
    import('../engine/rest/server.js'),
    import('../engine/rest/operations.js'),
  ]);
  const { clock, random, locate } = world;
  const server = await listen(address, clock);
  world.onEvent({ kind: 'rest-listening', url: server.url.href });
  return {
    serve: (job) => server.serve({ ...job, locate, operations: new Operations(random) }),
    close: () => server.close(),
  };
}
