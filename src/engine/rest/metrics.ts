// `GET /metrics`: what Flink's Prometheus reporter would say of the job, with its names, labels and types.
// Source: Flink AbstractPrometheusReporter, CheckpointStatsTracker, TaskIOMetricGroup, JobStatus metrics.
import type { TaskProgress } from '../../model/job-progress.js';
import { endToEndMs, sizesOf } from './checkpoint-answers.js';
import type { CheckpointRecord } from './checkpoint-history.js';
import type { JobMonitor } from './job-monitor.js';
import type { TaskRates } from './task-rates.js';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Task = TaskProgress & TaskRates;

export function prometheusMetrics(monitor: JobMonitor): string {
  const labels = { job_id: monitor.job.jobId, job_name: monitor.graph.jobName, host: 'localhost' };
  const ofJob = Object.entries(jobValues(monitor)).map(([name, value]) =>
    family('jobmanager_job', name, [{ labels, value }]),
  );
  const tasks = monitor.tasks();
  const ofTasks = Object.entries(TASK_METRICS).map(([name, value]) =>
    family(
      'taskmanager_job_task',
      name,
      tasks.map((task) => ({ labels: { ...labels, ...taskLabels(monitor, task) }, value: value(task) })),
    ),
  );
  return [...ofJob, ...ofTasks].join('');
}

/** Flink has its counters as gauges too: they may fall. */
function family(scope: string, name: string, samples: readonly Sample[]): string {
  const full = `flink_${scope}_${name}`;
  const lines = samples.map(({ labels, value }) => `${full}{${labelled(labels)}} ${value}\n`);
  return `# HELP ${full} ${name} (scope: ${scope})\n# TYPE ${full} gauge\n${lines.join('')}`;
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, text]) => `${name}="${text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
    .join(',');
}

function jobValues(monitor: JobMonitor): Readonly<Record<string, number>> {
  const { counts, latest } = monitor.checkpoints;
  const { nowMs, endedMs, startedMs, restarts, attemptMs, hasEnded } = monitor;
  return {
    totalNumberOfCheckpoints: counts.total,
    numberOfInProgressCheckpoints: counts.in_progress,
    numberOfCompletedCheckpoints: counts.completed,
    numberOfFailedCheckpoints: counts.failed,
    lastCheckpointRestoreTimestamp: latest.restored?.atMs ?? -1,
    ...lastCheckpoint(latest.completed),
    numRestarts: restarts,
    uptime: hasEnded ? -1 : nowMs - attemptMs,
    downtime: monitor.state === 'RESTARTING' ? nowMs - monitor.since('RESTARTING') : hasEnded ? -1 : 0,
    runningTime: monitor.state === 'RUNNING' ? nowMs - monitor.since('RUNNING') : 0,
    initializingTime: monitor.since('CREATED') === 0 ? (endedMs ?? nowMs) - startedMs : 0,
  };
}

/** -1 where none is complete, as in Flink. */
function lastCheckpoint(record: CheckpointRecord | null): Readonly<Record<string, number>> {
  const completed = record?.outcome.kind === 'completed' ? record.outcome : null;
  return {
    lastCompletedCheckpointId: record?.id ?? -1,
    lastCheckpointSize: record === null ? -1 : sizesOf(record.subtasks).checkpointed_size,
    lastCheckpointFullSize: record === null ? -1 : sizesOf(record.subtasks).state_size,
    lastCheckpointMetadataSize: completed?.metadataBytes ?? -1,
    lastCheckpointDuration: record === null ? -1 : endToEndMs(record),
    lastCheckpointCompletedTimestamp: completed?.atMs ?? -1,
  };
}

const TASK_METRICS: Readonly<Record<string, (task: Task) => number>> = {
  numRecordsIn: (task) => task.recordsIn,
  numRecordsOut: (task) => task.recordsOut,
  numRecordsInPerSecond: (task) => task.recordsInPerSecond,
  numRecordsOutPerSecond: (task) => task.recordsOutPerSecond,
  busyTimeMsPerSecond: (task) => task.busyMsPerSecond,
  backPressuredTimeMsPerSecond: (task) => task.backPressuredMsPerSecond,
  idleTimeMsPerSecond: (task) => task.idleMsPerSecond,
  accumulateBusyTimeMs: (task) => task.busyMs,
  accumulateBackPressuredTimeMs: (task) => task.backPressuredMs,
  accumulateIdleTimeMs: (task) => task.idleMs,
};

function taskLabels({ graph, restarts }: JobMonitor, { vertexId, subtask }: Task): Record<string, string> {
  const name = graph.vertices.find(({ head }) => head.id === vertexId)?.name ?? '';
  return {
    task_id: vertexId,
    task_name: name,
    subtask_index: `${subtask}`,
    task_attempt_num: `${restarts}`,
    tm_id: 'ckpt',
  };
}
