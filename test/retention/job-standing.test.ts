import { describe, expect, it } from 'vitest';
import type { RunningCheckpoints } from '../../src/model/evidence.js';
import { jobStanding } from '../../src/retention/job-standing.js';
import { DAY_MS, HOUR_MS } from './samples.js';

const CHECKPOINTS: RunningCheckpoints = {
  lowestRetainedId: 8n,
  latestCompletedId: 9n,
  latestCompletedTriggerMs: 1,
  oldestInProgressId: null,
  oldestInProgressTriggerMs: null,
  restoredId: 3n,
  hasCompletedOwn: true,
  timeoutMs: 10 * HOUR_MS,
};

describe('what evidence about a job lets retention do', () => {
  it('ended: waits for late writes only, the larger of an hour and three timeouts', () => {
    const ended = { kind: 'ended', source: '--job-stopped', endedMs: null } as const;
    expect(jobStanding({ ...ended, checkpointTimeoutMs: null }, 7 * DAY_MS).minAgeMs).toBe(HOUR_MS);
    expect(jobStanding({ ...ended, checkpointTimeoutMs: HOUR_MS }, 7 * DAY_MS).minAgeMs).toBe(3 * HOUR_MS);
  });

  it('running: what its cluster retains, and never less than a day or three timeouts', () => {
    const running = { kind: 'running', source: 'http://jm', status: 'RUNNING' } as const;
    expect(jobStanding({ ...running, checkpoints: CHECKPOINTS }, 0)).toEqual({
      state: 'running',
      minAgeMs: 30 * HOUR_MS,
      lowestRetainedId: 8n,
      restoredId: 3n,
    });
    expect(jobStanding({ ...running, checkpoints: null }, 2 * DAY_MS)).toEqual({
      state: 'running',
      minAgeMs: 2 * DAY_MS,
      lowestRetainedId: null,
      restoredId: null,
    });
  });

  it('unknown: the minimum age that the user asks for, and never less than a day', () => {
    expect(jobStanding({ kind: 'unknown' }, 7 * DAY_MS)).toEqual({ state: 'unknown', minAgeMs: 7 * DAY_MS });
    expect(jobStanding({ kind: 'unknown' }, 0)).toEqual({ state: 'unknown', minAgeMs: DAY_MS });
  });
});
