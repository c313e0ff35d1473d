// A running job as a person wants to see it, at one moment.
import type { JobView, VertexView } from '../../model/job-progress.js';
import { endToEndMs, sizesOf } from './checkpoint-answers.js';
import type { CheckpointRecord } from './checkpoint-history.js';
import type { JobMonitor } from './job-monitor.js';
import { RateWindow, type TaskRates } from './task-rates.js';

/** Checkpoints that are shown. */
const SHOWN = 5;
/** A person wants to see what changes, without seeing it flicker. */
const WINDOW_MS = 5000;

/** What to call for the job as it is now; rates are those of the last seconds. */
export function jobViews(monitor: JobMonitor): () => JobView {
  const rates = new RateWindow(WINDOW_MS);
  return () => {
    const { graph, state, restarts, startedMs, nowMs, checkpoints } = monitor;
    const tasks = monitor.tasks(rates);
    return {
      name: graph.jobName,
      state,
      restarts,
      forMs: nowMs - startedMs,
      vertices: graph.vertices.map(({ name, parallelism, head }) => ({
        name,
        parallelism,
        ...together(tasks.filter(({ vertexId }) => vertexId === head.id)),
      })),
      checkpoints: checkpoints.records.slice(0, SHOWN).map((record) => checkpointView(record, nowMs)),
    };
  };
}

function together(tasks: readonly TaskRates[]): Omit<VertexView, 'name' | 'parallelism'> {
  const sum = (of: keyof TaskRates) => tasks.reduce((total, task) => total + task[of], 0);
  const share = (of: keyof TaskRates) => sum(of) / Math.max(1, tasks.length) / 1000;
  return {
    recordsInPerSecond: sum('recordsInPerSecond'),
    recordsOutPerSecond: sum('recordsOutPerSecond'),
    busy: share('busyMsPerSecond'),
    backPressured: share('backPressuredMsPerSecond'),
  };
}

function checkpointView(record: CheckpointRecord, nowMs: number) {
  const { id, savepointFormat, outcome, subtasks, triggeredMs } = record;
  const { state_size: stateBytes, checkpointed_size: addedBytes } = sizesOf(subtasks);
  const alignmentMs = Math.max(0, ...subtasks.map(({ metrics }) => metrics.alignmentMs));
  return {
    id,
    kind: savepointFormat === null ? 'checkpoint' : 'savepoint',
    outcome: outcome.kind,
    stateBytes,
    addedBytes,
    alignmentMs,
    durationMs: outcome.kind === 'in-progress' ? nowMs - triggeredMs : endToEndMs(record),
  } as const;
}
