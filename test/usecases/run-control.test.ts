// The commands that tell a job what to do, against a job of the bundled engine.
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/support/clock.js';
import {
  cancelJob,
  listJobs,
  stopJob,
  takeSavepoint,
  triggerCheckpoint,
} from '../../src/usecases/control-jobs.js';
import { watchJob } from '../../src/usecases/watch-checkpoints.js';
import { Workplace } from './run-harness.js';
import { withServedJob } from './served-job.js';

let workplace: Workplace;
beforeEach(() => {
  workplace = new Workplace();
});
afterEach(() => workplace.remove());

describe('telling a job of the bundled engine what to do', () => {
  it('lists it, takes a checkpoint and a savepoint, and stops it with another', async () => {
    const { report } = await withServedJob(workplace, async ({ url: rest, jobId, outcome }) => {
      const only = { rest, job: undefined };
      const { jobs } = await listJobs(rest, systemClock);
      expect(jobs).toMatchObject([
        { job: jobId, name: 'page-views', state: 'RUNNING', endMs: null, tasks: { running: 2, total: 2 } },
      ]);
      const newest = jobs[0]?.checkpoints?.latest?.checkpointId ?? Number.POSITIVE_INFINITY;
      const taken = await triggerCheckpoint(only, systemClock);
      expect(taken.checkpointId).toBeGreaterThan(newest);
      expect(taken.path).toMatch(new RegExp(`^file:/.*/${jobId}/chk-${taken.checkpointId}$`));
      const wish = { directory: workplace.at('savepoints'), format: 'CANONICAL' } as const;
      const first = await takeSavepoint({ rest, job: jobId.slice(0, 5) }, wish, systemClock);
      const last = await stopJob(only, { ...wish, drain: false }, systemClock);
      for (const { path } of [first, last]) expect(existsSync(new URL(`${path}/_metadata`))).toBe(true);
      await outcome;
    });
    expect(report).toMatchObject({ state: 'FINISHED' });
  });

  it('tells what its checkpoints spend their time on, and why some fail', async () => {
    await withServedJob(workplace, async ({ url: rest, jobId }) => {
      const wish = { directory: 'file:///dev/null/savepoints', format: 'CANONICAL' } as const;
      await expect(takeSavepoint({ rest, job: jobId }, wish, systemClock)).rejects.toThrow('/dev/null');
      const { job, watched } = await watchJob({ rest, job: jobId.slice(0, 6) }, systemClock);
      expect(job.job).toBe(jobId);
      const history = watched?.history ?? [];
      const done = history.filter(({ status }) => status === 'COMPLETED');
      expect(done.length).toBeGreaterThan(1);
      for (const { times, durationMs } of done) {
        expect((times?.saveMs ?? Number.NaN) + (times?.ackMs ?? Number.NaN)).toBe(durationMs);
        expect(times?.lastTask).toMatch(/^(Source: Views|KeyedProcess -> )/);
      }
      const [lost] = history.filter(({ isSavepoint }) => isSavepoint);
      expect(lost).toMatchObject({ status: 'FAILED', times: null, failure: { cause: 'storage' } });
      expect(watched?.advice[0]?.seen).toMatch(/^1 of \d+ failed: state could not be written \(.*null/);
    });
  });

  it('cancels it', async () => {
    const { report } = await withServedJob(workplace, async ({ url: rest, jobId, outcome }) => {
      expect(await cancelJob({ rest, job: undefined }, systemClock)).toEqual({
        job: jobId,
        state: 'CANCELED',
      });
      await outcome;
    });
    expect(report).toMatchObject({ state: 'CANCELED' });
  });

  it('refuses what cannot be, and the job goes on', async () => {
    await withServedJob(workplace, async ({ url: rest, jobId }) => {
      const wish = { directory: null, format: 'CANONICAL' } as const;
      await expect(takeSavepoint({ rest, job: undefined }, wish, systemClock)).rejects.toMatchObject({
        code: 'cluster-refused',
        message: expect.stringContaining('savepoint-dir'),
      });
      const nowhere = { directory: 'file:///dev/null/savepoints', format: 'CANONICAL' } as const;
      await expect(takeSavepoint({ rest, job: undefined }, nowhere, systemClock)).rejects.toMatchObject({
        code: 'operation-failed',
      });
      await expect(
        triggerCheckpoint({ rest, job: `${jobId.slice(0, 31)}x` }, systemClock),
      ).rejects.toMatchObject({
        code: 'no-such-job',
        next: `it knows ${jobId} (page-views)`,
      });
      expect((await listJobs(rest, systemClock)).jobs[0]?.state).toBe('RUNNING');
    });
  });
});
