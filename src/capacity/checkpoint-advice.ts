// What to do about the checkpoints of a running job: about failures by their cause, and about where the time goes.
import type {
  Advice,
  CheckpointTimes,
  FailureCause,
  WatchedCheckpoint,
  WatchedCheckpoints,
} from '../model/watched-checkpoints.js';
import { formatDuration } from '../support/units.js';
import { median } from './trend.js';

const UNALIGNED =
  'execution.checkpointing.unaligned.enabled, or execution.checkpointing.aligned-checkpoint-timeout';
/** Barriers that take most of the time are held up by records before them. */
const MOSTLY = 0.5;
/** Shorter checkpoints are nobody's trouble, whatever their time goes into. */
const LONG_MS = 1000;

type Watched = Omit<WatchedCheckpoints, 'advice'>;

/** Failures first, each cause once. */
export function adviceOn(watched: Watched): readonly Advice[] {
  const failures = CAUSES.flatMap((cause) => onFailures(cause, watched) ?? []);
  return [...failures, ...(onPace(watched) ?? []), ...(onBarriers(watched) ?? [])];
}

const CAUSES: readonly FailureCause[] = ['expiry', 'storage', 'operator', 'network', 'job', 'unknown'];

function onFailures(cause: FailureCause, watched: Watched): readonly Advice[] | null {
  const failed = watched.history.filter(({ failure }) => failure?.cause === cause);
  const [newest] = failed;
  if (newest === undefined) return null;
  const seen = `${failed.length} of ${watched.history.length} failed: ${SEEN[cause](newest, watched)}`;
  return [{ seen, next: NEXT[cause](watched) }];
}

const said = ({ failure }: WatchedCheckpoint) => failure?.message ?? '';

const SEEN: Readonly<Record<FailureCause, (newest: WatchedCheckpoint, watched: Watched) => string>> = {
  expiry: ({ failure }, { timeoutMs }) =>
    `not done within ${inShort(timeoutMs)}${waitedFor(failure?.lateTasks ?? [])}`,
  storage: (newest) => `state could not be written (${said(newest)})`,
  operator: (newest) => `a task failed (${said(newest)})`,
  network: (newest) => `a task was lost (${said(newest)})`,
  job: (newest) => `the job was not ready, or ended (${said(newest)})`,
  unknown: said,
};

const NEXT: Readonly<Record<FailureCause, (watched: Watched) => string>> = {
  expiry: (watched) =>
    isHeldUpByBarriers(watched)
      ? `barriers wait behind records: remove the back-pressure, or let them overtake (${UNALIGNED})`
      : 'less to write (incremental checkpoints), more bandwidth to the store, or a longer execution.checkpointing.timeout',
  storage: () =>
    'look at the store: room, permissions, throttling; execution.checkpointing.tolerable-failed-checkpoints lets the job live through it',
  operator: () => 'mend the function or its input; the whole trace is in the log of its TaskManager',
  network: () =>
    'look at the log of the TaskManager that went: memory, machine, connection; heartbeat.timeout is for long pauses',
  job: () => 'nothing, where the job was started, stopped or rescaled then',
  unknown: () => 'see the log of the JobManager',
};

function waitedFor(tasks: readonly string[]): string {
  return tasks.length === 0 ? '' : `, waiting for ${tasks.join(', ')}`;
}

/** Checkpoints that take longer than the interval follow each other without a pause. */
function onPace({ intervalMs, history }: Watched): readonly Advice[] | null {
  const done = history.filter(({ status, isSavepoint }) => status === 'COMPLETED' && !isSavepoint);
  const typicalMs = median(done.map(({ durationMs }) => durationMs));
  if (intervalMs === null || typicalMs === null || typicalMs <= intervalMs) return null;
  return [
    {
      seen: `a checkpoint takes ${inShort(typicalMs)}, longer than the interval of ${inShort(intervalMs)}`,
      next: 'a longer execution.checkpointing.interval, or execution.checkpointing.min-pause',
    },
  ];
}

function onBarriers(watched: Watched): readonly Advice[] | null {
  const ackMs = median(timesIn(watched).map((times) => times.ackMs));
  const saveMs = median(timesIn(watched).map((times) => times.saveMs));
  if (ackMs === null || saveMs === null || ackMs < LONG_MS || !isHeldUpByBarriers(watched)) return null;
  return [
    {
      seen: `T_ack ${inShort(ackMs)} is most of a checkpoint's time, T_save ${inShort(saveMs)}: barriers wait behind records`,
      next: `remove the back-pressure, or let barriers overtake (${UNALIGNED})`,
    },
  ];
}

function isHeldUpByBarriers(watched: Watched): boolean {
  const shares = timesIn(watched).map(({ saveMs, ackMs }) => ackMs / Math.max(saveMs + ackMs, 1));
  return (median(shares) ?? 0) > MOSTLY;
}

function timesIn({ history }: Watched): readonly CheckpointTimes[] {
  return history.flatMap(({ times }) => times ?? []);
}

/** In whole seconds where it is more than ten. */
function inShort(ms: number): string {
  const unitMs = ms > 10_000 ? 1000 : 1;
  return formatDuration(Math.round(ms / unitMs) * unitMs);
}
