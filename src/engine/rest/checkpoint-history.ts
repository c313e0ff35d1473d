// What has become of a job's checkpoints: counts of all, the newest in detail. Bounded, however long the job runs.
// Source: Flink CheckpointStatsTracker, CheckpointStatsHistory.
import type { CheckpointFailureReason, CheckpointSummary, JobEvent } from '../../model/job-events.js';
import type { CheckpointMetrics } from '../../model/job-progress.js';
import type { Location } from '../../model/location.js';
import type { SavepointFormat } from '../../model/metadata.js';

/** Checkpoints that are told of one by one. Flink's default is 10: a page and a report want more to look at. */
const HISTORY = 100;

/** So that whoever knows Flink's sentences finds them. */
const IN_FLINKS_WORDS: Readonly<Record<CheckpointFailureReason, string>> = {
  declined: 'Checkpoint was declined.',
  expired: 'Checkpoint expired before completing.',
  storage: 'Failure to finalize checkpoint.',
  subsumed: 'Checkpoint has been subsumed.',
  'job-failure': 'Task has failed.',
  'job-end': 'CheckpointCoordinator shutdown.',
};

/** A subtask's part of a checkpoint. */
export interface SubtaskRecord {
  readonly vertexId: string;
  readonly subtask: number;
  readonly ackMs: number;
  readonly stateBytes: number;
  readonly checkpointedBytes: number;
  readonly metrics: CheckpointMetrics;
}

type CheckpointOutcome =
  | { readonly kind: 'in-progress' }
  | {
      readonly kind: 'completed';
      readonly atMs: number;
      readonly location: Location;
      readonly metadataBytes: number;
      readonly discarded: boolean;
    }
  | { readonly kind: 'failed'; readonly atMs: number; readonly message: string };

export interface CheckpointRecord {
  readonly id: number;
  /** Null for a checkpoint. */
  readonly savepointFormat: SavepointFormat | null;
  readonly stopsJob: boolean;
  readonly triggeredMs: number;
  readonly subtasks: readonly SubtaskRecord[];
  readonly outcome: CheckpointOutcome;
}

export interface RestoredRecord {
  readonly id: number;
  readonly atMs: number;
  readonly isSavepoint: boolean;
  readonly location: Location;
}

export interface CheckpointCounts {
  readonly restored: number;
  readonly total: number;
  readonly in_progress: number;
  readonly completed: number;
  readonly failed: number;
}

/** The checkpoints that were the last of their kind. */
interface Latest {
  completed: CheckpointRecord | null;
  savepoint: CheckpointRecord | null;
  failed: CheckpointRecord | null;
  restored: RestoredRecord | null;
}

export class CheckpointHistory {
  /** Oldest first. */
  readonly #records = new Map<number, CheckpointRecord>();
  #latest: Latest = { completed: null, savepoint: null, failed: null, restored: null };
  #counts = { restored: 0, total: 0, completed: 0, failed: 0 };

  /** Takes in an event; those that are not about checkpoints are none of its business. */
  take(event: JobEvent, nowMs: number): void {
    switch (event.kind) {
      case 'checkpoint-triggered':
        this.#trigger(event, nowMs);
        break;
      case 'checkpoint-acknowledged':
        this.#change(event.checkpointId, (record) => ({
          ...record,
          subtasks: [...record.subtasks, { ...event, ackMs: nowMs }],
        }));
        break;
      case 'checkpoint-completed':
      case 'savepoint-completed':
        this.#end(event.checkpointId, completed(event, nowMs));
        break;
      case 'checkpoint-failed':
        this.#end(event.checkpointId, {
          kind: 'failed',
          atMs: nowMs,
          message: `${IN_FLINKS_WORDS[event.reason]} ${event.error.message}`,
        });
        break;
      case 'checkpoint-subsumed':
        this.#discard(event.checkpointId);
        break;
      case 'restored':
        this.#restore(event, nowMs);
        break;
      case 'job-finished':
      case 'job-canceled':
      case 'job-failed':
        this.#retain(new Set(event.result.retained.map(({ checkpointId }) => checkpointId)));
        break;
      default:
    }
  }

  get counts(): CheckpointCounts {
    return {
      ...this.#counts,
      in_progress: this.#counts.total - this.#counts.completed - this.#counts.failed,
    };
  }

  get latest(): Readonly<Latest> {
    return this.#latest;
  }

  /** Newest first. */
  get records(): readonly CheckpointRecord[] {
    return [...this.#records.values()].reverse();
  }

  find(id: number): CheckpointRecord | null {
    const { completed, savepoint, failed } = this.#latest;
    const last = [completed, savepoint, failed].find((record) => record?.id === id);
    return this.#records.get(id) ?? last ?? null;
  }

  #trigger(event: Extract<JobEvent, { kind: 'checkpoint-triggered' }>, nowMs: number): void {
    const { checkpointId: id, savepointFormat, stopsJob } = event;
    const outcome = { kind: 'in-progress' } as const;
    this.#records.set(id, { id, savepointFormat, stopsJob, triggeredMs: nowMs, subtasks: [], outcome });
    this.#counts.total++;
    const [oldest] = this.#records.keys();
    if (this.#records.size > HISTORY && oldest !== undefined) this.#records.delete(oldest);
  }

  #end(id: number, outcome: Exclude<CheckpointOutcome, { kind: 'in-progress' }>): void {
    this.#counts[outcome.kind]++;
    this.#change(id, (record) => ({ ...record, outcome }));
    const record = this.#records.get(id);
    if (record === undefined) return;
    if (outcome.kind === 'failed') this.#latest.failed = record;
    else this.#latest[record.savepointFormat === null ? 'completed' : 'savepoint'] = record;
  }

  #restore(event: Extract<JobEvent, { kind: 'restored' }>, nowMs: number): void {
    const { checkpointId: id, isSavepoint, location } = event;
    this.#counts.restored++;
    this.#latest.restored = { id, atMs: nowMs, isSavepoint, location };
  }

  /** Of the job's own checkpoints only these are left. */
  #retain(ids: ReadonlySet<number>): void {
    for (const { id, savepointFormat } of [...this.#records.values()]) {
      if (savepointFormat === null && !ids.has(id)) this.#discard(id);
    }
  }

  #discard(id: number): void {
    this.#change(id, (record) =>
      record.outcome.kind === 'completed'
        ? { ...record, outcome: { ...record.outcome, discarded: true } }
        : record,
    );
    const { completed } = this.#latest;
    if (completed?.id === id) this.#latest.completed = this.#records.get(id) ?? completed;
  }

  #change(id: number, change: (record: CheckpointRecord) => CheckpointRecord): void {
    const record = this.#records.get(id);
    if (record !== undefined) this.#records.set(id, change(record));
  }
}

function completed({ location, metadataBytes }: CheckpointSummary, atMs: number) {
  return { kind: 'completed', atMs, location, metadataBytes, discarded: false } as const;
}
