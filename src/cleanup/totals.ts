// What a plan comes to.
import { freedBytes, isFile, type PlannedDeletion, type PlanTotals } from '../model/plan.js';

/** What becomes of the bytes: `versions` stay in a bucket that keeps them, until they expire there. */
export type Fate = 'freed' | 'trash' | 'versions';

export function totalsOf(deletions: readonly PlannedDeletion[], fate: Fate): Omit<PlanTotals, 'heldBack'> {
  let [files, uploads, bytes, freed] = [0, 0, 0, 0];
  for (const deletion of deletions) {
    if (deletion.kind === 'open-upload') uploads++;
    if (!isFile(deletion)) continue;
    files++;
    bytes += deletion.bytes;
    freed += freedBytes(deletion);
  }
  return {
    files,
    uploads,
    bytes,
    bytesFreedNow: fate === 'freed' ? freed : 0,
    bytesFreedAfterTrash: fate === 'versions' ? 0 : freed,
  };
}
