// `ckpt run` for people: what happens, a line each, and how it ended. And the document of --json.
import type { JobEvent } from '../model/job-events.js';
import { formatLocation } from '../model/location.js';
import type { RunReport } from '../model/run-report.js';
import { assertNever } from '../support/errors.js';
import type { Palette } from './palette.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

/** The line that tells of an event; null for what the reader can do without. */
export function renderJobEvent(event: JobEvent, palette: Palette): string | null {
  switch (event.kind) {
    case 'job-started':
      return `${palette.strong(visible(event.jobName))} runs as job ${palette.accent(event.jobId)}, ${plural(event.tasks, 'task')}`;
    case 'restored':
      return `${palette.good('restored')} checkpoint ${event.checkpointId}, ${formatBytes(event.stateBytes)} of state, from ${place(event)}`;
    case 'checkpoint-completed':
      return `${palette.good('checkpoint')} ${event.checkpointId}: ${formatBytes(event.stateBytes)} of state, ${plural(event.files, 'file')}, ${formatMs(event.durationMs)}, ${palette.faint(place(event))}`;
    case 'savepoint-completed':
      return `${palette.good('savepoint')} ${formatBytes(event.stateBytes)} of state, ${formatMs(event.durationMs)}, ${place(event)}`;
    case 'checkpoint-failed':
      if (event.reason === 'job-end') return null;
      return `${palette.warning('checkpoint')} ${event.checkpointId} failed (${event.reason}): ${visible(event.error.message)}`;
    case 'cleanup-failed':
      return `${palette.warning('left behind:')} ${place(event)}: ${visible(event.error.message)}`;
    case 'task-failed':
      if (event.isLast) return null;
      return `${palette.bad('failure')} of ${visible(event.task)}: ${visible(event.error.message)}`;
    case 'close-failed':
      return `${palette.warning('close')} of ${visible(event.task)} failed: ${visible(event.error.message)}`;
    case 'restarting':
      return `${palette.warning('restart')} ${event.attempt} in ${formatMs(event.delayMs)}, ${origin(event)}`;
    case 'started-afresh':
      return `starts from the beginning; to go on from the newest earlier snapshot: ${palette.accent(`-s ${place({ location: event.newest })}`)}`;
    case 'rest-listening':
      return `web page and REST API at ${palette.accent(event.url)}`;
    case 'attempt-running':
    case 'checkpoint-triggered':
    case 'checkpoint-acknowledged':
    case 'checkpoint-subsumed':
    case 'job-finished':
    case 'job-canceled':
    case 'job-failed':
      return null;
    default:
      return assertNever(event, 'event of a job');
  }
}

function origin({ checkpointId }: { readonly checkpointId: number | null }): string {
  return checkpointId === null
    ? 'from the beginning: there is no complete checkpoint'
    : `from checkpoint ${checkpointId}`;
}

function place({ location }: { readonly location: Parameters<typeof formatLocation>[0] }): string {
  return visible(formatLocation(location));
}

const STATE_WORDS = { FINISHED: 'finished', CANCELED: 'cancelled', FAILED: 'failed' } as const;

/** How the job ended and how to go on from there. */
export function renderRunReport(report: RunReport, palette: Palette): string {
  const rate = report.durationMs > 0 ? (report.sourceRecords * 1000) / report.durationMs : 0;
  const counts = [
    `${plural(report.sourceRecords, 'record')} in ${formatMs(report.durationMs)} (${formatCount(Math.round(rate))}/s)`,
    plural(report.completedCheckpoints, 'checkpoint'),
    ...(report.failedCheckpoints > 0 ? [`${formatCount(report.failedCheckpoints)} failed`] : []),
    ...(report.restarts > 0 ? [plural(report.restarts, 'restart')] : []),
  ];
  return [
    `${palette.strong(STATE_WORDS[report.state])}: ${counts.join(', ')}`,
    ...savepointLines(report, palette),
    ...retainedLines(report, palette),
  ].join('\n');
}

function savepointLines({ savepoint }: RunReport, palette: Palette): string[] {
  if (savepoint === null) return [];
  return [`savepoint: ${palette.accent(visible(savepoint))} ${palette.faint('(go on from it with -s)')}`];
}

function retainedLines({ retained }: RunReport, palette: Palette): string[] {
  const newest = retained.at(-1);
  if (newest === undefined) return [];
  const which =
    retained.length === 1 ? 'retained' : `${formatCount(retained.length)} checkpoints retained, the newest`;
  return [`${which}: ${palette.accent(visible(newest.path))} ${palette.faint('(go on from it with -s)')}`];
}

/** `12 ms`, `3.4 s`, `2 min 5 s`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The document of `--json`. */
export function runDocument(report: RunReport): object {
  const { completedCheckpoints: completed, failedCheckpoints: failed, retained, ...rest } = report;
  return {
    ...rest,
    checkpoints: { completed, failed, retained },
    newestSnapshot: report.savepoint ?? retained.at(-1)?.path ?? null,
  };
}
