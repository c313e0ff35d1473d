// From what the sources say to what holds: whoever says that a job runs is believed over whoever says that it has ended,
// and the user's word holds unless something contradicts it. Pure.

import type {
  Evidence,
  JobEvidence,
  Liveness,
  Pin,
  RunningCheckpoints,
  UsersWord,
} from '../model/evidence.js';
import { formatLocation, isWithin, type Location, parseUri } from '../model/location.js';
import type { ReportedError } from '../model/snapshot.js';
import { timeText } from '../support/time-text.js';
import type { ClusterAnswer, ClusterJob } from './cluster.js';
import type { HaAnswer } from './ha-directory.js';

/** The clock of a store or a cluster against ours, both asked at the same moment. */
export interface ClockReading {
  readonly source: string;
  readonly theirMs: number;
  readonly ourMs: number;
}

/** Everything that was gathered. A cluster may be in it several times, as it was asked several times. */
export interface Gathered {
  readonly clusters: readonly ClusterAnswer[];
  readonly haDirectories: readonly HaAnswer[];
  readonly word: UsersWord;
  readonly clocks: readonly ClockReading[];
  /** Sources that could not be asked. */
  readonly failures: readonly ReportedError[];
}

/** When files were last written; null where none was seen. */
export interface WrittenLast {
  ofJob(id: string): number | null;
  at(location: Location): number | null;
}

/** A file that is younger contradicts the word that its job has ended. */
const QUIET_MS = 3_600_000;
/** Clocks further apart than this make every age a guess. */
export const MOST_SKEW_MS = 300_000;

export function judgeEvidence(gathered: Gathered, written: WrittenLast, nowMs: number): Evidence {
  const pins = pinsOf(gathered);
  const jobs = sightings(gathered);
  const doubts = new Doubts(pins, written, nowMs);
  const contradictions: ReportedError[] = [];
  for (const id of gathered.word.jobs) {
    const known = jobs.get(id);
    const doubt = runningDoubt(known) ?? doubts.ofJob(id);
    if (doubt !== null) contradictions.push(contradicted(`--job-stopped ${id}`, doubt));
    jobs.set(id, {
      id,
      name: known?.name ?? null,
      liveness: doubt === null ? endedByWord(known) : lively(known),
    });
  }
  const stopped = gathered.word.locations.filter((location) => {
    const doubt = doubts.at(location);
    if (doubt !== null) contradictions.push(contradicted(`--stopped ${formatLocation(location)}`, doubt));
    return doubt === null;
  });
  return {
    jobs: [...jobs.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    stopped,
    pins,
    contradictions,
    blocks: [...gathered.failures, ...gathered.clocks.flatMap(skewed)],
  };
}

/** Every job that a cluster knows. */
function sightings({ clusters }: Gathered): Map<string, JobEvidence> {
  const jobs = new Map<string, JobEvidence>();
  for (const { source, jobs: seen } of clusters) {
    for (const job of seen) {
      const { id, name } = job;
      const before = jobs.get(id)?.liveness;
      const now = livenessIn(job, source);
      jobs.set(id, { id, name, liveness: before === undefined ? now : moreAlive(before, now) });
    }
  }
  return jobs;
}

function livenessIn(
  { status, endedMs, checkpoints, checkpointTimeoutMs }: ClusterJob,
  source: string,
): Liveness {
  return endedMs === null
    ? { kind: 'running', source, status, checkpoints }
    : { kind: 'ended', source, endedMs, checkpointTimeoutMs };
}

/** Of two answers about one job the one that holds more back; of two that tell of checkpoints the lower of each number. */
function moreAlive(a: Liveness, b: Liveness): Liveness {
  if (a.kind === 'running' && b.kind === 'running') {
    return { ...b, checkpoints: a.checkpoints && b.checkpoints && earlierOf(a.checkpoints, b.checkpoints) };
  }
  if (a.kind !== 'ended') return a;
  if (b.kind !== 'ended') return b;
  return (a.endedMs ?? 0) > (b.endedMs ?? 0) ? a : b;
}

function earlierOf(a: RunningCheckpoints, b: RunningCheckpoints): RunningCheckpoints {
  return {
    lowestRetainedId:
      a.lowestRetainedId !== null && b.lowestRetainedId !== null
        ? lower(a.lowestRetainedId, b.lowestRetainedId)
        : null,
    latestCompletedId: lower(a.latestCompletedId, b.latestCompletedId),
    latestCompletedTriggerMs: lower(a.latestCompletedTriggerMs, b.latestCompletedTriggerMs),
    oldestInProgressId: lower(a.oldestInProgressId, b.oldestInProgressId),
    oldestInProgressTriggerMs: lower(a.oldestInProgressTriggerMs, b.oldestInProgressTriggerMs),
    restoredId: lower(a.restoredId, b.restoredId),
    hasCompletedOwn: a.hasCompletedOwn && b.hasCompletedOwn,
    timeoutMs: a.timeoutMs !== null && b.timeoutMs !== null ? Math.max(a.timeoutMs, b.timeoutMs) : null,
  };
}

function lower<T extends number | bigint>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function pinsOf({ clusters, haDirectories }: Gathered): readonly Pin[] {
  const pins = new Map<string, Pin>();
  for (const { source, jobs } of clusters) {
    for (const pin of jobs.flatMap((job) => job.pins)) pins.set(pin.path, { ...pin, source });
  }
  for (const { source, places } of haDirectories) {
    for (const path of places) pins.set(path, { path, source, reason: 'a JobManager would go on from it' });
  }
  return [...pins.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function runningDoubt(job: JobEvidence | undefined): string | null {
  return job?.liveness.kind === 'running'
    ? `${job.liveness.source} says that it is ${job.liveness.status}`
    : null;
}

/** The user's word, with what a cluster told besides. */
function endedByWord(job: JobEvidence | undefined): Liveness {
  if (job?.liveness.kind === 'ended') return job.liveness;
  return { kind: 'ended', source: '--job-stopped', endedMs: null, checkpointTimeoutMs: null };
}

function lively(job: JobEvidence | undefined): Liveness {
  return job?.liveness.kind === 'running' ? job.liveness : { kind: 'unknown' };
}

/** What speaks against the user's word besides a cluster that shows the job. */
class Doubts {
  readonly #pins: readonly Pin[];
  readonly #written: WrittenLast;
  readonly #nowMs: number;

  constructor(pins: readonly Pin[], written: WrittenLast, nowMs: number) {
    this.#pins = pins;
    this.#written = written;
    this.#nowMs = nowMs;
  }

  ofJob(id: string): string | null {
    return this.#kept(({ path }) => path.includes(`/${id}/`)) ?? this.#young(this.#written.ofJob(id));
  }

  at(location: Location): string | null {
    const within = ({ path }: Pin) => {
      const at = parseUri(path);
      return at !== null && isWithin(at, location);
    };
    return this.#kept(within) ?? this.#young(this.#written.at(location));
  }

  #kept(concerns: (pin: Pin) => boolean): string | null {
    const pin = this.#pins.find(concerns);
    return pin === undefined ? null : `${pin.source} names ${pin.path}: ${pin.reason}`;
  }

  #young(writtenMs: number | null): string | null {
    if (writtenMs === null || writtenMs <= this.#nowMs - QUIET_MS) return null;
    const time = timeText(writtenMs);
    const when = time === null ? 'at a time that is not told' : `at ${time}`;
    return `a file of it was written ${when}, less than an hour ago`;
  }
}

function contradicted(where: string, doubt: string): ReportedError {
  return {
    code: 'evidence-contradicted',
    message: `${where} does not hold: ${doubt}`,
    where,
    next: 'wait an hour after the job has ended, or look whether it has been started again',
  };
}

function skewed({ source, theirMs, ourMs }: ClockReading): readonly ReportedError[] {
  const skewMs = theirMs - ourMs;
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return [];
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return [
    {
      code: 'clock-skew',
      message: `the clock of ${source} is ${minutes} min ${skewMs > 0 ? 'ahead of' : 'behind'} this machine’s`,
      where: source,
      next: 'set the clocks right: the age of a file cannot be told',
    },
  ];
}
