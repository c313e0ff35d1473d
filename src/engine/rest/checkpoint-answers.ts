// The documents about checkpoints, in Flink's fields. Sizes are bytes, times milliseconds since the epoch.
// Source: Flink CheckpointingStatistics, CheckpointStatistics, TaskCheckpointStatistics, CheckpointConfigInfo.
import { formatLocation, type Location } from '../../model/location.js';
import { type Configuration, options } from '../configuration.js';
import type { JobGraph, JobVertex } from '../job/job-graph.js';
import type { CheckpointRecord, RestoredRecord, SubtaskRecord } from './checkpoint-history.js';
import type { JobMonitor } from './job-monitor.js';
import { summarize } from './summary.js';

/** Where checkpoints are taken only on demand Flink says Long.MAX_VALUE, which a number of JSON here cannot be. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** `GET /jobs/:jobid/checkpoints` */
export function checkpointStatistics({ checkpoints, graph }: JobMonitor): object {
  const { latest, records, counts } = checkpoints;
  const entry = (record: CheckpointRecord | null) => record && checkpointEntry(record, graph);
  return {
    counts,
    summary: summaryOf(records.filter(({ outcome }) => outcome.kind === 'completed')),
    latest: {
      completed: entry(latest.completed),
      savepoint: entry(latest.savepoint),
      failed: entry(latest.failed),
      restored: latest.restored && restoredEntry(latest.restored),
    },
    history: records.map((record) => checkpointEntry(record, graph)),
  };
}

/** `GET /jobs/:jobid/checkpoints/details/:checkpointid` */
export function checkpointDetails(record: CheckpointRecord, graph: JobGraph): object {
  const tasks = graph.vertices.map((vertex) => [vertex.head.id, taskEntry(record, vertex)]);
  return { ...checkpointEntry(record, graph), tasks: Object.fromEntries(tasks) };
}

/** `GET /jobs/:jobid/checkpoints/details/:checkpointid/subtasks/:vertexid` */
export function subtaskDetails(record: CheckpointRecord, vertex: JobVertex): object {
  const parts = record.subtasks.filter(({ vertexId }) => vertexId === vertex.head.id);
  const over = (value: (part: SubtaskRecord) => number) => summarize(parts.map(value));
  const nothing = over(() => 0);
  return {
    ...taskEntry(record, vertex),
    summary: {
      checkpointed_size: over((part) => part.checkpointedBytes),
      state_size: over((part) => part.stateBytes),
      end_to_end_duration: over((part) => part.ackMs - record.triggeredMs),
      checkpoint_duration: {
        sync: over((part) => part.metrics.syncMs),
        async: over((part) => part.metrics.asyncMs),
      },
      alignment: {
        buffered: nothing,
        processed: nothing,
        persisted: over((part) => part.metrics.persistedBytes ?? 0),
        duration: over((part) => part.metrics.alignmentMs),
      },
      start_delay: over((part) => startDelayMs(part, record)),
    },
    subtasks: Array.from({ length: vertex.parallelism }, (_, index) =>
      subtaskEntry(
        parts.find(({ subtask }) => subtask === index),
        index,
        record,
      ),
    ),
  };
}

/** `GET /jobs/:jobid/checkpoints/config` */
export function checkpointConfig(configuration: Configuration): object {
  const retention = configuration.get(options.retention);
  const inline = configuration.get(options.storage) === 'jobmanager';
  return {
    mode: configuration.get(options.mode).toLowerCase(),
    interval: configuration.get(options.interval) ?? NEVER,
    timeout: configuration.get(options.timeout),
    min_pause: configuration.get(options.minPause),
    max_concurrent: configuration.get(options.maxConcurrent),
    externalization: {
      enabled: retention !== 'NO_EXTERNALIZED_CHECKPOINTS',
      delete_on_cancellation: retention !== 'RETAIN_ON_CANCELLATION',
    },
    state_backend:
      configuration.get(options.backend) === 'rocksdb'
        ? 'EmbeddedRocksDBStateBackend'
        : 'HashMapStateBackend',
    checkpoint_storage: inline ? 'JobManagerCheckpointStorage' : 'FileSystemCheckpointStorage',
    unaligned_checkpoints: configuration.get(options.unaligned),
    tolerable_failed_checkpoints: configuration.get(options.tolerableFailures),
    aligned_checkpoint_timeout: configuration.get(options.alignedTimeout),
    checkpoints_after_tasks_finish: true,
    state_changelog_enabled: false,
    changelog_periodic_materialization_interval: 0,
    changelog_storage: 'memory',
  };
}

/** What it took until the last acknowledgement, or until it failed. */
export function endToEndMs({ triggeredMs, subtasks, outcome }: CheckpointRecord): number {
  if (outcome.kind === 'failed') return outcome.atMs - triggeredMs;
  return Math.max(0, latestAckMs(subtasks) - triggeredMs);
}

function checkpointEntry(record: CheckpointRecord, graph: JobGraph): object {
  const { id, savepointFormat, triggeredMs, subtasks, outcome } = record;
  return {
    className: outcome.kind.replace('-', '_'),
    id,
    status: outcome.kind.replace('-', '_').toUpperCase(),
    is_savepoint: savepointFormat !== null,
    savepointFormat,
    trigger_timestamp: triggeredMs,
    latest_ack_timestamp: latestAckMs(subtasks),
    ...sizesOf(subtasks),
    end_to_end_duration: endToEndMs(record),
    ...inFlight(subtasks),
    num_subtasks: graph.vertices.reduce((sum, { parallelism }) => sum + parallelism, 0),
    num_acknowledged_subtasks: subtasks.length,
    checkpoint_type: typeOf(record),
    tasks: {},
    ...(outcome.kind === 'completed' && {
      external_path: flinkPath(outcome.location),
      discarded: outcome.discarded,
    }),
    ...(outcome.kind === 'failed' && {
      failure_timestamp: outcome.atMs,
      failure_message: outcome.message,
    }),
  };
}

function taskEntry({ id, subtasks, triggeredMs }: CheckpointRecord, vertex: JobVertex): object {
  const parts = subtasks.filter(({ vertexId }) => vertexId === vertex.head.id);
  return {
    id,
    status: parts.length === vertex.parallelism ? 'COMPLETED' : 'IN_PROGRESS',
    latest_ack_timestamp: latestAckMs(parts),
    ...sizesOf(parts),
    end_to_end_duration: Math.max(0, latestAckMs(parts) - triggeredMs),
    ...inFlight(parts),
    num_subtasks: vertex.parallelism,
    num_acknowledged_subtasks: parts.length,
  };
}

function subtaskEntry(part: SubtaskRecord | undefined, index: number, record: CheckpointRecord): object {
  if (part === undefined) return { className: 'pending', index, status: 'pending_or_failed' };
  return {
    className: 'completed',
    index,
    ack_timestamp: part.ackMs,
    end_to_end_duration: part.ackMs - record.triggeredMs,
    checkpointed_size: part.checkpointedBytes,
    state_size: part.stateBytes,
    checkpoint: { sync: part.metrics.syncMs, async: part.metrics.asyncMs },
    alignment: {
      buffered: 0,
      processed: 0,
      persisted: part.metrics.persistedBytes ?? 0,
      duration: part.metrics.alignmentMs,
    },
    start_delay: startDelayMs(part, record),
    unaligned_checkpoint: part.metrics.persistedBytes !== null,
    aborted: false,
    status: 'completed',
  };
}

/** From the trigger to the first barrier. Where barriers overtook records their alignment is part of what is asynchronous. */
function startDelayMs({ ackMs, metrics }: SubtaskRecord, { triggeredMs }: CheckpointRecord): number {
  const { alignmentMs, syncMs, asyncMs, persistedBytes } = metrics;
  const beforeMs = persistedBytes === null ? alignmentMs : 0;
  return Math.max(0, ackMs - triggeredMs - beforeMs - syncMs - asyncMs);
}

/** Records have no bytes before they are written, so that those that a barrier waits for are not counted. */
function inFlight(parts: readonly SubtaskRecord[]) {
  const persisted = parts.reduce((sum, { metrics }) => sum + (metrics.persistedBytes ?? 0), 0);
  return { alignment_buffered: 0, processed_data: 0, persisted_data: persisted };
}

function restoredEntry({ id, atMs, isSavepoint, location }: RestoredRecord): object {
  return { id, restore_timestamp: atMs, is_savepoint: isSavepoint, external_path: flinkPath(location) };
}

function summaryOf(completed: readonly CheckpointRecord[]): object {
  const over = (value: (record: CheckpointRecord) => number) => summarize(completed.map(value));
  const nothing = over(() => 0);
  return {
    checkpointed_size: over(({ subtasks }) => sizesOf(subtasks).checkpointed_size),
    state_size: over(({ subtasks }) => sizesOf(subtasks).state_size),
    end_to_end_duration: over(endToEndMs),
    alignment_buffered: nothing,
    processed_data: nothing,
    persisted_data: over(({ subtasks }) => inFlight(subtasks).persisted_data),
  };
}

/** Of checkpoints or parts of them, by Flink's names. */
export function sizesOf(parts: readonly SubtaskRecord[]) {
  return {
    checkpointed_size: parts.reduce((sum, { checkpointedBytes }) => sum + checkpointedBytes, 0),
    state_size: parts.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
  };
}

/** -1 where nobody has acknowledged yet. */
function latestAckMs(parts: readonly SubtaskRecord[]): number {
  return parts.reduce((latest, { ackMs }) => Math.max(latest, ackMs), -1);
}

function typeOf({ savepointFormat, stopsJob }: CheckpointRecord): string {
  if (savepointFormat === null) return 'CHECKPOINT';
  return stopsJob ? 'SYNC_SAVEPOINT' : 'SAVEPOINT';
}

/** Flink writes `file:/path`, where others write `file:///path`. */
export function flinkPath(location: Location): string {
  return formatLocation(location).replace(/^file:\/\/\//, 'file:/');
}
