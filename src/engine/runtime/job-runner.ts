// The life of a job: attempts, one after the other, until one finishes or the restart strategy gives up; checkpoints
// that outlive them; what is left at the end. Source: Flink JobMaster, FixedDelayRestartBackoffTimeStrategy.

import type { JobEvent, JobResult } from '../../model/job-events.js';
import { child } from '../../model/location.js';
import { JobError, messageOf, UsageError } from '../../support/errors.js';
import { alignedTimeoutOf } from '../checkpoint/aligned-timeout.js';
import { options as keys } from '../configuration.js';
import type { JobEnvironment, JobOptions, RunningJob } from '../execute.js';
import { buildJobGraph, type JobGraph } from '../job/job-graph.js';
import { checkStreamGraph, type StreamGraph } from '../job/stream-graph.js';
import type { RocksDbSettings } from '../state/rocksdb/rocksdb-backend.js';
import { Attempt, type AttemptOutcome, type TaskFailure } from './attempt.js';
import { FailureInjection } from './failure-injection.js';
import { JobCheckpoints } from './job-checkpoints.js';
import { asError, explained, jobError } from './job-failure.js';
import { type RestartStrategy, restartStrategyOf } from './restart-strategy.js';
import { rocksDbSettings } from './rocksdb-settings.js';
import { checkChannels } from './wiring.js';

const FINAL_RETRY_MS = 1000;

export class JobRunner {
  readonly #jobId: string;
  readonly #graph: JobGraph;
  readonly #options: JobOptions;
  readonly #environment: JobEnvironment;
  readonly #injection: FailureInjection;
  readonly #onEvent: (event: JobEvent) => void;
  readonly #startedMs: number;
  readonly #rocksDb: RocksDbSettings | null;
  readonly #alignedTimeoutMs: number;
  readonly #restartStrategy: RestartStrategy;
  #failAtCheckpoint: number;
  #checkpoints: JobCheckpoints | null = null;
  #attempt: Attempt | null = null;
  #restarts = 0;
  #completedCheckpoints = 0;
  #canceled = false;
  /** A job that never got as far as its first record is not tried again. */
  #hasRun = false;
  #endPause: () => void = () => {};

  /** Throws a UsageError where the graph cannot be run. */
  constructor(graph: StreamGraph, options: JobOptions, environment: JobEnvironment) {
    checkStreamGraph(graph);
    this.#graph = buildJobGraph(graph);
    checkChannels(this.#graph);
    this.#options = options;
    this.#environment = {
      ...environment,
      output: (line) => environment.output(line),
      onEvent: (event) => this.#event(event),
    };
    this.#jobId = options.jobId ?? Buffer.from(environment.random.bytes(16)).toString('hex');
    this.#injection = new FailureInjection(options.failAfterRecords ?? Number.POSITIVE_INFINITY);
    this.#failAtCheckpoint = options.failAtCheckpoint ?? Number.POSITIVE_INFINITY;
    this.#rocksDb = rocksDbSettings(options, environment);
    this.#alignedTimeoutMs = alignedTimeoutOf(options.configuration);
    this.#restartStrategy = restartStrategyOf(options.configuration, {
      takesCheckpoints: environment.checkpointDirectory !== null,
      random: environment.random,
    });
    this.#startedMs = environment.clock.monotonic();
    this.#onEvent = (event) => environment.onEvent(event);
  }

  start(): RunningJob {
    const result = this.#run();
    // Whoever looks at the result late must not be punished as if nobody ever did.
    result.catch(() => {});
    return {
      jobId: this.#jobId,
      result,
      graph: () => this.#checkpoints?.graph ?? this.#graph,
      progress: () => this.#attempt?.progress ?? [],
      cancel: async () => {
        this.#cancel();
        await result.catch(() => {});
      },
      triggerCheckpoint: () => {
        const coordinator = this.#checkpoints?.coordinator;
        return coordinator?.request() ?? Promise.reject(new JobError('the job takes no checkpoints'));
      },
      triggerSavepoint: async ({ parent, ...savepoint }) => {
        const coordinator = this.#checkpoints?.coordinator ?? null;
        if (coordinator === null) throw new JobError('the job takes no checkpoints, hence no savepoints');
        const directory = child(parent, this.#savepointName());
        return (await coordinator.request({ ...savepoint, directory })).location;
      },
    };
  }

  /** Flink's: the beginning of the job's id, and chance. */
  #savepointName(): string {
    const chance = Buffer.from(this.#environment.random.bytes(6)).toString('hex');
    return `savepoint-${this.#jobId.slice(0, 6)}-${chance}`;
  }

  async #run(): Promise<JobResult> {
    let outcome: AttemptOutcome;
    try {
      this.#checkpoints = await this.#openCheckpoints();
      outcome = await this.#runAttempts(this.#checkpoints);
    } catch (error) {
      outcome = { kind: 'failed', task: 'the start of the job', error };
    }
    return this.#end(outcome);
  }

  #openCheckpoints(): Promise<JobCheckpoints> {
    return JobCheckpoints.open({
      jobId: this.#jobId,
      graph: this.#graph,
      options: this.#options,
      environment: this.#environment,
      onFailure: (error) => this.#attempt?.end({ kind: 'failed', task: 'the checkpoint coordinator', error }),
    });
  }

  async #runAttempts(checkpoints: JobCheckpoints): Promise<AttemptOutcome> {
    const { jobName, vertices } = this.#graph;
    const tasks = vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
    this.#event({ kind: 'job-started', jobId: this.#jobId, jobName, tasks });
    for (;;) {
      if (this.#canceled) return { kind: 'canceled' };
      const outcome = explained(await this.#runAttempt(checkpoints));
      if (outcome.kind !== 'failed') return outcome;
      const delayMs = this.#restartDelayMs(outcome);
      const isLast = delayMs === null;
      this.#event({ kind: 'task-failed', task: outcome.task, error: asError(outcome.error), isLast });
      if (delayMs === null) return outcome;
      const checkpointId = checkpoints.latest?.summary.checkpointId ?? null;
      this.#event({ kind: 'restarting', attempt: ++this.#restarts, delayMs, checkpointId });
      await this.#pause(delayMs);
    }
  }

  async #runAttempt(checkpoints: JobCheckpoints): Promise<AttemptOutcome> {
    let attempt: Attempt;
    try {
      attempt = await this.#makeAttempt(checkpoints);
    } catch (error) {
      return { kind: 'failed', task: 'the restore of the state', error };
    }
    this.#attempt = attempt;
    try {
      await attempt.open();
      if (!this.#hasRun && !this.#canceled) await checkpoints.coordinator?.initialize();
      if (!this.#canceled) checkpoints.restored();
      attempt.run();
      this.#hasRun = true;
      this.#event({ kind: 'attempt-running' });
    } catch (error) {
      attempt.end({ kind: 'failed', task: 'the start of the tasks', error });
    }
    const outcome = await attempt.outcome;
    await checkpoints.coordinator?.stop(outcome.kind === 'failed' ? 'job-failure' : 'job-end');
    return this.#close(attempt, outcome);
  }

  /** A job fails whose functions throw when they are closed at its end; where it had ended otherwise that is only told. */
  async #close(attempt: Attempt, outcome: AttemptOutcome): Promise<AttemptOutcome> {
    const failures = await attempt.close();
    const [first] = failures;
    if (outcome.kind === 'finished' && first !== undefined) return { kind: 'failed', ...first };
    const distinct = new Map(failures.map((failure) => [messageOf(failure.error), failure]));
    for (const { task, error } of distinct.values())
      this.#event({ kind: 'close-failed', task, error: asError(error) });
    return outcome;
  }

  async #makeAttempt(checkpoints: JobCheckpoints): Promise<Attempt> {
    const { configuration } = this.#options;
    return new Attempt({
      graph: checkpoints.graph,
      environment: this.#environment,
      coordinator: checkpoints.coordinator,
      restored: await checkpoints.restore(),
      mode: configuration.get(keys.mode),
      alignedTimeoutMs: this.#alignedTimeoutMs,
      rocksDb: this.#rocksDb,
      injection: this.#injection,
      autoWatermarkIntervalMs: configuration.get(keys.autoWatermarkInterval),
      finalRetryMs: configuration.get(keys.interval) ?? FINAL_RETRY_MS,
      failAtCheckpoint: this.#failAtCheckpoint,
    });
  }

  /** The pause before the next attempt in ms, null where there is none. */
  #restartDelayMs({ error }: TaskFailure): number | null {
    if (error instanceof UsageError || this.#canceled || !this.#hasRun || this.#attempt?.isStopped)
      return null;
    return this.#restartStrategy.afterFailure(this.#environment.clock.monotonic());
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#environment.clock.schedule(delayMs, resolve);
      this.#endPause = () => {
        cancelTimer();
        resolve();
      };
    });
  }

  #cancel(): void {
    this.#canceled = true;
    this.#attempt?.end({ kind: 'canceled' });
    this.#endPause();
  }

  async #end(outcome: AttemptOutcome): Promise<JobResult> {
    const status = ({ finished: 'FINISHED', canceled: 'CANCELED', failed: 'FAILED' } as const)[outcome.kind];
    await this.#checkpoints?.coordinator?.endJob(status);
    const result = this.#result(status);
    if (outcome.kind === 'failed') {
      const error = jobError(outcome, this.#restarts);
      this.#event({ kind: 'job-failed', error, result });
      throw error;
    }
    this.#event({ kind: outcome.kind === 'finished' ? 'job-finished' : 'job-canceled', result });
    return result;
  }

  #result(status: JobResult['status']): JobResult {
    return {
      jobId: this.#jobId,
      status,
      durationMs: this.#environment.clock.monotonic() - this.#startedMs,
      restarts: this.#restarts,
      sourceRecords: this.#injection.total,
      completedCheckpoints: this.#completedCheckpoints,
      retained: this.#checkpoints?.retained ?? [],
    };
  }

  #event(event: JobEvent): void {
    if (event.kind === 'checkpoint-completed') this.#completedCheckpoints++;
    // An injected failure happens once.
    if (event.kind === 'checkpoint-completed' && event.checkpointId >= this.#failAtCheckpoint) {
      this.#failAtCheckpoint = Number.POSITIVE_INFINITY;
    }
    this.#onEvent(event);
  }
}
