// What Flink's REST API answers, as far as it is needed. Fields that a version lacks are optional; others would be wrong
// answers. Times are milliseconds of the JobManager's clock. Source: Flink MultipleJobsDetails, CheckpointingStatistics,
// CheckpointConfigInfo, DashboardConfiguration.
import { array, boolean, type infer as Infer, number, object, string } from 'zod';

/** `GET /config` */
export const ClusterConfig = object({ 'flink-version': string() });

/** `GET /jobs/overview` */
export const JobsOverview = object({
  jobs: array(
    object({
      jid: string().regex(/^[0-9a-f]{32}$/),
      name: string(),
      state: string(),
      /** -1 while it runs. */
      'end-time': number().int(),
    }),
  ),
});

const checkpointId = number().int().nonnegative();

const Checkpoint = object({
  id: checkpointId,
  status: string(),
  is_savepoint: boolean(),
  trigger_timestamp: number().int(),
  /** Of completed ones. */
  external_path: string().nullish(),
  discarded: boolean().nullish(),
});

const Restored = object({
  id: checkpointId,
  is_savepoint: boolean(),
  external_path: string().nullish(),
});

/** `GET /jobs/:jobid/checkpoints` */
export const CheckpointStatistics = object({
  counts: object({
    in_progress: number().int(),
    completed: number().int(),
    /** Of all that were triggered. */
    total: number().int().nullish(),
    restored: number().int().nullish(),
  }),
  latest: object({
    completed: Checkpoint.nullish(),
    savepoint: Checkpoint.nullish(),
    restored: Restored.nullish(),
  }),
  history: array(Checkpoint),
});

/** `GET /jobs/:jobid/checkpoints/config` */
export const CheckpointConfig = object({ timeout: number().int() });

export type JobAnswer = Infer<typeof JobsOverview>['jobs'][number];
export type CheckpointAnswer = Infer<typeof Checkpoint>;
export type StatisticsAnswer = Infer<typeof CheckpointStatistics>;
