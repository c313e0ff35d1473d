// One subtask of a chain of operators: a state machine that is called step by step and never waits. It stops for a full
// channel, for an operator that asked for time, or because there is nothing to do; whoever changes that wakes it.
// Messages (checkpoints, their outcome) are taken between records. Source: Flink StreamTask, MailboxProcessor.

import type { TaskProgress } from '../../model/job-progress.js';
import type { Clock } from '../../support/clock.js';
import type { ChannelRecords } from '../checkpoint/channel-handles.js';
import type { TaskIdentity } from '../job/job-graph.js';
import type { ChannelEnd, ChannelEvent } from './channel.js';
import type { OperatorChain } from './operator-chain.js';
import type { Choices, Runnable, StepResult } from './scheduler.js';
import { TaskTime } from './task-time.js';
import { TaskTimes } from './task-times.js';

/** What a task tells and asks the attempt that it belongs to. */
export interface TaskHost {
  readonly clock: Clock;
  readonly choices: Choices;
  wake(task: Runnable): void;
  /** The host's event loop has waited long enough. */
  isTurnOver(): boolean;
  /** The task cannot go on: the attempt is over. */
  fail(task: Task, error: unknown): void;
  /** All records are processed; barriers may still come. */
  ended(task: Task): void;
  /** Whether no checkpoint under way needs the task any more. */
  mayFinish(task: Task): boolean;
  /** The task is over, and checkpoints go without it. */
  finished(task: Task): void;
  /** The snapshot is taken: writes it and acknowledges it. */
  writeSnapshot(task: Task, checkpointId: number): void;
}

/** How a checkpoint came to be performed. */
interface Alignment {
  /** Time from the first barrier on. */
  readonly alignmentMs: number;
  /** Null where no records were overtaken. */
  readonly inFlight: Promise<readonly ChannelRecords[]> | null;
}

export abstract class Task implements Runnable, ChannelEnd {
  readonly identity: TaskIdentity;
  readonly chain: OperatorChain;
  readonly time: TaskTime;
  protected readonly host: TaskHost;
  readonly #mail: (() => void)[] = [];
  /** Calls that must not come in the middle of a batch. */
  readonly #deferred: (() => void)[] = [];
  /** Full channels and suspensions. Looked at after every record, hence a plain field. */
  protected blockers = 0;
  protected recordsIn = 0;
  /** What the barriers of the last checkpoint took to arrive. */
  #alignmentMs = 0;
  #fullChannels = 0;
  readonly #times: TaskTimes;
  #inFlight: Promise<readonly ChannelRecords[]> | null = null;
  #suspensions = 0;
  readonly #pending = new Set<Promise<unknown>>();
  #ended = false;
  /** The first checkpoint whose barrier it sent on after its end. */
  #firstAfterEndId = Number.POSITIVE_INFINITY;
  /** Such a checkpoint is complete, and what the operators do then is done. */
  #isCommitted = false;
  #finished = false;
  /** The job stops with this checkpoint: nothing is done after its barrier, unless it is aborted. */
  #lastCheckpointId: number | null = null;
  #stopped = false;

  /** `makeChain` is given the task itself, for its operators to suspend it and its channels to block it. */
  constructor(identity: TaskIdentity, host: TaskHost, makeChain: (task: Task) => OperatorChain) {
    this.identity = identity;
    this.host = host;
    this.#times = new TaskTimes(host.clock);
    this.time = new TaskTime(host.clock, (action) => {
      this.#deferred.push(action);
      this.wake();
    });
    this.chain = makeChain(this);
  }

  /** Processes records and events until the turn is over; false when there is nothing to do until {@link Task.wake}. */
  protected abstract work(limit: number): boolean;

  /** A checkpoint is triggered from outside: at sources. */
  abstract triggerCheckpoint(checkpointId: number): void;
  /** What comes before the next checkpoint is all: sources end. */
  abstract drain(): void;
  abstract notifyCheckpointAborted(checkpointId: number): void;
  /** From now on the barriers of this checkpoint may overtake records. */
  abstract allowOvertaking(checkpointId: number): void;
  abstract barrierQueued(checkpointId: number): void;

  stopWith(checkpointId: number): void {
    this.#lastCheckpointId = checkpointId;
  }

  /** The job does not stop with that checkpoint after all. */
  goOnAfter(checkpointId: number): void {
    if (checkpointId !== this.#lastCheckpointId) return;
    this.#lastCheckpointId = null;
    this.#stopped = false;
    this.wake();
  }

  step(): StepResult {
    try {
      return this.#step();
    } catch (error) {
      this.host.fail(this, error);
      return 'waiting';
    }
  }

  wake(): void {
    this.#times.woken();
    this.host.wake(this);
  }

  block(): void {
    this.blockers++;
    if (this.#fullChannels++ === 0) this.#times.blocked();
  }

  unblock(): void {
    if (--this.#fullChannels === 0) this.#times.unblocked();
    this.#resume();
  }

  /** Nothing of this task is called until `promise` is settled. */
  suspendUntil(promise: Promise<unknown>): void {
    this.#suspensions++;
    this.blockers++;
    const watched = promise.then(
      () => {
        this.#suspensions--;
        this.#resume();
      },
      (error) => this.host.fail(this, error),
    );
    this.#pending.add(watched);
    watched.finally(() => this.#pending.delete(watched));
  }

  /** What it has done since its start. */
  get progress(): TaskProgress {
    const { vertexId, subtask } = this.identity;
    return {
      vertexId,
      subtask,
      recordsIn: this.recordsIn,
      recordsOut: this.chain.recordsOut,
      ...this.#times.shares,
      hasEnded: this.#ended,
    };
  }

  /** Records in flight of the checkpoint that was performed last; null where none were overtaken. */
  get inFlight(): Promise<readonly ChannelRecords[]> | null {
    return this.#inFlight;
  }

  get alignmentMs(): number {
    return this.#alignmentMs;
  }

  /** Closes the operators, when nothing of theirs is under way; returns what failed. */
  async close(): Promise<readonly unknown[]> {
    this.time.cancelAll();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    return this.chain.close();
  }

  /** Resolves when the operators have heard of it, and done what they do then. */
  notifyCheckpointComplete(checkpointId: number): Promise<void> {
    return new Promise((resolve) => {
      this.post(() =>
        this.after(this.chain.notifyCheckpointComplete(checkpointId), () => {
          if (checkpointId >= this.#firstAfterEndId) this.#isCommitted = true;
          this.tryFinish();
          resolve();
        }),
      );
    });
  }

  /** Commits what sinks hold without a checkpoint, at the end of a job that takes none. */
  commitAtEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.post(() =>
        this.after(this.chain.prepareSnapshot(Number.MAX_SAFE_INTEGER), () =>
          this.after(this.chain.notifyCheckpointComplete(Number.MAX_SAFE_INTEGER), resolve),
        ),
      );
    });
  }

  /** Makes the next call that was deferred, unless the task has ended; false where there is none. */
  protected runDeferred(): boolean {
    if (this.#stopped) return false;
    const action = this.#deferred.shift();
    if (action === undefined) return false;
    if (!this.#ended) action();
    return true;
  }

  /** `message` is handled before the next record. */
  protected post(message: () => void): void {
    this.#mail.push(message);
    this.wake();
  }

  /** Goes on with `next` when `pending` is done: at once where there is nothing to wait for. */
  protected after(pending: Promise<unknown> | undefined, next: () => void): void {
    if (pending === undefined) next();
    else this.suspendUntil(pending.then(next));
  }

  /** Sends the barrier on, then takes the snapshot: no record comes between. */
  protected performCheckpoint(
    checkpointId: number,
    { alignmentMs, inFlight }: Alignment = { alignmentMs: 0, inFlight: null },
  ): void {
    this.#alignmentMs = alignmentMs;
    this.#inFlight = inFlight;
    this.#stopped = checkpointId === this.#lastCheckpointId;
    if (this.#ended) this.#firstAfterEndId = Math.min(this.#firstAfterEndId, checkpointId);
    this.chain.broadcast({ kind: 'barrier', checkpointId });
    this.after(this.chain.prepareSnapshot(checkpointId), () => this.host.writeSnapshot(this, checkpointId));
  }

  protected broadcast(event: ChannelEvent): void {
    this.chain.broadcast(event);
  }

  /** No record follows, and the last watermark has passed. */
  protected endInput(): void {
    this.chain.endInput();
    this.broadcast({ kind: 'end-of-data' });
    this.#ended = true;
    this.host.ended(this);
  }

  /**
   * The task is over where its end is part of a complete checkpoint, all before it are over, and those behind have its
   * records: none may be in flight that nobody sends again. One with union state stays: what its other subtasks have is
   * of no use without its own.
   */
  protected tryFinish(): void {
    if (!this.#isCommitted || this.#finished || this.hasOpenInputs) return;
    if (!this.chain.isRead || this.chain.hasUnionState || !this.host.mayFinish(this)) return;
    this.#finished = true;
    this.broadcast({ kind: 'end-of-partition' });
    this.host.finished(this);
  }

  /** Whether barriers may still come. */
  protected abstract get hasOpenInputs(): boolean;

  protected get isStopped(): boolean {
    return this.#stopped;
  }

  protected get hasEnded(): boolean {
    return this.#ended;
  }

  #step(): StepResult {
    while (this.#suspensions === 0) {
      const message = this.#mail.shift();
      if (message === undefined) break;
      message();
    }
    if (this.blockers > 0) return 'waiting';
    const more = this.work(this.host.choices.stepRecords());
    this.chain.flush();
    if (more && this.blockers === 0) return 'more';
    if (this.blockers === 0) this.#times.waits();
    return 'waiting';
  }

  #resume(): void {
    this.blockers--;
    this.wake();
  }
}
