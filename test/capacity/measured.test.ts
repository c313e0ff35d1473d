import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobHistory } from '../../src/capacity/job-history.js';
import { outlookOf, quotaForecast } from '../../src/capacity/outlook.js';
import { priceTable } from '../../src/capacity/price-words.js';
import { neededBytes, StoredTally, sumOfStored } from '../../src/capacity/stored-files.js';
import { type Point, theilSen } from '../../src/capacity/trend.js';
import { WrittenFiles } from '../../src/capacity/written-files.js';
import { FILE_CLASSES, type FileClass, type FileRole } from '../../src/model/file-class.js';
import type { SnapshotSample, Trend } from '../../src/model/measured-capacity.js';
import { UsageError } from '../../src/support/errors.js';
import { runs, testSeed } from '../support/runs.js';

const parameters = { seed: testSeed, numRuns: runs({ sample: 60, full: 3000 }) };
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

const points = fc.array(
  fc.record({ timeMs: fc.integer({ min: 0, max: 1e9 }), bytes: fc.integer({ min: 0, max: 1e12 }) }),
  { maxLength: 30 },
);

function expectNear(actual: number, expected: number, scale = Math.abs(expected)) {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.max(scale, 1e-9));
}

describe('a trend', () => {
  it('is not told of fewer than three times', () => {
    const at = (timeMs: number): Point => ({ timeMs, bytes: timeMs });
    expect(theilSen([])).toBeNull();
    expect(theilSen([at(1), at(2)])).toBeNull();
    expect(theilSen([at(1), at(1), at(2), at(2)])).toBeNull();
    expect(theilSen([at(1), at(2), at(3)])).toMatchObject({ bytesPerMs: 1, points: 3, spanMs: 2 });
  });

  it('finds a line again, in any order of its points', () => {
    const line = fc.record({
      slope: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      times: fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { minLength: 3, maxLength: 30 }),
    });
    fc.assert(
      fc.property(line, ({ slope, times }) => {
        const trend = theilSen(times.map((timeMs) => ({ timeMs, bytes: 5 + slope * timeMs })))!;
        for (const value of [trend.bytesPerMs, trend.lowBytesPerMs, trend.highBytesPerMs])
          expectNear(value, slope, 1e6);
      }),
      parameters,
    );
  });

  it('is not bent by one odd point among many', () => {
    const line = Array.from({ length: 20 }, (_, index) => ({ timeMs: index * 1000, bytes: index * 7000 }));
    const odd = line.map((point, index) => (index === 9 ? { ...point, bytes: 1e12 } : point));
    expect(theilSen(odd)!.bytesPerMs).toBeCloseTo(7, 6);
  });

  it('has its spread around it, and never falls where a size grows that comes last', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 1e12 }), (some, more) => {
        const before = theilSen(some);
        fc.pre(before !== null);
        expect(before.lowBytesPerMs).toBeLessThanOrEqual(before.bytesPerMs);
        expect(before.bytesPerMs).toBeLessThanOrEqual(before.highBytesPerMs);
        const lastMs = Math.max(...some.map(({ timeMs }) => timeMs));
        const grown = some.map((point) =>
          point.timeMs === lastMs ? { ...point, bytes: point.bytes + more } : point,
        );
        expect(theilSen(grown)!.bytesPerMs).toBeGreaterThanOrEqual(before.bytesPerMs);
      }),
      parameters,
    );
  });
});

const trend = (perDay: number): Trend => ({
  bytesPerMs: perDay / DAY_MS,
  lowBytesPerMs: perDay / 2 / DAY_MS,
  highBytesPerMs: (perDay * 2) / DAY_MS,
  points: 3,
  spanMs: DAY_MS,
});

describe('a quota', () => {
  it.each([
    ['growing', 100, trend(10), 9],
    ['full', 10, trend(10), 0],
    ['full', 5, null, 0],
    ['not-growing', 100, trend(0), null],
    ['not-growing', 100, trend(-5), null],
    ['not-enough-history', 100, null, null],
  ] as const)('is %s', (verdict, quota, growth, days) => {
    expect(quotaForecast(quota, 10, growth)).toMatchObject({ verdict, days });
  });

  it('is full the later the larger it is, and the sooner the more is stored or the faster it grows', () => {
    const amount = fc.integer({ min: 1, max: 1e12 });
    const days = (quota: number, stored: number, perDay: number) =>
      quotaForecast(quota, stored, trend(perDay)).days!;
    fc.assert(
      fc.property(amount, amount, amount, amount, (quota, stored, perDay, more) => {
        const now = days(quota, stored, perDay);
        expect(now).toBeGreaterThanOrEqual(0);
        expect(days(quota + more, stored, perDay)).toBeGreaterThanOrEqual(now);
        expect(days(quota, stored + more, perDay)).toBeLessThanOrEqual(now);
        expect(days(quota, stored, perDay + more)).toBeLessThanOrEqual(now);
        const { earliestDays, latestDays } = quotaForecast(quota, stored, trend(perDay));
        expect(earliestDays!).toBeLessThanOrEqual(now);
        expect(latestDays!).toBeGreaterThanOrEqual(now);
      }),
      parameters,
    );
  });
});

const sample = (id: number, fields: Partial<SnapshotSample> = {}): SnapshotSample => ({
  path: `memory://m/chk-${id}`,
  job: 'a'.repeat(32),
  checkpointId: BigInt(id),
  kind: 'checkpoint',
  condition: 'complete',
  restorable: true,
  timeMs: id * MINUTE_MS,
  metadataBytes: 10,
  sizes: { fullBytes: id * 1000, addedBytes: 100 + id, inlineBytes: 5, files: 2, operators: [] },
  ...fields,
});
const historyOf = (ids: readonly number[], nowMs: number) =>
  jobHistory(
    ids.map((id) => sample(id)),
    nowMs,
  );

describe('the history of a job', () => {
  it('tells interval, growth and what a checkpoint writes, in any order of its checkpoints', () => {
    const { newest, intervalMs, growth, writtenBytes, idle } = historyOf([4, 2, 3, 7], 10 * MINUTE_MS);
    expect(newest?.checkpointId).toBe(7n);
    expect(intervalMs).toBe(MINUTE_MS);
    expect(growth).toMatchObject({ bytesPerMs: 1000 / MINUTE_MS, points: 4, spanMs: 5 * MINUTE_MS });
    expect(writtenBytes).toEqual({ middle: 103.5 - 5 + 10, largest: 107 - 5 + 10 });
    expect(idle).toBe(false);
  });

  it.each([
    ['none', []],
    ['one', [1]],
    ['two', [1, 2]],
  ])('tells no growth of %s', (_, ids) => {
    expect(historyOf(ids, 0).growth).toBeNull();
  });

  it('tells neither growth nor interval of checkpoints that are within seconds, as in a copy', () => {
    const copied = [1, 2, 3].map((id) => sample(id, { timeMs: 1000 * id }));
    expect(jobHistory(copied, 0)).toMatchObject({ growth: null, intervalMs: null });
  });

  it('takes a job for idle that has not taken a checkpoint for long', () => {
    const hours = (count: number) => historyOf([1, 2, 3], count * 60 * MINUTE_MS).idle;
    expect([hours(1), hours(2)]).toEqual([false, true]);
  });

  it('leaves out what was not read and when nobody knows', () => {
    const samples = [1, 2, 3, 4, 5].map((id) => sample(id));
    samples.push(sample(6, { sizes: null, condition: 'unreadable', restorable: false }));
    samples.push(sample(7, { timeMs: null }));
    const { checkpoints, newestRestorableMs } = jobHistory(samples, 0);
    expect(checkpoints.map(({ checkpointId }) => checkpointId)).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(newestRestorableMs).toBe(5 * MINUTE_MS);
  });
});

const ROLES: readonly FileRole[] = [
  'exclusive',
  'shared',
  'merged',
  'changelog',
  'task-owned',
  'savepoint',
  'forst',
];
const files = fc.array(
  fc.record({
    fileClass: fc.constantFrom(...FILE_CLASSES),
    role: fc.constantFrom(...ROLES),
    sizeBytes: fc.integer({ min: 0, max: 1e10 }),
    live: fc.option(fc.double({ min: 0, max: 1.5, noNaN: true })),
  }),
  { maxLength: 30 },
);

describe('what is stored', () => {
  const tallied = (
    list: readonly { fileClass: FileClass; role: FileRole; sizeBytes: number; live: number | null }[],
  ) => {
    const tally = new StoredTally();
    for (const { fileClass, role, sizeBytes, live } of list)
      tally.add(
        { role, sizeBytes, liveBytes: live === null ? null : Math.floor(live * sizeBytes) },
        fileClass,
      );
    return tally;
  };

  it('has every byte in one portion and in one range of sizes, and sums of parts are those of the whole', () => {
    fc.assert(
      fc.property(files, files, fc.integer({ min: 0, max: 1e10 }), (some, others, inlineBytes) => {
        const all = tallied([...some, ...others]);
        const { portions, total, sizes } = all.told(inlineBytes);
        expect(Object.values(portions).reduce((a, b) => a + b, 0)).toBe(total.bytes);
        expect(Math.min(...Object.values(portions))).toBeGreaterThanOrEqual(0);
        expect(sizes.reduce((sum, range) => sum + range.files, 0)).toBe(total.files);
        expect(sizes.reduce((sum, range) => sum + range.bytes, 0)).toBe(total.bytes);
        expect(sumOfStored([tallied(some).told(0), tallied(others).told(0)])).toEqual(all.told(0));
      }),
      parameters,
    );
  });

  it('tells bytes of merged files that nothing uses from those in use', () => {
    const tally = tallied([{ fileClass: 'referenced', role: 'merged', sizeBytes: 100, live: 0.3 }]);
    expect(tally.told(0).portions).toMatchObject({ merged: 30, amplified: 70 });
  });
});

describe('the outlook', () => {
  const stored = () => {
    const tally = new StoredTally();
    for (const fileClass of ['referenced', 'metadata', 'orphan'] as const)
      tally.add({ role: 'exclusive', sizeBytes: 7000, liveBytes: null }, fileClass);
    return tally.told(0);
  };

  it('grows as many bytes in the store for one of state as there are now', () => {
    const history = historyOf([5, 6, 7], 8 * MINUTE_MS);
    const outlook = outlookOf(stored(), history, [2, 3, 10]);
    expect(outlook.steadyBytes).toBe(neededBytes(stored()));
    expect(outlook.steadyBytes).toBe(14_000);
    expect(outlook.peakBytes).toBe(21_000 + 112);
    expectNear(outlook.growth!.bytesPerMs, 2000 / MINUTE_MS);
    expect(outlook).toMatchObject({ filesPerCheckpoint: 4, checkpointsPerDay: 1440 });
  });

  it('does not grow where the job is idle, and is not known without a history', () => {
    expect(outlookOf(stored(), historyOf([5, 6, 7], DAY_MS), []).growth?.bytesPerMs).toBe(0);
    expect(outlookOf(stored(), historyOf([7], 0), [])).toMatchObject({
      growth: null,
      writtenBytesPerDay: null,
      filesPerCheckpoint: null,
    });
  });

  it('counts files to the checkpoint that came next', () => {
    const written = new WrittenFiles([10, 20, 30]);
    for (const timeMs of [1, 10, 11, 20, 25, 31, null]) written.add(timeMs);
    expect(written.told()).toEqual([2, 1]);
  });
});

describe('prices', () => {
  const LEAST = { 'as-of': '2026-01-31', 'storage-per-gib-month': 0.02, 'put-per-1000': 0.005 };
  const read = (words: unknown) => priceTable(words, (path) => ['prices.yaml', ...path].join('.'));

  it('have a date, and defaults that cost no less', () => {
    expect(read(LEAST)).toMatchObject({
      asOf: '2026-01-31',
      currency: 'USD',
      listPer1000: 0.005,
      getPer1000: 0,
    });
  });

  it.each([
    ['no date', { ...LEAST, 'as-of': undefined }, 'as-of'],
    ['a date that is none', { ...LEAST, 'as-of': 'today' }, 'as-of'],
    ['a negative price', { ...LEAST, 'put-per-1000': -1 }, 'put-per-1000'],
    ['a price with a unit', { ...LEAST, 'put-per-1000': '5 cents' }, 'put-per-1000'],
    ['an unknown word', { ...LEAST, 'pot-per-1000': 1 }, 'pot-per-1000'],
    ['nothing', null, 'as-of'],
    ['a text', 'free', 'prices.yaml'],
  ])('are refused: %s', (_, words, place) => {
    expect(() => read(words)).toThrow(UsageError);
    expect(() => read(words)).toThrow(place);
  });
});
