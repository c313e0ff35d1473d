// The snapshots of one group in their order. There are two orders: by checkpoint id and by time. They agree unless a
// tree was copied, or several runs whose ids start anew share a directory (create-subdir=false); then neither is right
// for sure, and rules that ask for the newest ask both.
import { canonicalKey } from '../model/location.js';
import type { SnapshotCandidate } from '../model/verdict.js';
import { groupBy } from '../support/group-by.js';

/** A snapshot that takes a place in a rule: it restores, it is no copy, and when it was taken is known. */
export type Counted<C extends SnapshotCandidate> = C & { readonly takenMs: number };

export interface Timeline<C extends SnapshotCandidate> {
  /** Newest first by id. */
  readonly all: readonly C[];
  /** Newest first. */
  readonly countedById: readonly Counted<C>[];
  readonly countedByTime: readonly Counted<C>[];
}

/** The timelines of the groups, sorted by group. Nothing depends on the order of `candidates`. */
export function timelines<C extends SnapshotCandidate>(
  candidates: readonly C[],
  nowMs: number,
): readonly Timeline<C>[] {
  const groups = groupBy(candidates, ({ group }) => group);
  return [...groups].sort(([a], [b]) => compare(a, b)).map(([, group]) => timeline(group, nowMs));
}

/** Whether the time of a snapshot can be relied on: a store that tells none, 1970 or the future does not know it. */
export function hasKnownTime<C extends SnapshotCandidate>(
  candidate: C,
  nowMs: number,
): candidate is Counted<C> {
  const { takenMs } = candidate;
  return takenMs !== null && takenMs > 0 && takenMs <= nowMs;
}

/** Whether at least `count` snapshots that restore are newer than `candidate`: by id, and not older by time. */
export function hasNewer<C extends SnapshotCandidate>(
  candidate: C,
  { countedById }: Timeline<C>,
  count: number,
): boolean {
  let found = 0;
  for (const other of countedById) {
    if (found === count || byId(other, candidate) >= 0) break;
    if (candidate.takenMs !== null && other.takenMs >= candidate.takenMs) found++;
  }
  return found === count;
}

function timeline<C extends SnapshotCandidate>(group: readonly C[], nowMs: number): Timeline<C> {
  const all = [...group].sort(byId);
  const counted = all.filter(
    (candidate): candidate is Counted<C> =>
      candidate.standing === 'restorable' && !candidate.renamed && hasKnownTime(candidate, nowMs),
  );
  return {
    all,
    countedById: counted,
    countedByTime: [...counted].sort((a, b) => compare(b.takenMs, a.takenMs) || byId(a, b)),
  };
}

/** Newest first; those without an id last. */
function byId(a: SnapshotCandidate, b: SnapshotCandidate): number {
  return (
    compare(b.checkpointId ?? -1n, a.checkpointId ?? -1n) ||
    compare(b.takenMs ?? -1, a.takenMs ?? -1) ||
    compare(canonicalKey(a.location), canonicalKey(b.location))
  );
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
