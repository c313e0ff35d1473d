// Budgets and their figures in words, the same on a terminal, in JUnit and on GitHub.
import { BUDGET_UNITS, type BudgetName, type BudgetResult, type BudgetUnit } from '../model/budget.js';
import { assertNever } from '../support/errors.js';
import { formatBytes, formatCount, formatSpan, UNKNOWN } from './units.js';

const WORDS: Readonly<Record<BudgetName, string>> = {
  'max-bytes': 'stored',
  'max-growth-per-day': 'growth a day',
  'max-orphan-bytes': 'what no snapshot needs',
  'max-orphan-percent': 'share that no snapshot needs',
  'max-files': 'files',
  'max-metadata-bytes': 'largest _metadata',
  'max-restorable-age': 'age of the newest snapshot that restores',
  'max-broken': 'broken snapshots',
  'max-unreadable': 'unreadable snapshots',
  'min-days-until-full': 'days until the quota is full',
};

/** What a budget bounds. */
export function budgetSubject({ name }: Pick<BudgetResult, 'name'>): string {
  return WORDS[name];
}

/** A figure in the unit of its budget. */
export function formatFigure({ name }: Pick<BudgetResult, 'name'>, value: number | null): string {
  if (value === null) return UNKNOWN;
  const unit: BudgetUnit = BUDGET_UNITS[name];
  if (value === Number.POSITIVE_INFINITY) return unit === 'days' ? 'never' : 'there is none';
  switch (unit) {
    case 'bytes':
    case 'bytes-per-day':
      return value < 0 ? `−${formatBytes(-value)}` : formatBytes(value);
    case 'percent':
      return `${Number(value.toFixed(1))} %`;
    case 'files':
    case 'snapshots':
      return formatCount(value);
    case 'ms':
      return formatSpan(value);
    case 'days':
      return `${Number(value.toFixed(1))} d`;
    default:
      return assertNever(unit, 'unit');
  }
}

/** `stored: 12 TiB, at most 10 TiB, 2.0 TiB over`. */
export function budgetSentence(result: BudgetResult): string {
  const bound = `at ${result.bound} ${formatFigure(result, result.limit)}`;
  const figure = `${budgetSubject(result)}: ${formatFigure(result, result.actual)}, ${bound}`;
  if (result.verdict === 'unknown') return `${budgetSubject(result)}: not enough history (${bound})`;
  return Number.isFinite(result.overBy) && result.overBy > 0 ? `${figure}, ${beyondText(result)}` : figure;
}

/** How far beyond its limit; empty where it is not. */
export function beyondText(result: BudgetResult): string {
  if (result.overBy === 0) return '';
  if (!Number.isFinite(result.overBy)) return 'there is none';
  return `${formatFigure(result, result.overBy)} ${result.bound === 'most' ? 'over' : 'short'}`;
}
