// `ckpt check --json`, which is a baseline too. The fields are public: they are added to, never renamed.
import { BUDGET_UNITS, type BudgetCheck } from '../model/budget.js';
import { measuredCapacityDocument } from './measured-capacity-document.js';

/** The document below its `schema` and `schemaVersion`. JSON has no Infinity: it is null. */
export function checkDocument({ capacity, results }: BudgetCheck): object {
  return {
    passed: !results.some(({ verdict }) => verdict === 'exceeded'),
    budgets: results.map(({ name, bound, limit, actual, overBy, baseline, verdict }) => ({
      budget: name,
      unit: BUDGET_UNITS[name],
      bound,
      limit,
      actual,
      overBy,
      baseline,
      verdict,
    })),
    capacity: measuredCapacityDocument(capacity),
  };
}
