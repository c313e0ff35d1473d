// What a plan comes to.
import { isFile, type PlannedDeletion, type PlanTotals } from '../model/plan.js';

/** What becomes of the bytes: `versions` stay in a bucket that keeps them, until they expire there. */
export type Fate = 'freed' | 'trash' | 'versions';

export function totalsOf(deletions: readonly PlannedDeletion[], fate: Fate): Omit<PlanTotals, 'heldBack'> {
  const files = deletions.filter(isFile);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return {
    files: files.length,
    uploads: deletions.filter(({ kind }) => kind === 'open-upload').length,
    bytes,
    bytesFreedNow: fate === 'freed' ? bytes : 0,
    bytesFreedAfterTrash: fate === 'versions' ? 0 : bytes,
  };
}
