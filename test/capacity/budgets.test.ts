import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBaseline } from '../../src/capacity/baseline.js';
import { readBudgets } from '../../src/capacity/budget-words.js';
import { checkBudgets } from '../../src/capacity/budgets.js';
import { jobHistory } from '../../src/capacity/job-history.js';
import { outlookOf, quotaForecast } from '../../src/capacity/outlook.js';
import { StoredTally } from '../../src/capacity/stored-files.js';
import { BUDGET_UNITS, type Budget, type BudgetName } from '../../src/model/budget.js';
import type { MeasuredCapacity } from '../../src/model/measured-capacity.js';
import { markdownCheck, renderCheck } from '../../src/render/check.js';
import { checkDocument } from '../../src/render/check-document.js';
import { githubAnnotations, junitReport, prometheusMetrics } from '../../src/render/check-files.js';
import { toJson } from '../../src/render/json.js';
import { PLAIN } from '../../src/render/palette.js';
import { UsageError } from '../../src/support/errors.js';
import { runs, testSeed } from '../support/runs.js';

const parameters = { seed: testSeed, numRuns: runs({ sample: 40, full: 2000 }) };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = 100 * DAY_MS;

interface Store {
  readonly bytes: number;
  readonly orphanBytes: number;
  readonly growthPerDay: number | null;
  /** Null where no snapshot restores. */
  readonly ageMs: number | null;
  readonly broken: number;
}

const STORE: Store = { bytes: 1000, orphanBytes: 100, growthPerDay: 50, ageMs: HOUR_MS, broken: 1 };

/** A store of one job, that has nothing but the figures which are told. */
function storeOf(fields: Partial<Store>, quotaBytes = 2000): MeasuredCapacity {
  const { bytes, orphanBytes, growthPerDay, ageMs, broken } = { ...STORE, ...fields };
  const tally = new StoredTally();
  tally.add({ role: 'exclusive', sizeBytes: bytes - orphanBytes, liveBytes: null }, 'referenced');
  tally.add({ role: 'exclusive', sizeBytes: orphanBytes, liveBytes: null }, 'orphan');
  const stored = tally.told(0);
  const history = {
    ...jobHistory([], NOW_MS),
    newestRestorableMs: ageMs === null ? null : NOW_MS - ageMs,
    largestMetadataBytes: 30,
  };
  const slope = (growthPerDay ?? 0) / DAY_MS;
  const growth =
    growthPerDay === null
      ? null
      : { bytesPerMs: slope, lowBytesPerMs: slope, highBytesPerMs: slope, points: 3, spanMs: DAY_MS };
  return {
    nowMs: NOW_MS,
    roots: [{ path: 'memory://m/flink', takenFor: 'job' }],
    jobs: [
      {
        job: 'a'.repeat(32),
        directory: null,
        stored,
        snapshots: { complete: 2, incomplete: 0, broken, unreadable: 0 },
        history,
        outlook: outlookOf(stored, history, []),
      },
    ],
    stored,
    causes: [],
    sharing: null,
    states: null,
    remedies: [],
    growth,
    peakBytes: bytes,
    quota: quotaForecast(quotaBytes, bytes, growth),
    cost: null,
    restoreMs: null,
    problems: [],
  };
}

const budget = (name: BudgetName, limit: number): Budget => ({
  name,
  unit: BUDGET_UNITS[name],
  bound: name === 'min-days-until-full' ? 'least' : 'most',
  limit,
});
const verdictOf = (name: BudgetName, limit: number, store: Partial<Store> = {}) =>
  checkBudgets(storeOf(store), [budget(name, limit)], new Map())[0]!;

describe('a budget', () => {
  it.each([
    ['max-bytes', 1000, 999, 1],
    ['max-growth-per-day', 50.001, 49, 1],
    ['max-orphan-bytes', 100, 99, 1],
    ['max-orphan-percent', 10, 9, 1],
    ['max-files', 2, 1, 1],
    ['max-metadata-bytes', 30, 29, 1],
    ['max-restorable-age', HOUR_MS, HOUR_MS - 1, 1],
    ['max-broken', 1, 0, 1],
    ['min-days-until-full', 20, 21, 1],
  ] as const)('%s is kept up to its limit, and exceeded beyond it, by so much', (name, kept, broken, by) => {
    expect(verdictOf(name, kept)).toMatchObject({ verdict: 'kept', overBy: 0 });
    const { verdict, overBy } = verdictOf(name, broken);
    expect(verdict).toBe('exceeded');
    expect(overBy).toBeCloseTo(by, 3);
  });

  it('of growth and of days is neither kept nor exceeded without enough history', () => {
    for (const name of ['max-growth-per-day', 'min-days-until-full'] as const)
      expect(verdictOf(name, 1, { growthPerDay: null })).toMatchObject({ verdict: 'unknown', actual: null });
  });

  it('of age is exceeded where no snapshot restores, and of days kept where nothing grows', () => {
    expect(verdictOf('max-restorable-age', DAY_MS, { ageMs: null }).verdict).toBe('exceeded');
    expect(verdictOf('min-days-until-full', 1000, { growthPerDay: 0 }).verdict).toBe('kept');
    expect(verdictOf('min-days-until-full', 1, { bytes: 2000 }).verdict).toBe('exceeded');
  });

  it('that is exceeded stays so when the limit becomes stricter', () => {
    const names = fc.constantFrom(...(Object.keys(BUDGET_UNITS) as BudgetName[]));
    const limits = fc.integer({ min: 0, max: 1e6 });
    fc.assert(
      fc.property(names, limits, limits, (name, a, b) => {
        const [loose, strict] = name.startsWith('min')
          ? [Math.min(a, b), Math.max(a, b)]
          : [Math.max(a, b), Math.min(a, b)];
        expect(verdictOf(name, strict).overBy).toBeGreaterThanOrEqual(verdictOf(name, loose).overBy);
      }),
      parameters,
    );
  });
});

const WORDS = {
  'max-bytes': '500B',
  'max-growth-per-day': '1B',
  'max-restorable-age': '1m',
  quota: '2000B',
  'min-days-until-full': 5,
};
const read = (words: unknown) => readBudgets(words, (path) => ['budgets', ...path].join('.'));

describe('budgets in words', () => {
  it('are read with their units', () => {
    const { quotaBytes, budgets } = read(WORDS);
    expect(quotaBytes).toBe(2000);
    expect(budgets.map(({ name, limit }) => [name, limit])).toEqual([
      ['max-bytes', 500],
      ['max-growth-per-day', 1],
      ['max-restorable-age', 60_000],
      ['min-days-until-full', 5],
    ]);
  });

  it.each([
    ['an unknown word', { 'max-byte': '1GB' }, 'max-byte'],
    ['nothing', null, 'no budget'],
    ['zero bytes', { 'max-bytes': '0B' }, 'more than nothing'],
    ['a negative count', { 'max-broken': -1 }, 'max-broken'],
    ['a size without a unit', { 'max-bytes': 5 }, 'unit'],
    ['more than all', { 'max-orphan-percent': 101 }, 'max-orphan-percent'],
    ['days without a quota', { 'min-days-until-full': 5 }, 'quota'],
    ['a quota without days', { 'max-broken': 0, quota: '1GB' }, 'bounds nothing'],
    ['more than the quota', { ...WORDS, 'max-bytes': '1GB' }, 'more than the quota'],
  ])('are refused: %s', (_, words, part) => {
    expect(() => read(words)).toThrow(UsageError);
    expect(() => read(words)).toThrow(part);
  });
});

const checkOf = (store: Partial<Store>, baseline = new Map<string, number>()) => {
  const capacity = storeOf(store);
  return { capacity, results: checkBudgets(capacity, read(WORDS).budgets, baseline) };
};

describe('a baseline', () => {
  const before = (store: Partial<Store>) =>
    readBaseline(
      { schema: 'ckpt/check', schemaVersion: 1, ...JSON.parse(toJson(checkDocument(checkOf(store)))) },
      'b',
    );
  const verdicts = (store: Partial<Store>, baseline: Partial<Store>) =>
    checkOf(store, new Map(before(baseline))).results.map(({ verdict }) => verdict);

  it('tolerates what is no worse, and nothing else', () => {
    expect(verdicts({}, {})).toEqual(['tolerated', 'tolerated', 'tolerated', 'kept']);
    expect(verdicts({ bytes: 1001 }, {})[0]).toBe('exceeded');
    expect(verdicts({ ageMs: null }, { ageMs: null })[2]).toBe('tolerated');
    expect(verdicts({ ageMs: null }, {})[2]).toBe('exceeded');
  });

  it('that did not know does not tolerate', () => {
    expect(verdicts({}, { growthPerDay: null })[1]).toBe('exceeded');
  });

  it('is the document of a check, and no other', () => {
    for (const value of [null, [], { schema: 'ckpt/list', schemaVersion: 1, budgets: [] }, 'text'])
      expect(() => readBaseline(value, 'b.json')).toThrow('b.json is no result of ckpt check');
  });
});

describe('a check', () => {
  const check = checkOf({ growthPerDay: null });

  it('for people, and as Markdown', async () => {
    const text = renderCheck(check, { palette: PLAIN, width: 140 });
    await expect(`${text}\n${markdownCheck(check)}`).toMatchFileSnapshot('../render/golden/check.txt');
  });

  it('as files for other tools', async () => {
    const files = [junitReport(check), prometheusMetrics(check), githubAnnotations(check).join('')];
    await expect(files.join('\n')).toMatchFileSnapshot('../render/golden/check-files.txt');
  });
});
