import { describe, expect, it } from 'vitest';
import { adviceOn } from '../../src/capacity/checkpoint-advice.js';
import type { FailureCause, WatchedCheckpoint } from '../../src/model/watched-checkpoints.js';

const taken = (durationMs: number, saveMs: number): WatchedCheckpoint => ({
  checkpointId: 1,
  isSavepoint: false,
  status: 'COMPLETED',
  triggeredMs: 0,
  durationMs,
  stateBytes: 0,
  addedBytes: 0,
  times: { saveMs, ackMs: durationMs - saveMs, startDelayMs: 0, alignmentMs: 0, lastTask: 'Map' },
  failure: null,
});
const failed = (cause: FailureCause, lateTasks: readonly string[] = []): WatchedCheckpoint => ({
  ...taken(0, 0),
  status: 'FAILED',
  times: null,
  failure: { cause, message: 'why', lateTasks },
});
const advise = (...history: readonly WatchedCheckpoint[]) =>
  adviceOn({ intervalMs: 10_000, timeoutMs: 600_000, history });

describe('advice on the checkpoints of a job', () => {
  it('is silent where nothing is wrong', () => {
    expect(advise()).toEqual([]);
    expect(advise(taken(900, 100), taken(5000, 4000))).toEqual([]);
  });

  it('tells each cause of failures once, how often, and what to do', () => {
    const advice = advise(
      failed('storage'),
      failed('expiry', ['Map', 'Sink']),
      failed('storage'),
      taken(900, 100),
    );
    expect(advice.map(({ seen }) => seen)).toEqual([
      '1 of 4 failed: not done within 10m, waiting for Map, Sink',
      '2 of 4 failed: state could not be written (why)',
    ]);
  });

  it('tells barriers that wait from state that takes long to write', () => {
    const [byBarriers] = advise(failed('expiry'), taken(9000, 1000));
    expect(byBarriers?.next).toMatch(/unaligned/);
    const [byWriting] = advise(failed('expiry'), taken(9000, 8000));
    expect(byWriting?.next).toMatch(/incremental/);
    expect(advise(taken(9000, 1000))).toMatchObject([
      { seen: expect.stringMatching(/^T_ack 8s .*T_save 1s/) },
    ]);
  });

  it('says where checkpoints take longer than their interval, savepoints aside', () => {
    expect(advise(taken(11_400, 11_000))).toMatchObject([
      { seen: 'a checkpoint takes 11s, longer than the interval of 10s' },
    ]);
    expect(advise({ ...taken(11_400, 11_000), isSavepoint: true })).toEqual([]);
    expect(adviceOn({ intervalMs: null, timeoutMs: 1, history: [taken(11_400, 11_000)] })).toEqual([]);
  });
});
