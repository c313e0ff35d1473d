// Takes the checkpoints of one job: triggers the sources, gathers what the tasks acknowledge, writes `_metadata` when
// the last one has, and tells the tasks. It outlives the attempts of a job; while none runs it starts nothing.
// Source: Flink CheckpointCoordinator, CheckpointFailureManager.
import { writeMetadata } from '../../format/metadata/write.js';
import type { CheckpointFailureReason, CheckpointSummary } from '../../model/job-events.js';
import type { CheckpointMetrics } from '../../model/job-progress.js';
import { formatLocation } from '../../model/location.js';
import type { Metadata } from '../../model/metadata.js';
import { documentSizes } from '../../model/state-sizes.js';
import { JobError, messageOf } from '../../support/errors.js';
import type { TaskIdentity } from '../job/job-graph.js';
import type { CheckpointStreams } from '../state/keyed-backend.js';
import { acknowledged } from './acknowledged.js';
import { BackgroundWork } from './background-work.js';
import { CheckpointFailures, isCounted } from './checkpoint-failures.js';
import type { Leftover, SnapshotPlace } from './checkpoint-storage.js';
import type { CompletedCheckpoint } from './completed-checkpoints.js';
import type { CheckpointParticipants, CoordinatorParts } from './coordinator-parts.js';
import { type AcknowledgedState, PendingCheckpoint } from './pending-checkpoint.js';
import { type SavepointRequest, savepointProperties, stopsJob } from './savepoint.js';
import { decideTrigger } from './trigger-policy.js';

interface Request {
  /** Null for a checkpoint. */
  readonly savepoint: SavepointRequest | null;
  resolve(summary: CheckpointSummary): void;
  reject(error: Error): void;
}

export class CheckpointCoordinator {
  readonly #parts: CoordinatorParts;
  readonly #pending = new Map<number, PendingCheckpoint>();
  readonly #askers = new Map<number, Request>();
  /** Writing of `_metadata`: whether those checkpoints become complete must be known before a restart. */
  readonly #finishing: BackgroundWork;
  readonly #cleaning: BackgroundWork;
  readonly #failures: CheckpointFailures;
  #requests: Request[] = [];
  #participants: CheckpointParticipants | null = null;
  #nextId: number;
  /** Its barriers are in the sources, and those of no later checkpoint. */
  #lastTriggeredId = 0;
  #lastPeriodicMs = 0;
  #lastCompletionMs: number | null = null;
  #cancelTimer: () => void = () => {};

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#nextId = parts.firstCheckpointId;
    this.#finishing = new BackgroundWork((error) => parts.onFailure(error));
    this.#cleaning = new BackgroundWork((error) => parts.onFailure(error));
    this.#failures = new CheckpointFailures(parts.tolerableFailures);
  }

  /** Makes the job's directories: not before it can start, so that one that cannot leaves none. Throws where they cannot be made. */
  initialize(): Promise<void> {
    return this.#parts.checkpointStorage.initialize();
  }

  /** The id that the next checkpoint will have; ids only rise, over restarts too. */
  get nextCheckpointId(): number {
    return this.#nextId;
  }

  /** An attempt runs: checkpoints may start. */
  start(participants: CheckpointParticipants): void {
    this.#participants = participants;
    this.#lastPeriodicMs = this.#parts.clock.monotonic();
    this.#schedule();
  }

  /** Starts no further checkpoints: the last one needed is complete. */
  rest(): void {
    this.#participants = null;
    this.#cancelTimer();
  }

  /** The attempt is over. Resolves when no checkpoint is under way; one that is being finished may become complete. */
  async stop(reason: 'job-failure' | 'job-end'): Promise<void> {
    this.rest();
    const error = new JobError(reason === 'job-end' ? 'the job has ended' : 'the job has failed');
    for (const pending of [...this.#pending.values()]) {
      if (pending.phase === 'running') this.#fail(pending, reason, error);
    }
    for (const request of this.#requests.splice(0)) request.reject(error);
    await this.#finishing.settled();
  }

  /** Takes a checkpoint as soon as may be. Rejects where it does not become complete, or no attempt runs. */
  request(savepoint: SavepointRequest | null = null): Promise<CheckpointSummary> {
    if (this.#participants === null) return Promise.reject(new JobError('the job is not running'));
    return new Promise((resolve, reject) => {
      this.#requests.push({ savepoint, resolve, reject });
      this.#schedule();
    });
  }

  /** Where tasks write the state of a checkpoint under way; null where it is no more. */
  streamsOf(checkpointId: number): CheckpointStreams | null {
    return this.#pending.get(checkpointId)?.location ?? null;
  }

  /** Whether a checkpoint under way needs that task. */
  awaits(taskId: string): boolean {
    return [...this.#pending.values()].some((pending) => pending.awaits(taskId));
  }

  acknowledge(
    checkpointId: number,
    task: TaskIdentity,
    states: readonly AcknowledgedState[],
    metrics: CheckpointMetrics,
  ): void {
    const pending = this.#pending.get(checkpointId);
    if (pending?.phase !== 'running') return;
    const isLast = pending.acknowledge(task.id, states);
    this.#parts.onEvent(acknowledged(checkpointId, task, states, metrics));
    if (isLast) this.#finishing.add(this.#finalize(pending));
  }

  /** A task could not write its state. */
  decline(checkpointId: number, taskName: string, cause: unknown): void {
    const pending = this.#pending.get(checkpointId);
    if (pending?.phase !== 'running') return;
    const message = `${taskName} could not write its state: ${messageOf(cause)}`;
    this.#fail(pending, 'declined', new JobError(message, { cause }));
  }

  /** Removes the checkpoints that do not outlive the job. */
  async endJob(status: 'FINISHED' | 'CANCELED' | 'FAILED'): Promise<void> {
    await this.#discard(this.#parts.checkpoints.endJob(status));
    await this.#cleaning.settled();
  }

  /** Starts what may start now, else sets a timer for when it may. */
  #schedule(): void {
    this.#cancelTimer();
    if (this.#participants === null || this.#isStopping()) return;
    const { clock, rules } = this.#parts;
    const history = {
      pending: this.#pending.size,
      requests: this.#requests.length,
      lastPeriodicMs: this.#lastPeriodicMs,
      lastCompletionMs: this.#lastCompletionMs,
    };
    const decision = decideTrigger(rules, history, clock.monotonic());
    if (decision.kind === 'at') {
      this.#cancelTimer = clock.schedule(decision.timeMs - clock.monotonic(), () => this.#schedule());
    } else if (decision.kind === 'now') {
      if (decision.periodic) this.#lastPeriodicMs = clock.monotonic();
      this.#cleaning.add(this.#trigger());
      this.#schedule();
    }
  }

  async #trigger(): Promise<void> {
    const { plan, checkpointStorage, checkpoints, clock, timeoutMs, onEvent } = this.#parts;
    const checkpointId = this.#nextId++;
    const request = this.#requests.shift();
    const savepoint = request?.savepoint ?? null;
    const location =
      savepoint === null
        ? checkpointStorage.locationOf(checkpointId)
        : checkpointStorage.savepointAt(placeOf(savepoint), checkpointId);
    const baseId = checkpoints.latest?.summary.checkpointId ?? 0;
    const pending = new PendingCheckpoint(location, {
      plan,
      baseId,
      triggeredAtMs: clock.monotonic(),
      savepoint,
    });
    this.#pending.set(checkpointId, pending);
    if (request !== undefined) this.#askers.set(checkpointId, request);
    pending.cancelTimeout = clock.schedule(timeoutMs, () => this.#expire(pending));
    onEvent({
      kind: 'checkpoint-triggered',
      checkpointId,
      savepointFormat: savepoint?.format ?? null,
      stopsJob: stopsJob(savepoint),
    });
    try {
      await location.make();
    } catch (thrown) {
      return this.#fail(pending, 'storage', thrown as Error);
    }
    if (pending.phase === 'running') this.#triggerTasks(pending);
  }

  /** Barriers leave in the order of their ids: what a later checkpoint commits includes what an earlier one would. */
  #triggerTasks(pending: PendingCheckpoint): void {
    const { checkpointId } = pending;
    if (checkpointId < this.#lastTriggeredId) {
      this.#subsume(pending);
    } else {
      this.#lastTriggeredId = checkpointId;
      const left = pending.leaveOut(this.#participants?.finishedTasks ?? new Set());
      for (const task of left) this.#parts.onEvent(acknowledged(checkpointId, task, [], NOTHING));
      this.#participants?.triggerCheckpoint(checkpointId, pending.savepoint);
    }
  }

  async #finalize(pending: PendingCheckpoint): Promise<void> {
    pending.phase = 'finalizing';
    pending.cancelTimeout();
    const { formatVersion, clock, checkpoints } = this.#parts;
    const { savepoint } = pending;
    const properties = savepoint === null ? this.#parts.properties : savepointProperties(savepoint);
    let metadata: Metadata;
    let bytes: Uint8Array;
    try {
      metadata = pending.toMetadata(properties);
      bytes = writeMetadata(metadata, formatVersion);
      await pending.location.writeMetadata(bytes);
    } catch (thrown) {
      return this.#fail(pending, 'storage', thrown as Error);
    }
    const { checkpointId } = pending;
    if (savepoint === null && (checkpoints.latest?.summary.checkpointId ?? -1) > checkpointId)
      return this.#subsume(pending);
    const summary = {
      checkpointId,
      location: pending.location.directory,
      durationMs: clock.monotonic() - pending.triggeredAtMs,
      stateBytes: Number(documentSizes(metadata).stateSizeBytes),
      metadataBytes: bytes.length,
      files: pending.location.files,
    };
    if (savepoint === null) this.#complete(pending, { summary, metadata, ownership: properties });
    else this.#completeSavepoint(pending, savepoint, summary);
  }

  /** Nothing is subsumed by it, and the tasks hear of it only where the job stops with it. */
  #completeSavepoint(
    pending: PendingCheckpoint,
    savepoint: SavepointRequest,
    summary: CheckpointSummary,
  ): void {
    this.#end(pending);
    this.#parts.onEvent({ kind: 'savepoint-completed', ...summary });
    if (stopsJob(savepoint)) this.#participants?.notifyCheckpointComplete(pending.checkpointId);
    this.#takeAsker(pending)?.resolve(summary);
    if (!stopsJob(savepoint)) this.#schedule();
  }

  /** A savepoint is under way that nothing comes after. */
  #isStopping(): boolean {
    return [...this.#pending.values()].some(({ savepoint }) => stopsJob(savepoint));
  }

  #complete(pending: PendingCheckpoint, completed: CompletedCheckpoint): void {
    const { onEvent, checkpoints } = this.#parts;
    this.#end(pending);
    this.#failures.complete(pending.checkpointId);
    this.#lastCompletionMs = this.#parts.clock.monotonic();
    onEvent({ kind: 'checkpoint-completed', ...completed.summary });
    const subsumed = checkpoints.add(completed);
    for (const { summary } of subsumed) {
      const { checkpointId, location } = summary;
      onEvent({ kind: 'checkpoint-subsumed', checkpointId, location });
    }
    this.#cleaning.add(this.#discard(subsumed));
    for (const other of [...this.#pending.values()]) {
      if (other.savepoint !== null || other.checkpointId > pending.checkpointId) continue;
      if (other.phase === 'running') this.#subsume(other);
    }
    this.#participants?.notifyCheckpointComplete(pending.checkpointId);
    this.#takeAsker(pending)?.resolve(completed.summary);
    this.#schedule();
  }

  #expire(pending: PendingCheckpoint): void {
    const { timeoutMs } = this.#parts;
    const message = `checkpoint ${pending.checkpointId} was not complete after ${timeoutMs} ms`;
    const next = 'raise execution.checkpointing.timeout, or find the task that is slow';
    this.#fail(pending, 'expired', new JobError(message, { next }));
  }

  #subsume(pending: PendingCheckpoint): void {
    this.#fail(
      pending,
      'subsumed',
      new JobError(`a newer checkpoint than ${pending.checkpointId} has overtaken it`),
    );
  }

  #fail(pending: PendingCheckpoint, reason: CheckpointFailureReason, error: Error): void {
    const { checkpointId, location } = pending;
    const counted = pending.savepoint === null && isCounted(reason);
    this.#end(pending);
    this.#participants?.notifyCheckpointAborted(checkpointId);
    this.#parts.onEvent({ kind: 'checkpoint-failed', checkpointId, reason, error, counted });
    this.#cleaning.add(location.discard().then((leftovers) => this.#report(leftovers)));
    this.#cleaning.add(this.#discard([]));
    this.#takeAsker(pending)?.reject(error);
    const { onFailure, checkpointStorage } = this.#parts;
    const root = formatLocation(checkpointStorage.root);
    const tooMany = counted ? this.#failures.count(checkpointId, error, root) : null;
    if (tooMany !== null) onFailure(tooMany);
    this.#schedule();
  }

  #end(pending: PendingCheckpoint): void {
    pending.phase = 'over';
    pending.cancelTimeout();
    this.#pending.delete(pending.checkpointId);
  }

  #takeAsker({ checkpointId }: PendingCheckpoint): Request | undefined {
    const asker = this.#askers.get(checkpointId);
    this.#askers.delete(checkpointId);
    return asker;
  }

  async #discard(discarded: readonly CompletedCheckpoint[]): Promise<void> {
    const { checkpoints, storage } = this.#parts;
    const oldestBase = () => Math.min(...[...this.#pending.values()].map(({ baseId }) => baseId));
    this.#report(await checkpoints.discard(storage, discarded, oldestBase));
  }

  #report(leftovers: readonly Leftover[]): void {
    for (const { location, error } of leftovers)
      this.#parts.onEvent({ kind: 'cleanup-failed', location, error });
  }
}

/** Of a task that has finished. */
const NOTHING: CheckpointMetrics = { alignmentMs: 0, syncMs: 0, asyncMs: 0, persistedBytes: null };

function placeOf({ directory, format }: SavepointRequest): SnapshotPlace {
  return { directory, form: format === 'CANONICAL' ? 'canonical' : 'native' };
}
