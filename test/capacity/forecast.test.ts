import { describe, expect, it } from 'vitest';
import { forecast } from '../../src/capacity/forecast.js';
import { dalyIntervalMs, youngIntervalMs } from '../../src/capacity/interval.js';
import type { CapacityForecast } from '../../src/model/capacity.js';
import { DAY_MS, GB, INCREMENTAL, MB, MINUTE_MS, model, OPERATOR, TEN_GB } from './samples.js';

const formula = ({ formulas }: CapacityForecast, name: string) => formulas.find((f) => f.name === name)!;

describe('worked examples', () => {
  it('10 operators of 1 GB at 1 minute: 10 GB and about 10 MB of metadata', () => {
    const told = forecast(TEN_GB);
    expect(formula(told, 'capacity').gives).toEqual({ value: 10 * GB + 10 * MB, unit: 'bytes' });
    expect(told.checkpoint).toMatchObject({ stateBytes: 10 * GB, metadataBytes: 10 * MB });
    expect(told.store).toMatchObject({ steadyBytes: 10.01 * GB, peakBytes: 20.02 * GB });
    expect(told.store.writtenBytesPerDay).toBeCloseTo(1440 * 10.01 * GB, -3);
  });

  it('T_cp: 10.01 GB at 1 GB/s and 100 ms of acknowledgements are 10.11 s', () => {
    const told = forecast(TEN_GB);
    expect(told.checkpoint).toMatchObject({ saveMs: 10_010, totalMs: 10_110, completes: true });
    expect(formula(told, 'duration of a checkpoint').gives).toEqual({ value: 10_110, unit: 'ms' });
    expect(forecast(model({ alignmentMs: 2000 })).checkpoint.totalMs).toBe(12_110);
  });

  it('T = 1 h at t = 1 min: 60 checkpoints live, S∞ = s·T/t, and nothing changes there any more', () => {
    const told = forecast(model({ lifetimeMs: 60 * MINUTE_MS }));
    expect(told.store).toMatchObject({ liveCheckpoints: 60, steadyBytes: 60 * 10.01 * GB });
    const there = forecast(model({ lifetimeMs: 60 * MINUTE_MS, storedBytes: 60 * 10.01 * GB }));
    expect(formula(there, 'change of the stored size').rightGives.value).toBe(0);
    expect(formula(there, 'change of the stored size').gives.value).toBeLessThan(-600 * GB);
  });

  it('ΔS = s − S·t/T: an empty store grows by one checkpoint in the first interval', () => {
    const told = forecast(model({ lifetimeMs: 60 * MINUTE_MS }));
    expect(formula(told, 'change of the stored size').rightGives.value).toBeCloseTo(10.01 * GB, 0);
    const half = forecast(model({ lifetimeMs: 60 * MINUTE_MS, storedBytes: 30 * 10.01 * GB }));
    expect(formula(half, 'change of the stored size').rightGives.value).toBeCloseTo(5.005 * GB, 0);
  });

  it('C = Σ cᵢ: the intervals of a day are a day, whatever is written in them', () => {
    const { gives, rightGives } = formula(forecast(TEN_GB), 'cost');
    expect(gives).toEqual({ value: DAY_MS, unit: 'ms' });
    expect(rightGives.unit).toBe('bytes-per-day');
  });

  it('S = Σ sᵢ is right for full checkpoints, and counts shared files of incremental ones again', () => {
    const full = formula(forecast(model({ retained: 5 })), 'sum of sizes');
    expect(full.gives.value).toBeCloseTo(full.rightGives.value, 0);
    const shared = formula(forecast({ ...INCREMENTAL, retained: 5 }), 'sum of sizes');
    expect(shared.gives.value).toBeGreaterThan(4 * shared.rightGives.value);
  });
});

describe('incremental checkpoints', () => {
  it('upload what changed, once for each time that compaction writes it', () => {
    // 30 MB are written to each of 10 states of 1 GB in a minute; 29.55 MB of them are distinct.
    const distinct = 10 * GB * (1 - Math.exp(-0.03));
    const { checkpoint } = forecast(INCREMENTAL);
    expect(checkpoint.uploadBytes).toBeCloseTo(2 * distinct + 10 * MB, 0);
    expect(checkpoint.stateBytes).toBeCloseTo(11 * GB, 0);
  });

  it('upload no more than the whole state, however much is written', () => {
    const busy = { ...INCREMENTAL, operators: [{ ...OPERATOR, changedBytesPerSecond: 100 * GB }] };
    expect(forecast(busy).checkpoint.uploadBytes).toBeCloseTo(11.01 * GB, 0);
  });

  it('keep with each older checkpoint what was replaced since', () => {
    const { checkpoint, store } = forecast({ ...INCREMENTAL, retained: 3 });
    const older = checkpoint.uploadBytes - checkpoint.metadataBytes;
    expect(store.steadyBytes).toBeCloseTo(11 * GB + 2 * older + 3 * 10 * MB, 0);
    expect(store.peakBytes).toBeCloseTo(store.steadyBytes + checkpoint.uploadBytes, 0);
  });
});

describe('the interval that comes about', () => {
  it('is the one asked for while checkpoints are faster', () => {
    expect(forecast(TEN_GB).intervalMs).toBe(MINUTE_MS);
  });

  it('is the duration of a checkpoint and the pause where that is longer', () => {
    const slow = model({ bandwidthBytesPerSecond: 100 * MB, minPauseMs: 5000 });
    expect(forecast(slow).intervalMs).toBeCloseTo(100_100 + 100 + 5000, 3);
  });

  it('is bounded by the bandwidth where checkpoints overlap', () => {
    const slow = model({ bandwidthBytesPerSecond: 100 * MB, maxConcurrent: 4 });
    expect(forecast(slow).intervalMs).toBeCloseTo(100_000, 3);
  });

  it('is a share of the duration where checkpoints overlap and wait for acknowledgements, not for bandwidth', () => {
    const waiting = model({ intervalMs: 1000, ackMs: 200_000, maxConcurrent: 4 });
    expect(forecast(waiting).intervalMs).toBeCloseTo(210_010 / 4, 3);
    expect(forecast(waiting).store.peakBytes).toBe(5 * 10.01 * GB);
  });

  it('says that nothing completes where a checkpoint outlasts its timeout', () => {
    const { checkpoint } = forecast(model({ bandwidthBytesPerSecond: 10 * MB }));
    expect(checkpoint).toMatchObject({ completes: false });
    expect(checkpoint.totalMs).toBeCloseTo(1_001_100, 3);
  });
});

describe('the interval to choose', () => {
  it('is √(2·δ·M) to first order: 50 s of overhead once a day are worth 49 minutes', () => {
    expect(youngIntervalMs(50_000, DAY_MS) / MINUTE_MS).toBeCloseTo(48.99, 2);
    expect(dalyIntervalMs(50_000, DAY_MS) / MINUTE_MS).toBeCloseTo(48.436, 3);
  });

  it('is M where a checkpoint costs more than two failures are apart', () => {
    expect(dalyIntervalMs(3 * DAY_MS, DAY_MS)).toBe(DAY_MS);
  });

  it('counts what a checkpoint slows the job down, not how long it takes', () => {
    const { choice } = forecast(TEN_GB);
    expect(choice.youngMs).toBeCloseTo(Math.sqrt(2 * 1011 * DAY_MS), 6);
    expect(choice).toMatchObject({ decidedBy: 'daly', chosenMs: choice.dalyMs });
  });

  it('is never shorter than can be kept up', () => {
    const flaky = model({ failureEveryMs: MINUTE_MS, minPauseMs: 20_000 });
    expect(forecast(flaky).choice).toMatchObject({ decidedBy: 'least' });
    expect(forecast(flaky).choice.chosenMs).toBeCloseTo(30_110, 3);
  });

  it('is never so long that what changed meanwhile cannot be saved before the timeout', () => {
    const timid = { ...INCREMENTAL, bandwidthBytesPerSecond: 10 * MB, timeoutMs: 2 * MINUTE_MS };
    const { choice } = forecast(timid);
    expect(choice).toMatchObject({ decidedBy: 'longest', chosenMs: choice.longestMs });
    expect(forecast({ ...timid, intervalMs: choice.chosenMs }).checkpoint.completes).toBe(true);
    expect(forecast({ ...timid, intervalMs: choice.chosenMs * 1.001 }).checkpoint.completes).toBe(false);
    expect(forecast(TEN_GB).choice.longestMs).toBe(Number.POSITIVE_INFINITY);
    expect(forecast(model({ timeoutMs: 1000 })).choice.longestMs).toBe(0);
  });

  it('tells recovery: restart, reading the state, and catching up with what came meanwhile', () => {
    const { now } = forecast(model({ catchUpFactor: 3 }));
    expect(now.downMs).toBe(30_000 + 10_000);
    expect(now.replayMs).toBe(10_110 + 30_000);
    expect(now.recoveryMs).toBe(40_000 + (40_110 + 40_000) / 2);
    expect(now.overheadShare).toBeCloseTo(1011 / 60_000, 12);
  });
});
