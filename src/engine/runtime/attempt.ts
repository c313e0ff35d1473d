// One execution of a job, from its start or a checkpoint until it finishes, is cancelled or fails: its tasks, channels
// and scheduler. It is thrown away as a whole; the next attempt begins with new ones. Source: Flink ExecutionGraph.
import type { TaskProgress } from '../../model/job-progress.js';
import { JobError } from '../../support/errors.js';
import { withChannels } from '../checkpoint/channel-handles.js';
import type { CheckpointCoordinator } from '../checkpoint/coordinator.js';
import type { CheckpointParticipants } from '../checkpoint/coordinator-parts.js';
import { type SavepointRequest, stopsJob } from '../checkpoint/savepoint.js';
import { type JobGraph, type TaskIdentity, taskIdentity } from '../job/job-graph.js';
import { injectedFailure } from './failure-injection.js';
import { byChance, Scheduler, takingTurns } from './scheduler.js';
import type { Task, TaskHost } from './task.js';
import { buildTasks, type TaskSurroundings } from './task-factory.js';

export type AttemptOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'canceled' }
  | ({ readonly kind: 'failed' } & TaskFailure);

export interface TaskFailure {
  readonly task: string;
  readonly error: unknown;
}

export interface AttemptParts extends TaskSurroundings {
  readonly graph: JobGraph;
  /** Null where the job takes no checkpoints. */
  readonly coordinator: CheckpointCoordinator | null;
  /** How long barriers of a checkpoint wait for each other; then they overtake records. Infinite where they never do. */
  readonly alignedTimeoutMs: number;
  /** Pause before a final checkpoint is tried again. */
  readonly finalRetryMs: number;
  /** Injected failure: the attempt fails when a checkpoint from this one on is complete. */
  readonly failAtCheckpoint: number;
}

/** Of a snapshot that was taken when the last barrier had come. */
const ALIGNED = { records: null, lastBarrierMs: null };

/** Tasks that are opened between two turns of the host's event loop. */
const TASKS_PER_TURN = 64;

export class Attempt implements CheckpointParticipants {
  /** Resolves when the attempt is over. */
  readonly outcome: Promise<AttemptOutcome>;
  readonly #parts: AttemptParts;
  readonly #scheduler: Scheduler;
  readonly #tasks: readonly Task[];
  readonly #running: Set<Task>;
  /** Those that had finished in the snapshot that the attempt starts from. */
  readonly #finishedBefore: readonly TaskIdentity[];
  /** Ids of the same, and of tasks whose end is part of a complete checkpoint. */
  readonly #finished: Set<string>;
  #settle!: (outcome: AttemptOutcome) => void;
  #over = false;
  #cancelOvertaking: () => void = () => {};
  /** The first checkpoint that covers all records; null before all tasks have ended. */
  #finalFrom: number | null = null;
  /** The savepoint that the job stops with, and whether its sources have come to an end for it. */
  #stop: { readonly checkpointId: number; readonly drains: boolean } | null = null;
  #isStopped = false;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const { eventLoop, clock, schedulingRandom } = parts.environment;
    this.#scheduler = new Scheduler(eventLoop, clock, schedulingRandom);
    const host: TaskHost = {
      clock,
      choices: schedulingRandom === undefined ? takingTurns() : byChance(schedulingRandom),
      wake: (task) => this.#scheduler.wake(task),
      isTurnOver: () => this.#scheduler.isTurnOver,
      fail: (task, error) => this.end({ kind: 'failed', task: task.identity.name, error }),
      ended: (task) => this.#ended(task),
      mayFinish: ({ identity }) => !this.#over && parts.coordinator?.awaits(identity.id) === false,
      finished: ({ identity }) => this.#finished.add(identity.id),
      writeSnapshot: (task, checkpointId) => this.#writeSnapshot(task, checkpointId),
    };
    this.#tasks = buildTasks(parts.graph, host, parts);
    this.#running = new Set(this.#tasks);
    this.#finishedBefore = finishedBefore(parts);
    this.#finished = new Set(this.#finishedBefore.map(({ id }) => id));
  }

  /** Opens all tasks; then, when all are open, lets them clean up after earlier attempts. Rejects where one cannot. */
  async open(): Promise<void> {
    await this.#each([...this.#tasks].reverse(), (task) => task.chain.open());
    await this.#each(this.#tasks, (task) => task.chain.recover());
  }

  run(): void {
    if (this.#over) return;
    this.#parts.coordinator?.start(this);
    this.#scheduler.start();
    for (const task of this.#tasks) task.wake();
    if (this.#tasks.length === 0) this.end({ kind: 'finished' });
  }

  /** Ends the attempt; the first outcome counts. */
  end(outcome: AttemptOutcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelOvertaking();
    this.#scheduler.stop();
    this.#settle(outcome);
  }

  /** Closes all tasks, when what they wait for is over; returns what failed. */
  async close(): Promise<readonly TaskFailure[]> {
    const failures = await Promise.all(
      this.#tasks.map(async (task) =>
        (await task.close()).map((error) => ({ task: task.identity.name, error })),
      ),
    );
    return failures.flat();
  }

  /** The job was to stop with a savepoint, and that is complete: no attempt follows. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  get finishedTasks(): ReadonlySet<string> {
    return this.#finished;
  }

  get progress(): readonly TaskProgress[] {
    const before = this.#finishedBefore.map(({ vertexId, subtask }) => ({
      ...AT_ITS_END,
      vertexId,
      subtask,
    }));
    return [...this.#tasks.map((task) => task.progress), ...before];
  }

  triggerCheckpoint(checkpointId: number, savepoint: SavepointRequest | null): void {
    if (savepoint === null) this.#allowOvertaking(checkpointId);
    if (savepoint !== null && stopsJob(savepoint)) {
      this.#stop = { checkpointId, drains: savepoint.afterwards === 'drain' };
      for (const task of this.#tasks) task.stopWith(checkpointId);
      if (this.#stop.drains) for (const task of this.#unfinished) task.drain();
    }
    for (const task of this.#unfinished) task.triggerCheckpoint(checkpointId);
  }

  notifyCheckpointAborted(checkpointId: number): void {
    for (const task of this.#tasks) {
      task.notifyCheckpointAborted(checkpointId);
      task.goOnAfter(checkpointId);
    }
    if (checkpointId === this.#stop?.checkpointId && this.#stop.drains) this.#undrain();
  }

  notifyCheckpointComplete(checkpointId: number): void {
    const notified = Promise.all(this.#unfinished.map((task) => task.notifyCheckpointComplete(checkpointId)));
    if (checkpointId >= this.#parts.failAtCheckpoint) {
      const error = injectedFailure(`after checkpoint ${checkpointId}`);
      this.end({ kind: 'failed', task: 'the checkpoint coordinator', error });
    }
    const isFinal = this.#finalFrom !== null && checkpointId >= this.#finalFrom;
    if (checkpointId === this.#stop?.checkpointId) this.#isStopped = true;
    if (isFinal || this.#isStopped) {
      this.#parts.coordinator?.rest();
      notified.then(() => this.end({ kind: 'finished' }));
    }
  }

  /** Its sources emit nothing any more: only as another attempt can the job go on. */
  #undrain(): void {
    const error = new JobError('the job was to stop, and its savepoint failed when all was drained', {
      next: 'ask for the savepoint again; what it failed of is said where it was asked for',
    });
    this.end({ kind: 'failed', task: 'the checkpoint coordinator', error });
  }

  get #unfinished(): readonly Task[] {
    return this.#tasks.filter(({ identity }) => !this.#finished.has(identity.id));
  }

  #writeSnapshot(task: Task, checkpointId: number): void {
    const { coordinator } = this.#parts;
    const streams = coordinator?.streamsOf(checkpointId);
    if (coordinator === null || streams === null || streams === undefined) return;
    const { clock } = this.#parts.environment;
    const { alignmentMs, inFlight } = task;
    const startedMs = clock.monotonic();
    const write = task.chain.snapshot(streams.form);
    const copiedMs = clock.monotonic();
    const overtaken = inFlight?.then((records) => ({ records, lastBarrierMs: clock.monotonic() }));
    Promise.all([write(streams), overtaken])
      .then(async ([own, { records, lastBarrierMs } = ALIGNED]) => ({
        states: await withChannels(own, records ?? [], streams),
        metrics: {
          alignmentMs: alignmentMs + (lastBarrierMs ?? startedMs) - startedMs,
          syncMs: copiedMs - startedMs,
          asyncMs: clock.monotonic() - copiedMs,
          persistedBytes: records?.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? null,
        },
      }))
      .then(
        ({ states, metrics }) => coordinator.acknowledge(checkpointId, task.identity, states, metrics),
        (error) => coordinator.decline(checkpointId, task.identity.name, error),
      );
  }

  /** One after the other, until the attempt is over; where they are many, the host has its turns in between. */
  async #each(tasks: readonly Task[], act: (task: Task) => Promise<void>): Promise<void> {
    const { eventLoop } = this.#parts.environment;
    for (const [index, task] of tasks.entries()) {
      if (this.#over) return;
      await act(task);
      if (index % TASKS_PER_TURN === TASKS_PER_TURN - 1)
        await new Promise<void>((resolve) => eventLoop.nextTurn(resolve));
    }
  }

  /** A savepoint is always aligned, and not told of here. */
  #allowOvertaking(checkpointId: number): void {
    const { alignedTimeoutMs, environment } = this.#parts;
    const allow = () => {
      for (const task of this.#tasks) task.allowOvertaking(checkpointId);
    };
    this.#cancelOvertaking();
    if (alignedTimeoutMs === 0) allow();
    else if (Number.isFinite(alignedTimeoutMs))
      this.#cancelOvertaking = environment.clock.schedule(alignedTimeoutMs, allow);
  }

  #ended(task: Task): void {
    this.#running.delete(task);
    if (this.#running.size > 0) return;
    const { coordinator } = this.#parts;
    if (coordinator !== null) this.#requestFinal(coordinator);
    else
      Promise.all(this.#tasks.map((each) => each.commitAtEnd())).then(() => this.end({ kind: 'finished' }));
  }

  /** Asks for the checkpoint that commits the sinks; a failed one is tried again while the job bears failures. */
  #requestFinal(coordinator: CheckpointCoordinator): void {
    if (this.#over) return;
    this.#finalFrom ??= coordinator.nextCheckpointId;
    const { clock } = this.#parts.environment;
    coordinator.request().catch(() => {
      if (!this.#over) clock.schedule(this.#parts.finalRetryMs, () => this.#requestFinal(coordinator));
    });
  }
}

function finishedBefore({ graph, restored }: AttemptParts): readonly TaskIdentity[] {
  const finished = graph.vertices.filter(({ head }) => restored?.finished.has(head.id));
  return finished.flatMap((vertex) =>
    Array.from({ length: vertex.parallelism }, (_, index) => taskIdentity(vertex, index)),
  );
}

/** The progress of a task that is not run again. */
const AT_ITS_END = {
  recordsIn: 0,
  recordsOut: 0,
  busyMs: 0,
  backPressuredMs: 0,
  idleMs: 0,
  hasEnded: true,
} as const;
