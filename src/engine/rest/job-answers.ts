// The documents about the cluster, which is one job, and about that job, in Flink's fields. Times are milliseconds since
// the epoch. Source: Flink DashboardConfiguration, ClusterOverviewWithVersion, JobDetails, JobDetailsInfo, JobPlanInfo.
import type { TaskProgress } from '../../model/job-progress.js';
import { type Configuration, options } from '../configuration.js';
import type { JobGraph, JobVertex } from '../job/job-graph.js';
import { type FailureRecord, JOB_STATES, type JobMonitor } from './job-monitor.js';
import type { TaskRates } from './task-rates.js';

/** The Flink whose REST API this follows, with a mark that it is none. */
const FLINK_VERSION = '2.3.0-ckpt';
const REFRESH_MS = 1000;

type Task = TaskProgress & TaskRates;

/** `GET /config` */
export function dashboardConfig(): object {
  return {
    'refresh-interval': REFRESH_MS,
    'timezone-name': 'Coordinated Universal Time',
    'timezone-offset': 0,
    'flink-version': FLINK_VERSION,
    'flink-revision': 'ckpt',
    features: { 'web-submit': false, 'web-cancel': true, 'web-rescale': false, 'web-history': false },
  };
}

/** `GET /overview` */
export function clusterOverview(monitor: JobMonitor): object {
  const slots = Math.max(...monitor.graph.vertices.map(({ parallelism }) => parallelism));
  const { state } = monitor;
  return {
    taskmanagers: 1,
    'slots-total': slots,
    'slots-available': monitor.hasEnded ? slots : 0,
    'jobs-running': monitor.hasEnded ? 0 : 1,
    'jobs-finished': state === 'FINISHED' ? 1 : 0,
    'jobs-cancelled': state === 'CANCELED' ? 1 : 0,
    'jobs-failed': state === 'FAILED' ? 1 : 0,
    'flink-version': FLINK_VERSION,
    'flink-commit': 'ckpt',
  };
}

/** `GET /jobs` */
export function jobIds({ job, state }: JobMonitor): object {
  return { jobs: [{ id: job.jobId, status: state }] };
}

/** `GET /jobs/overview` */
export function jobsOverview(monitor: JobMonitor): object {
  const lastMs = Math.max(...JOB_STATES.map((state) => monitor.since(state)));
  const states = monitor.graph.vertices.flatMap((vertex) => taskStates(monitor, vertex));
  const { jid, name, state, schedulerType, ...times } = head(monitor);
  const tasks = Object.entries(countStates(states)).map(([key, count]) => [key.toLowerCase(), count]);
  return {
    jobs: [
      {
        ...{ jid, name, jobType: 'STREAMING', schedulerType },
        'start-time': times['start-time'],
        'end-time': times['end-time'],
        duration: times.duration,
        state,
        'last-modification': lastMs,
        tasks: { ...Object.fromEntries(tasks), total: states.length },
        'pending-operators': 0,
      },
    ],
  };
}

/** `GET /jobs/:jobid` */
export function jobDetails(monitor: JobMonitor): object {
  const { jid, name, state, schedulerType, ...times } = head(monitor);
  const tasks = monitor.tasks();
  return {
    jid,
    'application-id': jid,
    name,
    isStoppable: false,
    state,
    'job-type': 'STREAMING',
    schedulerType,
    ...times,
    maxParallelism: -1,
    now: monitor.nowMs,
    timestamps: {
      ...Object.fromEntries(JOB_STATES.map((each) => [each, monitor.since(each)])),
      RECONCILING: 0,
      SUSPENDED: 0,
    },
    vertices: monitor.graph.vertices.map((vertex) => vertexEntry(monitor, vertex, tasks)),
    'status-counts': countStates(
      monitor.graph.vertices.map((vertex) => aggregate(taskStates(monitor, vertex))),
    ),
    plan: planOf(monitor),
    'pending-operators': 0,
  };
}

/** `GET /jobs/:jobid/plan` */
export function jobPlan(monitor: JobMonitor): object {
  return { plan: planOf(monitor) };
}

/** `GET /jobs/:jobid/config` */
export function jobConfig({ job, graph }: JobMonitor, configuration: Configuration): object {
  const strategy = configuration.get(options.restartStrategy);
  return {
    jid: job.jobId,
    name: graph.jobName,
    'execution-config': {
      'restart-strategy': configuration.has(options.restartStrategy)
        ? strategy
        : 'Cluster level default restart strategy',
      'job-parallelism': configuration.get(options.parallelism),
      'object-reuse-mode': true,
      'user-config': {},
    },
  };
}

/** `GET /jobs/:jobid/exceptions` */
export function jobExceptions({ failures }: JobMonitor): object {
  return { exceptionHistory: { entries: failures.map(exceptionEntry), truncated: false } };
}

/** `GET /jobs/:jobid/vertices/:vertexid/backpressure` */
export function backPressure(monitor: JobMonitor, vertex: JobVertex): object {
  const subtasks = monitor.tasks().filter(({ vertexId }) => vertexId === vertex.head.id);
  const ratios = subtasks.map((task) => task.backPressuredMsPerSecond / 1000);
  const level = levelOf(Math.max(0, ...ratios));
  return {
    status: 'ok',
    backpressureLevel: level,
    'backpressure-level': level,
    'end-timestamp': monitor.nowMs,
    subtasks: subtasks.map((task, index) => ({
      subtask: task.subtask,
      backpressureLevel: levelOf(ratios[index] ?? 0),
      'backpressure-level': levelOf(ratios[index] ?? 0),
      ratio: ratios[index] ?? 0,
      idleRatio: task.idleMsPerSecond / 1000,
      busyRatio: task.busyMsPerSecond / 1000,
    })),
  };
}

function head(monitor: JobMonitor) {
  const { job, graph, state, startedMs, endedMs, nowMs } = monitor;
  return {
    jid: job.jobId,
    name: graph.jobName,
    state,
    schedulerType: 'Default',
    'start-time': startedMs,
    'end-time': endedMs ?? -1,
    duration: (endedMs ?? nowMs) - startedMs,
  };
}

function vertexEntry(monitor: JobMonitor, vertex: JobVertex, tasks: readonly Task[]): object {
  const { endedMs, nowMs, attemptMs } = monitor;
  const own = tasks.filter(({ vertexId }) => vertexId === vertex.head.id);
  const states = taskStates(monitor, vertex, own);
  const sum = (of: 'recordsIn' | 'recordsOut' | 'backPressuredMs' | 'idleMs' | 'busyMs') =>
    own.reduce((total, task) => total + task[of], 0);
  return {
    id: vertex.head.id,
    slotSharingGroupId: monitor.job.jobId,
    name: vertex.name,
    maxParallelism: vertex.head.maxParallelism,
    parallelism: vertex.parallelism,
    status: aggregate(states),
    'start-time': attemptMs,
    'end-time': endedMs ?? -1,
    duration: (endedMs ?? nowMs) - attemptMs,
    tasks: countStates(states),
    metrics: {
      'read-bytes': 0,
      'read-bytes-complete': true,
      'write-bytes': 0,
      'write-bytes-complete': true,
      'read-records': vertex.inputs === 0 ? 0 : sum('recordsIn'),
      'read-records-complete': true,
      'write-records': sum('recordsOut'),
      'write-records-complete': true,
      'accumulated-backpressured-time': sum('backPressuredMs'),
      'accumulated-idle-time': sum('idleMs'),
      'accumulated-busy-time': sum('busyMs'),
    },
  };
}

/** Flink's ExecutionState. */
const TASK_STATES = [
  'CREATED',
  'SCHEDULED',
  'DEPLOYING',
  'INITIALIZING',
  'RUNNING',
  'FINISHED',
  'CANCELING',
  'CANCELED',
  'FAILED',
  'RECONCILING',
] as const;
type TaskState = (typeof TASK_STATES)[number];

function taskStates(
  monitor: JobMonitor,
  { head: { id }, parallelism }: JobVertex,
  progress = monitor.job.progress().filter(({ vertexId }) => vertexId === id) as readonly TaskProgress[],
): readonly TaskState[] {
  return Array.from({ length: parallelism }, (_, index) => {
    const hasEnded = progress.find(({ subtask }) => subtask === index)?.hasEnded ?? false;
    return hasEnded && monitor.state === 'RUNNING' ? 'FINISHED' : taskStateIn(monitor.state);
  });
}

function taskStateIn(state: JobMonitor['state']): TaskState {
  switch (state) {
    case 'RESTARTING':
    case 'FAILING':
      return 'FAILED';
    case 'CANCELLING':
      return 'CANCELING';
    default:
      return state;
  }
}

function aggregate(states: readonly TaskState[]): TaskState {
  return states.find((state) => state !== 'FINISHED') ?? 'FINISHED';
}

function countStates(states: readonly TaskState[]): Readonly<Record<TaskState, number>> {
  const count = (wanted: TaskState) => states.filter((state) => state === wanted).length;
  return Object.fromEntries(TASK_STATES.map((state) => [state, count(state)])) as Record<TaskState, number>;
}

function planOf({ job, graph }: JobMonitor): object {
  const { jobId: jid } = job;
  const nodes = graph.vertices.map((vertex, index) => planNode(graph, vertex, index)).reverse();
  return { jid, name: graph.jobName, type: 'STREAMING', nodes };
}

function planNode(graph: JobGraph, vertex: JobVertex, position: number): object {
  const inputs = graph.vertices.flatMap(({ head: { id }, operators }) =>
    operators
      .flatMap(({ streams }) => streams)
      .filter(({ target }) => target === position)
      .map(({ inputIndex, forward, edge }) => ({
        id,
        num: inputIndex,
        exchange: 'pipelined_bounded',
        ship_strategy: strategyOf(forward, edge),
      })),
  );
  return {
    id: vertex.head.id,
    operator: '',
    parallelism: vertex.parallelism,
    operator_strategy: '',
    description: vertex.operators.map(({ node }) => `${node.name}<br/>`).join('+- '),
    optimizer_properties: {},
    ...(inputs.length > 0 && { inputs }),
  };
}

function strategyOf(forward: boolean, edge: { readonly key: unknown; readonly broadcast: boolean }): string {
  if (edge.broadcast) return 'BROADCAST';
  if (edge.key !== null) return 'HASH';
  return forward ? 'FORWARD' : 'REBALANCE';
}

function exceptionEntry({ atMs, task, error }: FailureRecord): object {
  return {
    exceptionName: error.name,
    stacktrace: error.stack ?? `${error.name}: ${error.message}`,
    timestamp: atMs,
    failureLabels: {},
    taskName: task,
    endpoint: null,
    taskManagerId: null,
    concurrentExceptions: [],
  };
}

/** Flink's bounds. */
function levelOf(ratio: number): 'ok' | 'low' | 'high' {
  if (ratio <= 0.1) return 'ok';
  return ratio <= 0.5 ? 'low' : 'high';
}
