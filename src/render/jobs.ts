// Jobs of a cluster, for people and as documents.

import type { CheckpointFacts, ClusterJobs, ListedJob, TakenCheckpoint } from '../model/cluster-jobs.js';
import { timeText } from '../support/time-text.js';
import type { Look, Palette } from './palette.js';
import { formatMs } from './run.js';
import { type Cell, table } from './table.js';
import { formatBytes, formatCount, UNKNOWN } from './units.js';

/** The fields are public: they are added to, never renamed. */
export function jobsDocument({ cluster, jobs }: ClusterJobs): object {
  return { cluster, jobs: jobs.map(jobDocument) };
}

export function takenDocument({ job, ...facts }: TakenCheckpoint): object {
  return { job, ...factsDocument(facts) };
}

export function renderJobs({ jobs }: ClusterJobs, look: Look): string {
  if (jobs.length === 0) return 'the cluster knows of no job\n';
  return table(
    [
      { title: 'JOB' },
      { title: 'NAME', shrinks: true },
      { title: 'STATE' },
      { title: 'FOR', align: 'right' },
      { title: 'TASKS', align: 'right', drops: 1 },
      { title: 'CHECKPOINTS', align: 'right' },
      { title: 'FAILED', align: 'right', drops: 2 },
      { title: 'NEWEST', align: 'right' },
      { title: 'STATE SIZE', align: 'right' },
      { title: 'TOOK', align: 'right', drops: 3 },
    ],
    jobs.map((job) => rowOf(job, look.palette)),
    look,
  );
}

function rowOf({ job, name, state, durationMs, tasks, checkpoints }: ListedJob, palette: Palette): Cell[] {
  const latest = checkpoints?.latest ?? null;
  return [
    job,
    name,
    { text: state, paint: paintOf(state, palette) },
    formatMs(durationMs),
    `${tasks.running}/${tasks.total}`,
    checkpoints === null ? UNKNOWN : formatCount(checkpoints.completed),
    checkpoints === null ? UNKNOWN : formatCount(checkpoints.failed),
    latest === null ? UNKNOWN : `${latest.checkpointId}`,
    formatBytes(latest?.stateBytes ?? null),
    latest === null ? UNKNOWN : formatMs(latest.durationMs),
  ];
}

function paintOf(state: string, { good, bad, warning, faint }: Palette): (text: string) => string {
  if (state === 'RUNNING') return good;
  if (state === 'FAILED' || state === 'FAILING') return bad;
  return state === 'FINISHED' || state === 'CANCELED' ? faint : warning;
}

function jobDocument({ startMs, endMs, checkpoints, ...job }: ListedJob): object {
  return {
    ...job,
    startTime: timeText(startMs),
    endTime: timeText(endMs),
    checkpoints: checkpoints && {
      ...checkpoints,
      latest: checkpoints.latest && factsDocument(checkpoints.latest),
    },
  };
}

function factsDocument({
  checkpointId: id,
  path,
  triggeredMs,
  durationMs,
  stateBytes,
}: CheckpointFacts): object {
  return { id, path, time: timeText(triggeredMs), durationMs, stateBytes };
}
