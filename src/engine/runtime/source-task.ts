// A task that reads a source. Barriers begin here, at a message of the coordinator between two records.
// Source: Flink SourceOperatorStreamTask.

import { BugError } from '../../support/errors.js';
import type { TaskIdentity } from '../job/job-graph.js';
import { MAX_WATERMARK } from '../operators/operator.js';
import type { SourceOperator } from '../operators/source-operator.js';
import type { FailureInjection } from './failure-injection.js';
import type { OperatorChain } from './operator-chain.js';
import { SLICE_RECORDS } from './scheduler.js';
import { Task, type TaskHost } from './task.js';

export interface SourceTaskParts {
  readonly makeChain: (task: Task) => OperatorChain;
  readonly injection: FailureInjection;
}

export class SourceTask extends Task {
  readonly #source: SourceOperator<unknown, unknown>;
  readonly #injection: FailureInjection;
  #awaitingInput = false;

  constructor(identity: TaskIdentity, host: TaskHost, parts: SourceTaskParts) {
    super(identity, host, parts.makeChain);
    if (this.chain.source === null) throw new BugError(`${identity.name} has no source`);
    this.#source = this.chain.source;
    this.#injection = parts.injection;
  }

  triggerCheckpoint(checkpointId: number): void {
    this.post(() => this.performCheckpoint(checkpointId));
  }

  drain(): void {
    this.post(() => {
      if (!this.hasEnded) this.#end();
    });
  }

  /** Barriers are sent in the order of the messages: what was given up is just not taken on by others. */
  notifyCheckpointAborted(): void {}

  /** No records wait before a source. */
  allowOvertaking(): void {}
  barrierQueued(): void {}

  protected get hasOpenInputs(): boolean {
    return false;
  }

  protected work(limit: number): boolean {
    if (this.blockers === 0 && this.runDeferred()) return true;
    if (this.hasEnded || this.isStopped || this.#awaitingInput) return false;
    let left = Math.min(limit, this.chain.room);
    for (;;) {
      const before = this.#source.emitted;
      const result = this.#source.poll(this.#injection.allow(Math.min(left, SLICE_RECORDS)));
      const emitted = this.#source.emitted - before;
      this.recordsIn += emitted;
      this.#injection.count(emitted);
      if (result === 'end') this.#end();
      if (result === 'nothing') this.#awaitInput();
      if (result !== 'more') return false;
      left -= emitted;
      if (emitted === 0 || left <= 0 || this.blockers > 0 || this.host.isTurnOver()) return true;
    }
  }

  #end(): void {
    this.chain.watermarks.processWatermark(MAX_WATERMARK);
    this.endInput();
  }

  #awaitInput(): void {
    this.#awaitingInput = true;
    this.#source.available().then(
      () => {
        this.#awaitingInput = false;
        this.wake();
      },
      (error) => this.host.fail(this, error),
    );
  }
}
