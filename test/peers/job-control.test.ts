// The commands that tell a job what to do, against a real cluster.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../src/support/clock.js';
import {
  cancelJob,
  listJobs,
  stopJob,
  takeSavepoint,
  triggerCheckpoint,
} from '../../src/usecases/control-jobs.js';
import { watchJob } from '../../src/usecases/watch-checkpoints.js';
import { withCluster } from './support/cluster.js';
import { describeWithFlink } from './support/flink.js';

/** A JobManager tells what it knew up to three seconds ago (web.refresh-interval). */
const TOLD_WITHIN = { timeout: 30_000, interval: 200 };

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not told of yet');
  return value;
}

describeWithFlink('jobs of a real cluster', () => {
  it('are listed, take checkpoints and savepoints, are stopped and cancelled', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ckpt-cluster-'));
    try {
      await withCluster(directory, async (cluster) => {
        const rest = cluster.rest;
        const job = await cluster.start();
        const only = { rest, job: undefined };
        const taken = await triggerCheckpoint(only, systemClock);
        expect(taken).toMatchObject({
          job,
          path: expect.stringContaining(`/${job}/chk-${taken.checkpointId}`),
        });
        const seen = await vi.waitFor(async () => {
          const { watched } = await watchJob(only, systemClock);
          expect(watched?.advice).toEqual([]);
          return required(watched?.history.find(({ checkpointId }) => checkpointId === taken.checkpointId));
        }, TOLD_WITHIN);
        expect(seen).toMatchObject({ status: 'COMPLETED', durationMs: taken.durationMs, failure: null });
        expect((seen.times?.saveMs ?? Number.NaN) + (seen.times?.ackMs ?? Number.NaN)).toBe(taken.durationMs);
        const wish = { directory: `file://${directory}/savepoints`, format: 'NATIVE' } as const;
        const savepoint = await takeSavepoint({ rest, job: job.slice(0, 8) }, wish, systemClock);
        expect(existsSync(new URL(`${savepoint.path}/_metadata`))).toBe(true);
        const nowhere = { directory: 'file:///dev/null/savepoints', format: 'CANONICAL' } as const;
        await expect(takeSavepoint(only, nowhere, systemClock)).rejects.toMatchObject({
          code: 'operation-failed',
        });
        const broken = await vi.waitFor(async () => {
          const { watched } = await watchJob(only, systemClock);
          return required(watched?.history.find(({ failure }) => failure !== null));
        }, TOLD_WITHIN);
        expect(broken).toMatchObject({ isSavepoint: true, failure: { cause: 'storage' } });
        const none = { directory: null, format: 'CANONICAL' } as const;
        await expect(takeSavepoint(only, none, systemClock)).rejects.toMatchObject({
          code: 'cluster-refused',
        });
        const stopped = await stopJob(only, { ...wish, drain: true }, systemClock);
        expect(existsSync(new URL(`${stopped.path}/_metadata`))).toBe(true);
        await expect(cancelJob({ rest, job }, systemClock)).rejects.toMatchObject({
          code: 'cluster-refused',
          message: expect.stringContaining('already reached another terminal state'),
        });

        const second = await cluster.start();
        expect(await cancelJob(only, systemClock)).toEqual({ job: second, state: 'CANCELED' });
        const { jobs } = await listJobs(rest, systemClock);
        expect(jobs.map(({ job: id, state }) => [id, state])).toEqual([
          [second, 'CANCELED'],
          [job, 'FINISHED'],
        ]);
        expect(jobs[1]?.checkpoints?.completed).toBeGreaterThan(0);
        await expect(triggerCheckpoint(only, systemClock)).rejects.toMatchObject({ code: 'no-such-job' });
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
