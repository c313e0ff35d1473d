// Takes the checkpoints of one job: triggers the sources, gathers what the tasks acknowledge, writes `_metadata` when
// the last one has, and tells the tasks. It outlives the attempts of a job; while none runs it starts nothing.
// Source: Flink CheckpointCoordinator, CheckpointFailureManager.
import { writeMetadata } from '../../format/metadata/write.js';
import { formatLocation, type Location } from '../../model/location.js';
import type { CheckpointProperties, WritableVersion } from '../../model/metadata.js';
import { documentSizes } from '../../model/state-sizes.js';
import type { StorageRemover } from '../../storage/storage.js';
import type { Clock } from '../../support/clock.js';
import { JobError } from '../../support/errors.js';
import type { CheckpointFailureReason, JobEvent } from '../events.js';
import type { CheckpointStreams } from '../state/keyed-backend.js';
import type { CheckpointStorage, Leftover } from './checkpoint-storage.js';
import { type CompletedCheckpoint, type CompletedCheckpoints, discardCheckpoint } from './completed-checkpoints.js';
import { type AcknowledgedState, type CheckpointPlan, PendingCheckpoint } from './pending-checkpoint.js';
import { decideTrigger, type TriggerRules } from './trigger-policy.js';

/** The tasks of the attempt that runs. None of the calls waits or throws. */
export interface CheckpointParticipants {
  /** Tells the sources to send the barrier. */
  triggerCheckpoint(checkpointId: number): void;
  notifyCheckpointComplete(checkpointId: number): void;
  notifyCheckpointAborted(checkpointId: number): void;
}

export interface CoordinatorParts {
  readonly plan: CheckpointPlan;
  readonly checkpoints: CompletedCheckpoints;
  readonly checkpointStorage: CheckpointStorage;
  readonly storage: StorageRemover;
  readonly clock: Clock;
  readonly rules: TriggerRules;
  readonly timeoutMs: number;
  readonly tolerableFailures: number;
  readonly properties: CheckpointProperties;
  readonly formatVersion: WritableVersion;
  readonly firstCheckpointId: number;
  onEvent(event: JobEvent): void;
  /** More checkpoints in a row failed than are tolerable, or this program is at fault. */
  onFailure(error: Error): void;
}

interface Request {
  resolve(location: Location): void;
  reject(error: Error): void;
}

const COUNTED: readonly CheckpointFailureReason[] = ['declined', 'expired', 'storage'];

export class CheckpointCoordinator {
  readonly #parts: CoordinatorParts;
  readonly #pending = new Map<number, PendingCheckpoint>();
  readonly #askers = new Map<number, Request>();
  readonly #background = new Set<Promise<unknown>>();
  #requests: Request[] = [];
  #participants: CheckpointParticipants | null = null;
  #nextId: number;
  #lastPeriodicMs = 0;
  #lastEndMs: number | null = null;
  #failuresInARow = 0;
  #cancelTimer: () => void = () => {};

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#nextId = parts.firstCheckpointId;
  }

  /** Makes the job's directories. Throws where they cannot be made. */
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
    this.#lastPeriodicMs = this.#parts.clock.now();
    this.#failuresInARow = 0;
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
    const error = new JobError(reason === 'job-end' ? 'the job has ended' : 'the job failed and restarts');
    for (const pending of [...this.#pending.values()]) {
      if (pending.phase === 'running') this.#fail(pending, reason, error);
    }
    for (const request of this.#requests.splice(0)) request.reject(error);
    while (this.#background.size > 0) await Promise.allSettled(this.#background);
  }

  /** Takes a checkpoint as soon as may be. Rejects where it does not become complete, or no attempt runs. */
  request(): Promise<Location> {
    if (this.#participants === null) return Promise.reject(new JobError('the job is not running'));
    return new Promise((resolve, reject) => {
      this.#requests.push({ resolve, reject });
      this.#schedule();
    });
  }

  /** Where tasks write the state of a checkpoint under way; null where it is no more. */
  streamsOf(checkpointId: number): CheckpointStreams | null {
    return this.#pending.get(checkpointId)?.location ?? null;
  }

  acknowledge(checkpointId: number, taskId: string, states: readonly AcknowledgedState[]): void {
    const pending = this.#pending.get(checkpointId);
    if (pending?.phase === 'running' && pending.acknowledge(taskId, states)) this.#run(this.#finalize(pending));
  }

  /** A task could not write its state. */
  decline(checkpointId: number, taskId: string, cause: unknown): void {
    const pending = this.#pending.get(checkpointId);
    if (pending?.phase !== 'running') return;
    const message = `${taskId} could not write its state: ${(cause as Error).message}`;
    this.#fail(pending, 'declined', new JobError(message, { cause }));
  }

  /** Removes the checkpoints that do not outlive the job. */
  async endJob(status: 'FINISHED' | 'CANCELED' | 'FAILED'): Promise<void> {
    for (const checkpoint of this.#parts.checkpoints.endJob(status)) await this.#discard(checkpoint);
  }

  /** Starts what may start now, else sets a timer for when it may. */
  #schedule(): void {
    this.#cancelTimer();
    if (this.#participants === null) return;
    const { clock, rules } = this.#parts;
    const history = {
      pending: this.#pending.size,
      requests: this.#requests.length,
      lastPeriodicMs: this.#lastPeriodicMs,
      lastEndMs: this.#lastEndMs,
    };
    const decision = decideTrigger(rules, history, clock.now());
    if (decision.kind === 'at') {
      this.#cancelTimer = clock.schedule(decision.timeMs - clock.now(), () => this.#schedule());
    } else if (decision.kind === 'now') {
      if (decision.periodic) this.#lastPeriodicMs = clock.now();
      this.#run(this.#trigger());
      this.#schedule();
    }
  }

  async #trigger(): Promise<void> {
    const { plan, checkpointStorage, clock, timeoutMs, onEvent } = this.#parts;
    const checkpointId = this.#nextId++;
    const location = checkpointStorage.locationOf(checkpointId);
    const pending = new PendingCheckpoint(checkpointId, { plan, location, triggeredAtMs: clock.now() });
    this.#pending.set(checkpointId, pending);
    const request = this.#requests.shift();
    if (request !== undefined) this.#askers.set(checkpointId, request);
    pending.cancelTimeout = clock.schedule(timeoutMs, () => this.#expire(pending));
    onEvent({ kind: 'checkpoint-triggered', checkpointId });
    try {
      await location.make();
    } catch (thrown) {
      return this.#fail(pending, 'storage', thrown as Error);
    }
    if (pending.phase === 'running') this.#participants?.triggerCheckpoint(checkpointId);
  }

  async #finalize(pending: PendingCheckpoint): Promise<void> {
    pending.phase = 'finalizing';
    pending.cancelTimeout();
    const { properties, formatVersion, clock, checkpoints } = this.#parts;
    const metadata = pending.toMetadata(properties);
    const bytes = writeMetadata(metadata, formatVersion);
    try {
      await pending.location.writeMetadata(bytes);
    } catch (thrown) {
      return this.#fail(pending, 'storage', thrown as Error);
    }
    const { checkpointId } = pending;
    if ((checkpoints.latest?.summary.checkpointId ?? -1) > checkpointId) return this.#subsume(pending);
    const summary = {
      checkpointId,
      location: pending.location.directory,
      durationMs: clock.now() - pending.triggeredAtMs,
      stateBytes: Number(documentSizes(metadata).stateSizeBytes),
      metadataBytes: bytes.length,
      files: pending.location.files,
    };
    this.#complete(pending, { summary, metadata, ownership: properties });
  }

  #complete(pending: PendingCheckpoint, completed: CompletedCheckpoint): void {
    const { onEvent, checkpoints } = this.#parts;
    this.#end(pending);
    this.#failuresInARow = 0;
    onEvent({ kind: 'checkpoint-completed', ...completed.summary });
    for (const older of checkpoints.add(completed)) {
      const { checkpointId, location } = older.summary;
      onEvent({ kind: 'checkpoint-subsumed', checkpointId, location });
      this.#run(this.#discard(older));
    }
    for (const other of [...this.#pending.values()]) {
      if (other.checkpointId < pending.checkpointId && other.phase === 'running') this.#subsume(other);
    }
    this.#participants?.notifyCheckpointComplete(pending.checkpointId);
    this.#takeAsker(pending)?.resolve(completed.summary.location);
    this.#schedule();
  }

  #expire(pending: PendingCheckpoint): void {
    const { timeoutMs } = this.#parts;
    const message = `checkpoint ${pending.checkpointId} was not complete after ${timeoutMs} ms`;
    const next = 'raise execution.checkpointing.timeout, or find the task that is slow';
    this.#fail(pending, 'expired', new JobError(message, { next }));
  }

  #subsume(pending: PendingCheckpoint): void {
    this.#fail(pending, 'subsumed', new JobError(`a newer checkpoint than ${pending.checkpointId} is complete`));
  }

  #fail(pending: PendingCheckpoint, reason: CheckpointFailureReason, error: Error): void {
    const { checkpointId, location } = pending;
    const counted = COUNTED.includes(reason);
    this.#end(pending);
    this.#participants?.notifyCheckpointAborted(checkpointId);
    this.#parts.onEvent({ kind: 'checkpoint-failed', checkpointId, reason, error, counted });
    this.#run(location.discard().then((leftovers) => this.#report(leftovers)));
    this.#takeAsker(pending)?.reject(error);
    if (counted) this.#countFailure(error);
    this.#schedule();
  }

  #countFailure(cause: Error): void {
    const { tolerableFailures, onFailure, checkpointStorage } = this.#parts;
    if (++this.#failuresInARow <= tolerableFailures) return;
    const message = `${this.#failuresInARow} checkpoints in a row failed, ${tolerableFailures} are tolerable: ${cause.message}`;
    onFailure(
      new JobError(message, {
        where: formatLocation(checkpointStorage.root),
        next: 'mend the cause, or raise execution.checkpointing.tolerable-failed-checkpoints',
        cause,
      }),
    );
  }

  #end(pending: PendingCheckpoint): void {
    pending.phase = 'over';
    pending.cancelTimeout();
    this.#pending.delete(pending.checkpointId);
    this.#lastEndMs = this.#parts.clock.now();
  }

  #takeAsker({ checkpointId }: PendingCheckpoint): Request | undefined {
    const asker = this.#askers.get(checkpointId);
    this.#askers.delete(checkpointId);
    return asker;
  }

  async #discard(checkpoint: CompletedCheckpoint): Promise<void> {
    this.#report(await discardCheckpoint(this.#parts.storage, checkpoint));
  }

  #report(leftovers: readonly Leftover[]): void {
    for (const { location, error } of leftovers) this.#parts.onEvent({ kind: 'cleanup-failed', location, error });
  }

  /** Work that nobody waits for but {@link CheckpointCoordinator.stop}. */
  #run(work: Promise<unknown>): void {
    const watched = work.catch((error: Error) => this.#parts.onFailure(error));
    this.#background.add(watched);
    watched.finally(() => this.#background.delete(watched));
  }
}
