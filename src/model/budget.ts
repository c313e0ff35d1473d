// Budgets of a store, and whether they are kept.
import type { MeasuredCapacity } from './measured-capacity.js';

export type BudgetUnit = 'bytes' | 'bytes-per-day' | 'percent' | 'files' | 'snapshots' | 'ms' | 'days';

/** The words of `budgets:` that bound something, with what they count, in the order in which they are shown. */
export const BUDGET_UNITS = {
  'max-bytes': 'bytes',
  'max-growth-per-day': 'bytes-per-day',
  'max-orphan-bytes': 'bytes',
  'max-orphan-percent': 'percent',
  'max-files': 'files',
  'max-metadata-bytes': 'bytes',
  'max-restorable-age': 'ms',
  'max-broken': 'snapshots',
  'max-unreadable': 'snapshots',
  'min-days-until-full': 'days',
} as const satisfies Readonly<Record<string, BudgetUnit>>;

export type BudgetName = keyof typeof BUDGET_UNITS;

export interface Budget {
  readonly name: BudgetName;
  readonly unit: BudgetUnit;
  /** Whether the figure may not be above the limit, or not below it. */
  readonly bound: 'most' | 'least';
  readonly limit: number;
}

/** `tolerated`: exceeded, and not by more than in the baseline. `unknown`: there is not enough history to tell. */
export type BudgetVerdict = 'kept' | 'exceeded' | 'tolerated' | 'unknown';

export interface BudgetResult extends Budget {
  /** Infinity for an age without any snapshot, and for days until a store is full that does not grow; null if unknown. */
  readonly actual: number | null;
  /** How far the figure is beyond the limit; 0 where it is not. */
  readonly overBy: number;
  /** The figure in the baseline; null where it has none. */
  readonly baseline: number | null;
  readonly verdict: BudgetVerdict;
}

export interface BudgetCheck {
  readonly capacity: MeasuredCapacity;
  /** In the order of {@link BUDGET_UNITS}. */
  readonly results: readonly BudgetResult[];
}

/** Figures of an earlier check by the names of their budgets. */
export type Baseline = ReadonlyMap<string, number>;
