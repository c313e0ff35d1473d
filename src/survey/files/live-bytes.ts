// How much of a merged file is in use: segments of all snapshots laid over each other.

/** The bytes covered by ranges that are given as start, end, start, end, …; ranges may overlap and repeat. */
export function liveBytesOf(ranges: readonly number[]): number {
  const order = Array.from({ length: ranges.length / 2 }, (_, index) => index * 2);
  order.sort((a, b) => ranges[a]! - ranges[b]!);
  let live = 0;
  let covered = 0;
  for (const at of order) {
    const start = Math.max(ranges[at]!, covered);
    const end = ranges[at + 1]!;
    if (end > start) live += end - start;
    covered = Math.max(covered, end);
  }
  return live;
}
