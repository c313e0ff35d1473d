// One running job: where the time of its checkpoints goes, why some failed, and what to do.
import type { ClusterJobs, ListedJob } from '../model/cluster-jobs.js';
import type { WatchedCheckpoint, WatchedCheckpoints } from '../model/watched-checkpoints.js';
import { jobsDocument, renderJobs } from './jobs.js';
import type { Look, Palette } from './palette.js';
import { formatMs } from './run.js';
import { section } from './section.js';
import { type Cell, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, UNKNOWN } from './units.js';

interface WatchedJob {
  readonly cluster: string;
  readonly job: ListedJob;
  readonly watched: WatchedCheckpoints | null;
}

/** The document of the list with this one job in it, and `history`, `advice` and times among its checkpoints. */
export function watchedJobDocument({ cluster, job, watched }: WatchedJob): object {
  const [listed] = (jobsDocument({ cluster, jobs: [job] }) as { jobs: readonly ListedJob[] }).jobs;
  const checkpoints = watched && { ...listed?.checkpoints, ...watchedDocument(watched) };
  return { cluster, jobs: [{ ...listed, checkpoints }] };
}

function watchedDocument({ history, ...rest }: WatchedCheckpoints): object {
  return {
    ...rest,
    history: history.map(({ checkpointId: id, triggeredMs, times, ...checkpoint }) => ({
      id,
      time: new Date(triggeredMs).toISOString(),
      ...checkpoint,
      times,
    })),
  };
}

export function renderWatchedJob({ cluster, job, watched }: WatchedJob, look: Look): string {
  const jobs: ClusterJobs = { cluster, jobs: [job] };
  if (watched === null) return `${renderJobs(jobs, look)}\nit takes no checkpoints\n`;
  const lines = [
    ...section('Checkpoints', historyLines(watched.history, look), look),
    ...section('What to do', adviceLines(watched, look), look),
  ];
  return `${renderJobs(jobs, look)}${lines.join('\n')}\n`;
}

function historyLines(history: readonly WatchedCheckpoint[], look: Look): readonly string[] {
  if (history.length === 0) return ['  none yet'];
  const { head, rows } = layOut(
    [
      { title: 'ID', align: 'right' },
      { title: 'STATUS' },
      { title: 'TOOK', align: 'right' },
      { title: 'T_SAVE', align: 'right' },
      { title: 'T_ACK', align: 'right' },
      { title: 'ALIGNED', align: 'right', drops: 2 },
      { title: 'WRITTEN', align: 'right', drops: 3 },
      { title: 'LAST TASK, OR WHY IT FAILED', shrinks: true },
    ],
    history.map((checkpoint) => rowOf(checkpoint, look.palette)),
    look,
  );
  return [head, ...rows];
}

function rowOf(checkpoint: WatchedCheckpoint, { good, bad, faint }: Palette): Cell[] {
  const { checkpointId, isSavepoint, status, durationMs, addedBytes, times, failure } = checkpoint;
  const paint = { COMPLETED: good, FAILED: bad, IN_PROGRESS: faint }[status];
  return [
    `${checkpointId}`,
    { text: `${status.toLowerCase().replace('_', ' ')}${isSavepoint ? ' savepoint' : ''}`, paint },
    formatMs(durationMs),
    time(times?.saveMs),
    time(times?.ackMs),
    time(times?.alignmentMs),
    formatBytes(addedBytes),
    failure === null ? (times?.lastTask ?? '') : `${failure.cause}: ${failure.message}`,
  ];
}

function time(ms: number | null | undefined): string {
  return ms == null ? UNKNOWN : formatMs(ms);
}

function adviceLines({ advice }: WatchedCheckpoints, { palette }: Look): readonly string[] {
  return advice.flatMap(({ seen, next }) => [
    `  ${visible(seen)}`,
    `    ${palette.faint('next:')} ${visible(next)}`,
  ]);
}
