// The rules of a policy, each with what it keeps of one timeline and why. Semantics are those of restic's `forget`: rules
// are ORed, hours and days without a snapshot are not counted, and where there are fewer of them than asked for, the
// oldest snapshot is kept too. Only snapshots that restore take a place.
import type { RetentionPolicy } from '../model/policy.js';
import type { PolicyRule, SnapshotCandidate } from '../model/verdict.js';
import { formatDuration, formatSize } from '../support/units.js';
import { type CalendarUnit, calendarNumber } from './calendar.js';
import type { Counted, Timeline } from './timeline.js';

export interface Rule<C extends SnapshotCandidate> {
  readonly name: PolicyRule;
  /** Why a snapshot is not kept by it. */
  readonly otherwise: string;
  /** The snapshots that it keeps, each with the reason; one may come twice. */
  readonly keeps: (timeline: Timeline<C>) => readonly (readonly [C, string])[];
}

/** Starts to add up snapshots: each call tells what one has on top of those before. */
export type SizeTally<C> = () => (snapshot: C) => bigint;

/** The rules that `policy` gives; none where everything stays. */
export function rulesOf<C extends SnapshotCandidate>(
  policy: RetentionPolicy,
  startTally: SizeTally<C>,
): readonly Rule<C>[] {
  const { keepLast, keepWithinMs, keepHourly, keepDaily, keepWeekly, keepMonthly, maxBytes } = policy;
  return [
    keepLast === null ? [] : lastRule<C>(keepLast),
    keepWithinMs === null ? [] : withinRule<C>(keepWithinMs),
    keepHourly === null ? [] : calendarRule<C>('keep-hourly', 'hour', keepHourly),
    keepDaily === null ? [] : calendarRule<C>('keep-daily', 'day', keepDaily),
    keepWeekly === null ? [] : calendarRule<C>('keep-weekly', 'week', keepWeekly),
    keepMonthly === null ? [] : calendarRule<C>('keep-monthly', 'month', keepMonthly),
    maxBytes === null ? [] : sizeRule(maxBytes, startTally),
  ].flat();
}

function lastRule<C extends SnapshotCandidate>(count: number): Rule<C> {
  const which = count === 1 ? 'the newest that restores' : `one of the ${count} newest that restore`;
  return {
    name: 'keep-last',
    otherwise: `not ${which}`,
    keeps: ({ countedById, countedByTime }) =>
      [countedById, countedByTime].flatMap((order) =>
        order.slice(0, count).map((snapshot) => [snapshot, which] as const),
      ),
  };
}

/** Broken snapshots are kept by it too: it gives places to nobody, so they take none away. */
function withinRule<C extends SnapshotCandidate>(withinMs: number): Rule<C> {
  const which = `within ${formatDuration(withinMs)} of the newest that restores`;
  return {
    name: 'keep-within',
    otherwise: `not ${which}`,
    keeps: ({ all, countedByTime: [newest] }) =>
      all
        .filter(
          ({ takenMs }) => newest !== undefined && takenMs !== null && takenMs >= newest.takenMs - withinMs,
        )
        .map((snapshot) => [snapshot, which] as const),
  };
}

function calendarRule<C extends SnapshotCandidate>(
  name: PolicyRule,
  unit: CalendarUnit,
  count: number,
): Rule<C> {
  const which = `the newest of one of the ${count} newest ${unit}s (UTC) that have one`;
  return {
    name,
    otherwise: `not ${which}`,
    keeps: ({ countedByTime }) => {
      const kept: (readonly [C, string])[] = newestOfEach(countedByTime, unit)
        .slice(0, count)
        .map((snapshot) => [snapshot, which] as const);
      const oldest = countedByTime.at(-1);
      if (oldest !== undefined && kept.length < count && kept.at(-1)?.[0] !== oldest)
        kept.push([oldest, `the oldest, as fewer than ${count} ${unit}s (UTC) have one`]);
      return kept;
    },
  };
}

function newestOfEach<C extends SnapshotCandidate>(
  newestFirst: readonly Counted<C>[],
  unit: CalendarUnit,
): readonly Counted<C>[] {
  const numberOf = calendarNumber[unit];
  return newestFirst.filter((snapshot, index) => {
    const newer = newestFirst[index - 1];
    return newer === undefined || numberOf(newer.takenMs) !== numberOf(snapshot.takenMs);
  });
}

/** Stops at the first that does not fit: what is kept is a history without holes. */
function sizeRule<C extends SnapshotCandidate>(maxBytes: number, startTally: SizeTally<C>): Rule<C> {
  const which = `among the newest that fit into ${formatSize(maxBytes)} together`;
  return {
    name: 'max-bytes',
    otherwise: `not ${which}`,
    keeps: ({ countedById, countedByTime }) =>
      [countedById, countedByTime].flatMap((order) =>
        fitting(order, maxBytes, startTally()).map((snapshot) => [snapshot, which] as const),
      ),
  };
}

function fitting<C>(
  newestFirst: readonly C[],
  maxBytes: number,
  addedBytes: (snapshot: C) => bigint,
): readonly C[] {
  let bytes = 0n;
  const tooLarge = newestFirst.findIndex((snapshot) => {
    bytes += addedBytes(snapshot);
    return bytes > BigInt(maxBytes);
  });
  return tooLarge < 0 ? newestFirst : newestFirst.slice(0, tooLarge);
}
