// `ckpt jobs JOB`: what the checkpoints of one running job spend their time on, and why some fail. What a cluster has
// forgotten in the meantime is left out. Source: Flink's REST API (CheckpointStatistics, SubtaskCheckpointStatistics).
import { adviceOn } from '../capacity/checkpoint-advice.js';
import { causeOf, exceptionBeside, type JobException } from '../capacity/failure-causes.js';
import { reasonIn } from '../liveness/java-trace.js';
import {
  CheckpointSettings,
  Exceptions,
  History,
  type HistoryEntry,
  JobVertices,
  type SubtaskAnswer,
  SubtasksOfCheckpoint,
  TasksOfCheckpoint,
} from '../liveness/job-answers.js';
import type { JobControl } from '../liveness/job-control.js';
import type { ListedJob } from '../model/cluster-jobs.js';
import type {
  CheckpointFailure,
  CheckpointTimes,
  WatchedCheckpoint,
  WatchedCheckpoints,
} from '../model/watched-checkpoints.js';
import type { Clock } from '../support/clock.js';
import { mapConcurrently } from '../support/concurrency.js';
import { choose, describe, type JobChoice } from './control-jobs.js';

/** Those of the history whose tasks are asked for; each takes two requests. */
const LOOKED_INTO = 20;
const REQUESTS_AT_ONCE = 4;

/** A job, and its checkpoints unless it takes none. */
export interface WatchedJob {
  readonly cluster: string;
  readonly job: ListedJob;
  readonly watched: WatchedCheckpoints | null;
}

/** The job of which is asked, and the names of its tasks. */
interface Surroundings {
  readonly control: JobControl;
  readonly jobPath: string;
  readonly taskNames: ReadonlyMap<string, string>;
  readonly exceptions: readonly JobException[];
}

export async function watchJob(choice: JobChoice, clock: Clock): Promise<WatchedJob> {
  const { control, jobId, entry } = await choose(choice, clock);
  const job = await describe(entry, control);
  const jobPath = `/jobs/${jobId}`;
  const answer = await control.look(`${jobPath}/checkpoints`, History);
  const settings = await control.look(`${jobPath}/checkpoints/config`, CheckpointSettings);
  if (answer === null || settings === null) return { cluster: control.cluster, job, watched: null };
  const surroundings = { control, jobPath, ...(await tasksAndExceptions(control, jobPath)) };
  const history = await mapConcurrently([...answer.history.entries()], REQUESTS_AT_ONCE, ([index, one]) =>
    watchedOf(one, index < LOOKED_INTO, surroundings),
  );
  const found = {
    // Flink says Long.MAX_VALUE where there are none by themselves.
    intervalMs: settings.interval >= Number.MAX_SAFE_INTEGER ? null : settings.interval,
    timeoutMs: settings.timeout,
    history,
  };
  return { cluster: control.cluster, job, watched: { ...found, advice: adviceOn(found) } };
}

async function tasksAndExceptions(control: JobControl, jobPath: string) {
  const vertices = await control.look(jobPath, JobVertices);
  const answer = await control.look(`${jobPath}/exceptions`, Exceptions);
  return {
    taskNames: new Map(vertices?.vertices.map(({ id, name }) => [id, name])),
    exceptions: (answer?.exceptionHistory?.entries ?? []).map((one) => ({
      text: one.stacktrace,
      task: one.taskName ?? null,
      atMs: one.timestamp,
    })),
  };
}

async function watchedOf(
  entry: HistoryEntry,
  lookInto: boolean,
  surroundings: Surroundings,
): Promise<WatchedCheckpoint> {
  const tasks = lookInto ? await tasksOf(entry, surroundings) : [];
  const last = tasks.reduce<TaskPart | null>((a, b) => (a === null || b.ackedMs > a.ackedMs ? b : a), null);
  return {
    checkpointId: entry.id,
    isSavepoint: entry.is_savepoint,
    status: statusOf(entry.status),
    triggeredMs: entry.trigger_timestamp,
    durationMs: entry.end_to_end_duration,
    stateBytes: entry.state_size,
    addedBytes: entry.checkpointed_size ?? null,
    times: entry.status === 'COMPLETED' && last !== null ? await timesOf(entry, last, surroundings) : null,
    failure: entry.status === 'FAILED' ? failureOf(entry, tasks, surroundings) : null,
  };
}

/** What a task has done for a checkpoint. */
interface TaskPart {
  readonly id: string;
  readonly name: string;
  /** -1 where no subtask has acknowledged. */
  readonly ackedMs: number;
  readonly isLate: boolean;
}

async function tasksOf({ id }: HistoryEntry, { control, jobPath, taskNames }: Surroundings) {
  const answer = await control.look(`${jobPath}/checkpoints/details/${id}`, TasksOfCheckpoint);
  return Object.entries(answer?.tasks ?? {}).map(
    ([task, part]): TaskPart => ({
      id: task,
      name: taskNames.get(task) ?? task,
      ackedMs: part.latest_ack_timestamp,
      isLate: part.num_acknowledged_subtasks < part.num_subtasks,
    }),
  );
}

async function timesOf(
  { id, end_to_end_duration: durationMs }: HistoryEntry,
  task: TaskPart,
  { control, jobPath }: Surroundings,
): Promise<CheckpointTimes | null> {
  const path = `${jobPath}/checkpoints/details/${id}/subtasks/${task.id}`;
  const subtasks = (await control.look(path, SubtasksOfCheckpoint))?.subtasks ?? [];
  const acked = (subtask: SubtaskAnswer) => subtask.ack_timestamp ?? -1;
  const [last] = [...subtasks].sort((a, b) => acked(b) - acked(a));
  if (last?.checkpoint == null) return null;
  const saveMs = Math.min(durationMs, last.checkpoint.sync + last.checkpoint.async);
  return {
    saveMs,
    ackMs: durationMs - saveMs,
    startDelayMs: last.start_delay ?? null,
    alignmentMs: last.alignment?.duration ?? null,
    lastTask: task.name,
  };
}

function failureOf(
  entry: HistoryEntry,
  tasks: readonly TaskPart[],
  { exceptions }: Surroundings,
): CheckpointFailure {
  const message = entry.failure_message ?? '';
  const beside = exceptionBeside(entry.failure_timestamp ?? entry.trigger_timestamp, exceptions);
  const cause = causeOf(message, beside);
  const ofJob = beside !== null && ['operator', 'network', 'storage'].includes(cause);
  return {
    cause,
    message: ofJob ? `${message} ${inShort(beside)}`.trim() : message,
    lateTasks: tasks.filter(({ isLate }) => isLate).map(({ name }) => name),
  };
}

function inShort({ text, task }: JobException): string {
  return task === null ? reasonIn(text) : `${task}: ${reasonIn(text)}`;
}

function statusOf(status: string): WatchedCheckpoint['status'] {
  return status === 'COMPLETED' || status === 'FAILED' ? status : 'IN_PROGRESS';
}
