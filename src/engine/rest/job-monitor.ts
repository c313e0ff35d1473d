// What is known of a running job from outside: its state since when, failures, checkpoints, and how fast its tasks are.
// Fed by the job's events; asks the job itself only for what its tasks have done.
// Source: Flink ExecutionGraph (state timestamps), ExceptionHistory.
import type { JobEvent } from '../../model/job-events.js';
import type { TaskProgress } from '../../model/job-progress.js';
import type { Clock } from '../../support/clock.js';
import type { RunningJob } from '../execute.js';
import type { JobGraph } from '../job/job-graph.js';
import { CheckpointHistory } from './checkpoint-history.js';
import { RateWindow, type TaskRates } from './task-rates.js';

/** Flink's JobStatus, those that can be here. */
export const JOB_STATES = [
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'RESTARTING',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'FAILED',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Failures that are told of one by one, as many as Flink keeps (web.exception-history-size). */
const FAILURES = 16;

export interface FailureRecord {
  readonly atMs: number;
  readonly task: string;
  readonly error: Error;
}

export class JobMonitor {
  readonly checkpoints = new CheckpointHistory();
  readonly job: RunningJob;
  readonly startedMs: number;
  readonly #clock: Clock;
  readonly #since = new Map<JobState, number>();
  readonly #rates = new RateWindow();
  #state: JobState = 'INITIALIZING';
  #failures: readonly FailureRecord[] = [];
  #restarts = 0;
  #attemptMs: number;
  /** The same moment by the clock that rates are reckoned by. */
  #countedFromMs: number;

  constructor(job: RunningJob, clock: Clock) {
    this.job = job;
    this.#clock = clock;
    this.startedMs = clock.now();
    this.#attemptMs = this.startedMs;
    this.#countedFromMs = clock.monotonic();
    this.#since.set('INITIALIZING', this.startedMs);
  }

  get state(): JobState {
    return this.#state;
  }

  get hasEnded(): boolean {
    return this.#state === 'FINISHED' || this.#state === 'CANCELED' || this.#state === 'FAILED';
  }

  /** When it has ended; null before. */
  get endedMs(): number | null {
    return this.hasEnded ? this.since(this.#state) : null;
  }

  /** When it came into that state last; 0 where never. */
  since(state: JobState): number {
    return this.#since.get(state) ?? 0;
  }

  /** When the attempt began that runs or ran last. */
  get attemptMs(): number {
    return this.#attemptMs;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Newest first. */
  get failures(): readonly FailureRecord[] {
    return this.#failures;
  }

  get graph(): JobGraph {
    return this.job.graph();
  }

  get nowMs(): number {
    return this.#clock.now();
  }

  /** What the tasks have done, and how fast of late: in the last minute, or in the window of `rates`. */
  tasks(rates = this.#rates): readonly (TaskProgress & TaskRates)[] {
    const nowMs = this.#clock.monotonic();
    return rates.measure(this.job.progress(), { nowMs, sinceMs: this.#countedFromMs });
  }

  take(event: JobEvent): void {
    this.checkpoints.take(event, this.nowMs);
    switch (event.kind) {
      case 'attempt-running':
        this.#attemptMs = this.nowMs;
        this.#countedFromMs = this.#clock.monotonic();
        this.#enter('RUNNING');
        break;
      case 'task-failed':
        this.#failures = [{ atMs: this.nowMs, ...event }, ...this.#failures].slice(0, FAILURES);
        this.#enter('FAILING');
        break;
      case 'restarting':
        this.#restarts = event.attempt;
        this.#enter('RESTARTING');
        break;
      case 'job-started':
        this.#enter('CREATED');
        break;
      case 'job-finished':
      case 'job-canceled':
      case 'job-failed':
        this.#enter(event.result.status);
        break;
      default:
    }
  }

  /** Somebody asked for the end of the job. */
  canceling(): void {
    if (!this.hasEnded) this.#enter('CANCELLING');
  }

  #enter(state: JobState): void {
    this.#state = state;
    this.#since.set(state, this.nowMs);
  }
}
