// What Flink's REST API answers about jobs and to what they are told, as far as it is needed. Times are milliseconds of the
// JobManager's clock. Source: Flink MultipleJobsDetails, CheckpointingStatistics, AsynchronousOperationResult.
import { array, boolean, type infer as Infer, number, object, record, string, unknown } from 'zod';

const time = number().int();

/** `GET /jobs/overview` */
export const Jobs = object({
  jobs: array(
    object({
      jid: string().regex(/^[0-9a-f]{32}$/),
      name: string(),
      state: string(),
      'start-time': time,
      /** -1 while it runs. */
      'end-time': time,
      duration: number(),
      tasks: object({ total: number().int(), running: number().int() }),
    }),
  ),
});

/** `GET /jobs/:jobid/checkpoints/details/:checkpointid`, and entries of the history. */
export const CheckpointEntry = object({
  id: number().int().nonnegative(),
  trigger_timestamp: time,
  end_to_end_duration: number(),
  state_size: number(),
  external_path: string().nullish(),
});

/** `GET /jobs/:jobid/checkpoints` */
export const Checkpoints = object({
  counts: object({ in_progress: number().int(), completed: number().int(), failed: number().int() }),
  latest: object({ completed: CheckpointEntry.nullish() }),
});

/** `GET /jobs/:jobid` */
export const JobStatus = object({ state: string() });

/** `GET /jobs/:jobid` */
export const JobVertices = object({ vertices: array(object({ id: string(), name: string() })) });

/** `GET /jobs/:jobid/checkpoints`, its newest entries one by one. */
export const History = object({
  history: array(
    CheckpointEntry.extend({
      status: string(),
      is_savepoint: boolean(),
      /** What was written for it; older versions tell only of the whole. */
      checkpointed_size: number().nullish(),
      failure_timestamp: time.nullish(),
      failure_message: string().nullish(),
    }),
  ),
});

/** `GET /jobs/:jobid/checkpoints/details/:checkpointid`, by id of the task. */
export const TasksOfCheckpoint = object({
  tasks: record(
    string(),
    object({
      latest_ack_timestamp: time,
      num_subtasks: number().int(),
      num_acknowledged_subtasks: number().int(),
    }),
  ),
});

/** `GET /jobs/:jobid/checkpoints/details/:checkpointid/subtasks/:vertexid`; those that have not acknowledged have no times. */
export const SubtasksOfCheckpoint = object({
  subtasks: array(
    object({
      index: number().int(),
      ack_timestamp: time.nullish(),
      checkpoint: object({ sync: number(), async: number() }).nullish(),
      alignment: object({ duration: number() }).nullish(),
      start_delay: number().nullish(),
    }),
  ),
});

/** `GET /jobs/:jobid/checkpoints/config` */
export const CheckpointSettings = object({
  interval: number(),
  timeout: number(),
  unaligned_checkpoints: boolean().nullish(),
});

/** `GET /jobs/:jobid/exceptions` */
export const Exceptions = object({
  exceptionHistory: object({
    entries: array(
      object({
        stacktrace: string(),
        timestamp: time,
        taskName: string().nullish(),
      }),
    ),
  }).nullish(),
});

/** `POST` of anything that takes a while. */
export const Triggered = object({ 'request-id': string().regex(/^[0-9a-f]{32}$/) });

/** What has come of it. */
export const OperationStatus = object({
  status: object({ id: string() }),
  operation: object({
    location: string().optional(),
    checkpointId: number().int().optional(),
    'failure-cause': object({ 'stack-trace': string() }).optional(),
  }).nullish(),
});

/** What is said beside a status that is no success. */
export const Errors = object({ errors: array(unknown()) });

export type JobEntry = Infer<typeof Jobs>['jobs'][number];
export type HistoryEntry = Infer<typeof History>['history'][number];
export type SubtaskAnswer = Infer<typeof SubtasksOfCheckpoint>['subtasks'][number];
export type CheckpointEntryAnswer = Infer<typeof CheckpointEntry>;
export type Operation = NonNullable<Infer<typeof OperationStatus>['operation']>;
