// A plan out of a file.
import { piecesAt } from '../cleanup/own-files.js';
import { readPlan } from '../cleanup/plan-document.js';
import { formatLocation, type Location } from '../model/location.js';
import type { Plan } from '../model/plan.js';
import type { OpenReader } from '../storage/open.js';

/** The plan in the file at `at`; throws what the store throws, and a RefusalError where it is no plan of this version. */
export async function loadPlan(
  at: Location,
  { openReader, toolVersion }: { readonly openReader: OpenReader; readonly toolVersion: string },
): Promise<Plan> {
  const reader = await openReader(at);
  return readPlan(piecesAt(at, reader), { where: formatLocation(at), toolVersion });
}
