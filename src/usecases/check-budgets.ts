// `ckpt check`: a measurement, held against budgets.
import { readBaseline } from '../capacity/baseline.js';
import { readBudgets } from '../capacity/budget-words.js';
import { checkBudgets } from '../capacity/budgets.js';
import type { BudgetCheck } from '../model/budget.js';
import type { Location } from '../model/location.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { measureCapacity } from './measure-capacity.js';

export interface CheckOptions extends SurveyOptions {
  /** The section `budgets:` of a policy, and the file that it stands in. */
  readonly policy: { readonly budgets: unknown; readonly where: string };
  /** The document of an earlier check, and its file. */
  readonly baseline: { readonly path: string; readonly words: unknown } | null;
}

/** Throws as `measureCapacity` does, and a UsageError for budgets and a baseline that are none. */
export async function checkStore(
  locations: readonly Location[],
  { policy, baseline, ...options }: CheckOptions,
): Promise<BudgetCheck> {
  const { budgets, quotaBytes } = readBudgets(
    policy.budgets,
    (path) => `${['budgets', ...path].join('.')} in ${policy.where}`,
  );
  const before = baseline === null ? new Map() : readBaseline(baseline.words, baseline.path);
  const measured = { quotaBytes, prices: null, bandwidthBytesPerSecond: null };
  const capacity = await measureCapacity(locations, { ...options, ...measured });
  return { capacity, results: checkBudgets(capacity, budgets, before) };
}
