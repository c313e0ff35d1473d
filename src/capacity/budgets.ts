// What is measured, held against budgets. Every figure is of all given locations together.
import type { Baseline, Budget, BudgetName, BudgetResult, BudgetVerdict } from '../model/budget.js';
import type { JobCapacity, MeasuredCapacity } from '../model/measured-capacity.js';
import type { SnapshotCondition } from '../model/snapshot.js';

const DAY_MS = 86_400_000;

/** A result for each budget, in their order. */
export function checkBudgets(
  capacity: MeasuredCapacity,
  budgets: readonly Budget[],
  baseline: Baseline,
): readonly BudgetResult[] {
  return budgets.map((budget) => resultOf(budget, FIGURES[budget.name](capacity), baseline));
}

/** What a budget bounds; null where there is not enough history. */
type Figure = (capacity: MeasuredCapacity) => number | null;

const FIGURES: Readonly<Record<BudgetName, Figure>> = {
  'max-bytes': ({ stored }) => stored.total.bytes,
  'max-growth-per-day': ({ growth }) => growth && growth.bytesPerMs * DAY_MS,
  'max-orphan-bytes': ({ stored }) => stored.portions.orphaned,
  'max-orphan-percent': ({ stored: { portions, total } }) =>
    total.bytes === 0 ? 0 : (100 * portions.orphaned) / total.bytes,
  'max-files': ({ stored }) => stored.total.files,
  'max-metadata-bytes': ({ jobs }) => most(jobs, ({ history }) => history.largestMetadataBytes),
  'max-restorable-age': ({ jobs, nowMs }) => {
    const newestMs = jobs.flatMap(({ history }) => history.newestRestorableMs ?? []);
    return newestMs.length === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(0, nowMs - newestMs.reduce((a, b) => Math.max(a, b)));
  },
  'max-broken': ({ jobs }) => countOf(jobs, 'broken'),
  'max-unreadable': ({ jobs }) => countOf(jobs, 'unreadable'),
  'min-days-until-full': ({ quota }) =>
    quota?.verdict === 'not-growing' ? Number.POSITIVE_INFINITY : (quota?.days ?? null),
};

function resultOf(budget: Budget, actual: number | null, baselines: Baseline): BudgetResult {
  const baseline = baselines.get(budget.name) ?? null;
  const overBy = actual === null ? 0 : beyond(budget, actual, budget.limit);
  return { ...budget, actual, overBy, baseline, verdict: verdictOf(budget, { actual, overBy, baseline }) };
}

function verdictOf(
  budget: Budget,
  { actual, overBy, baseline }: Pick<BudgetResult, 'actual' | 'overBy' | 'baseline'>,
): BudgetVerdict {
  if (actual === null) return 'unknown';
  if (overBy === 0) return 'kept';
  return baseline !== null && beyond(budget, actual, baseline) === 0 ? 'tolerated' : 'exceeded';
}

/** How far `actual` is on the wrong side of `limit`. */
function beyond({ bound }: Budget, actual: number, limit: number): number {
  if (actual === limit) return 0;
  return Math.max(0, bound === 'most' ? actual - limit : limit - actual);
}

function countOf(jobs: readonly JobCapacity[], condition: SnapshotCondition): number {
  return jobs.reduce((sum, { snapshots }) => sum + snapshots[condition], 0);
}

function most(jobs: readonly JobCapacity[], of: (job: JobCapacity) => number): number {
  return jobs.reduce((largest, job) => Math.max(largest, of(job)), 0);
}
