// What is computed of counts: rates over the last while, and Flink's percentiles.
import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/engine/rest/summary.js';
import { RateWindow } from '../../../src/engine/rest/task-rates.js';
import type { TaskProgress } from '../../../src/model/job-progress.js';

const task = (recordsIn: number): readonly TaskProgress[] => [
  {
    vertexId: 'v',
    subtask: 0,
    recordsIn,
    recordsOut: 0,
    busyMs: recordsIn,
    backPressuredMs: 0,
    idleMs: 0,
    hasEnded: false,
  },
];
const rateOf = (window: RateWindow, records: number, nowMs: number, sinceMs = 1000) =>
  window.measure(task(records), { nowMs, sinceMs })[0]?.recordsInPerSecond;

describe('the rates of a task', () => {
  it('are those since its start at first, then those of the last minute', () => {
    const window = new RateWindow();
    expect(rateOf(window, 0, 1000)).toBe(0);
    expect(rateOf(window, 500, 6000)).toBe(100);
    expect(rateOf(window, 6500, 66_000)).toBe(100);
    expect(rateOf(window, 12_500, 126_000)).toBe(100);
    expect(rateOf(window, 12_500, 186_000)).toBe(0);
  });

  it('are those of the new attempt after a restart', () => {
    const window = new RateWindow();
    rateOf(window, 900_000, 10_000);
    expect(rateOf(window, 40, 22_000, 20_000)).toBe(20);
  });

  it('do not jump where somebody looks twice at once', () => {
    const window = new RateWindow(5000);
    rateOf(window, 100, 2000);
    rateOf(window, 101, 2001);
    expect(rateOf(window, 200, 3000)).toBe(100);
  });
});

describe('a summary', () => {
  it('has the percentiles of Flink, between the values where they fall between them', () => {
    expect(summarize([30, 10, 20, 40])).toEqual({
      ...{ min: 10, max: 40, avg: 25 },
      ...{ p50: 25, p90: 40, p95: 40, p99: 40, p999: 40 },
    });
  });

  it('of nothing is nothing', () => {
    expect(summarize([])).toMatchObject({ min: 0, max: 0, avg: 0, p50: 'NaN' });
  });
});
