// The order in which changes are shown.
import type { OperatorGrowth } from '../model/snapshot-diff.js';

/** The largest change first, be it growth or loss. */
export function byChange(operators: readonly OperatorGrowth[]): readonly OperatorGrowth[] {
  return [...operators].sort((a, b) => Number(magnitude(b.growthBytes) - magnitude(a.growthBytes)));
}

/** How large a change is, whichever way it goes. */
export function magnitude(bytes: bigint): bigint {
  return bytes < 0n ? -bytes : bytes;
}
