// What no policy lets go (docs/safety.md lists the names). Each fence looks at one snapshot in its timeline and says why
// it must stay, or nothing.
import { namesSnapshot } from '../model/evidence.js';
import { formatLocation } from '../model/location.js';
import type { RetentionPolicy } from '../model/policy.js';
import type { JobStanding, Reason, SafetyRule, SnapshotCandidate } from '../model/verdict.js';
import { assertNever } from '../support/errors.js';
import { formatDuration } from '../support/units.js';
import { hasKnownTime, hasNewer, type Timeline } from './timeline.js';

/** What all fences are handed besides the snapshot. */
export interface Surroundings<C extends SnapshotCandidate> {
  readonly timeline: Timeline<C>;
  readonly policy: RetentionPolicy;
  readonly nowMs: number;
}

/** Newer snapshots that must restore before one goes of a job of which nothing is known. */
const NEWER_WITHOUT_EVIDENCE = 2;

type Fence = <C extends SnapshotCandidate>(snapshot: C, around: Surroundings<C>) => string | null;

const fences = {
  pinned: ({ location }, { policy }) =>
    policy.pins.some((pin) => namesSnapshot(formatLocation(pin), location)) ? 'pinned by the user' : null,
  'savepoint-untouched': ({ kind, named }, { policy }) =>
    kind === 'savepoint' && policy.savepoints === 'keep' && !named
      ? 'a savepoint, which goes only by name or with --savepoints'
      : null,
  renamed: ({ renamed }) => (renamed ? 'its place does not bear the name that Flink gave it' : null),
  unreadable: ({ standing }) => (standing === 'unreadable' ? 'its _metadata cannot be read' : null),
  unverified: ({ standing }) =>
    standing === 'unverified' ? 'some of its references could not be looked up' : null,
  'time-unknown': (snapshot, { nowMs }) =>
    hasKnownTime(snapshot, nowMs) ? null : 'when it was taken is unknown or lies in the future',
  'newest-restorable': (snapshot, { timeline: { countedById, countedByTime } }) =>
    snapshot === countedById[0] || snapshot === countedByTime[0]
      ? 'the newest of its job that restores'
      : null,
  'newer-than-restorable': (snapshot, { timeline }) =>
    isNewerThanRestorable(snapshot, timeline) ? 'newer than every snapshot of its job that restores' : null,
  'nothing-restorable': (_, { timeline: { countedById }, policy }) =>
    countedById.length === 0 && policy.wholeJobs === 'refuse'
      ? 'no snapshot of its job is known to restore'
      : null,
  young: (snapshot, { nowMs }) => {
    const { minAgeMs } = snapshot.job;
    return hasKnownTime(snapshot, nowMs) && nowMs - snapshot.takenMs < minAgeMs
      ? `younger than ${formatDuration(minAgeMs)}`
      : null;
  },
  'needed-elsewhere': ({ neededBy }) => neededBy,
  'job-running': ({ kind, checkpointId, job }) =>
    kind === 'checkpoint' ? whileRunning(job, checkpointId) : null,
  'job-unknown': (snapshot, { timeline }) =>
    snapshot.kind === 'checkpoint' &&
    snapshot.job.state === 'unknown' &&
    !hasNewer(snapshot, timeline, NEWER_WITHOUT_EVIDENCE)
      ? `nothing is known of its job, and fewer than ${NEWER_WITHOUT_EVIDENCE} newer ones restore`
      : null,
} as const satisfies Partial<Record<SafetyRule, Fence>>;

/** Every fence that keeps `snapshot`. */
export function fencesAround<C extends SnapshotCandidate>(
  snapshot: C,
  around: Surroundings<C>,
): readonly Reason[] {
  const all = Object.entries(fences) as readonly [keyof typeof fences, Fence][];
  return all.flatMap(([rule, fence]) => {
    const text = fence(snapshot, around);
    return text === null ? [] : [{ rule, text }];
  });
}

/** Somebody may still repair it: it has what nothing else has. */
function isNewerThanRestorable<C extends SnapshotCandidate>(
  snapshot: C,
  { countedById: [newestById], countedByTime: [newestByTime] }: Timeline<C>,
): boolean {
  if (newestById === undefined || newestByTime === undefined || snapshot.standing === 'restorable')
    return false;
  return (
    (snapshot.checkpointId ?? -1n) > (newestById.checkpointId ?? -1n) ||
    (snapshot.takenMs ?? -1) > newestByTime.takenMs
  );
}

function whileRunning(job: JobStanding, checkpointId: bigint | null): string | null {
  switch (job.state) {
    case 'running':
      if (job.lowestRetainedId === null || checkpointId === null)
        return 'its job is running, and what it retains is not known';
      if (checkpointId === job.restoredId) return 'its running job was restored from it';
      return checkpointId >= job.lowestRetainedId ? 'its running job retains it' : null;
    case 'ended':
    case 'unknown':
      return null;
    default:
      return assertNever(job, 'job standing');
  }
}
