// Budgets in words: section `budgets:` of a policy. What contradicts itself is refused. Loads zod.
import { z } from 'zod';
import { BUDGET_UNITS, type Budget, type BudgetName } from '../model/budget.js';
import { UsageError } from '../support/errors.js';
import { duration, type PlaceOf, readWords, size } from '../support/words.js';

const POSITIVE = 'must be more than nothing';
const count = () => z.int().min(0).max(1_000_000_000_000);
const someBytes = () => size().refine((bytes) => bytes > 0, POSITIVE);

/** Section `budgets:`. */
export const budgetWords = z.strictObject({
  'max-bytes': someBytes().describe('All that is stored.').optional(),
  'max-growth-per-day': size().describe('Growth of the store in a day.').optional(),
  'max-orphan-bytes': size().describe('What no snapshot needs.').optional(),
  'max-orphan-percent': z.number().min(0).max(100).describe('Its share of all that is stored.').optional(),
  'max-files': count().min(1).describe('All files.').optional(),
  'max-metadata-bytes': someBytes().describe('The largest _metadata.').optional(),
  'max-restorable-age': duration()
    .refine((ms) => ms > 0, POSITIVE)
    .describe('Age of the newest snapshot that restores.')
    .optional(),
  'max-broken': count().describe('Snapshots that have lost files.').optional(),
  'max-unreadable': count().describe('Snapshots whose _metadata cannot be read.').optional(),
  quota: someBytes().describe('What min-days-until-full is counted to.').optional(),
  'min-days-until-full': z.number().gt(0).max(100_000).describe('Until the quota is full.').optional(),
});

const BUDGET_NAMES = Object.keys(BUDGET_UNITS) as readonly BudgetName[];

export interface Budgets {
  readonly quotaBytes: number | null;
  /** At least one, in the order of BUDGET_UNITS. */
  readonly budgets: readonly Budget[];
}

/** Throws a UsageError for unknown words, values that mean nothing, contradictions, and where there is no budget. */
export function readBudgets(words: unknown, placeOf: PlaceOf): Budgets {
  const given = readWords(budgetWords, words, placeOf);
  const budgets = BUDGET_NAMES.flatMap((name): Budget[] => {
    const [limit, unit] = [given[name], BUDGET_UNITS[name]];
    const bound = name.startsWith('min-') ? 'least' : 'most';
    return limit === undefined ? [] : [{ name, unit, bound, limit }];
  });
  const { quota, 'min-days-until-full': days, 'max-bytes': most } = given;
  if (days !== undefined && quota === undefined)
    throw refusal('min-days-until-full says until when, but no quota what is full', 'add quota', placeOf);
  if (quota !== undefined && days === undefined)
    throw refusal('a quota alone bounds nothing', 'add min-days-until-full, or say max-bytes', placeOf);
  if (quota !== undefined && most !== undefined && most > quota)
    throw refusal('max-bytes is more than the quota', 'lower one or raise the other', placeOf);
  if (budgets.length === 0)
    throw refusal('there is no budget', `give at least one of ${BUDGET_NAMES.join(', ')}`, placeOf);
  return { quotaBytes: quota ?? null, budgets };
}

function refusal(problem: string, next: string, placeOf: PlaceOf): UsageError {
  const where = placeOf([]);
  return new UsageError(`${where}: ${problem}`, { where, next });
}
