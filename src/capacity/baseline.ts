// The document of an earlier `ckpt check --json` as a baseline. Loads zod.
import { z } from 'zod';
import type { Baseline } from '../model/budget.js';
import { UsageError } from '../support/errors.js';

const document = z.object({
  schema: z.literal('ckpt/check'),
  schemaVersion: z.literal(1),
  budgets: z.array(
    z.object({
      budget: z.string(),
      actual: z.number().nullable(),
      verdict: z.enum(['kept', 'exceeded', 'tolerated', 'unknown']),
    }),
  ),
});

/** What no snapshot and no growth came to is Infinity there too; what was unknown is no baseline. Throws a UsageError. */
export function readBaseline(value: unknown, where: string): Baseline {
  const parsed = document.safeParse(value);
  if (!parsed.success)
    throw new UsageError(`${where} is no result of ckpt check`, {
      where,
      next: 'write one with ckpt check … --json > baseline.json',
      cause: parsed.error,
    });
  const known = parsed.data.budgets.filter(({ verdict }) => verdict !== 'unknown');
  return new Map(known.map(({ budget, actual }) => [budget, actual ?? Number.POSITIVE_INFINITY]));
}
