// What runs inside a task: operators, each handing its results to the next by a plain call. Nothing in here waits; an
// operator that must wait says so through its context, and the task stops calling it until then.
// Source: Flink StreamOperator, Output, OperatorSnapshotFutures.
import type { Clock } from '../../support/clock.js';
import type { RuntimeContext } from '../job/functions.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';
import type { OperatorListState } from '../state/operator-state.js';

/** Timestamp of a record without event time; also the watermark before the first. */
export const NO_TIMESTAMP = Number.NEGATIVE_INFINITY;
/** The watermark after the last record (Flink's Watermark.MAX_WATERMARK). */
export const MAX_WATERMARK = Number.POSITIVE_INFINITY;

/** Where records go: the next operator of the chain, or the writer of a stream. Times are ms since the epoch. */
export interface Output<T> {
  processElement(value: T, timestampMs: number): void;
  processWatermark(timestampMs: number): void;
}

/** An operator of one subtask. Promises returned make the task wait: nothing else is called meanwhile. */
export interface StreamOperator<I> extends Output<I> {
  open(): void | Promise<void>;
  /** After all subtasks are open and before any record. */
  recover(): void | Promise<void>;
  /** No record follows; more may be emitted from here. */
  endInput(): void;
  /** At the barrier: brings what is in flight into the states of the context, which are then written. */
  prepareSnapshot(checkpointId: number): void | Promise<void>;
  notifyCheckpointComplete(checkpointId: number): void | Promise<void>;
  close(): void | Promise<void>;
}

/** The surroundings of one operator in one subtask. */
export interface OperatorContext {
  readonly operatorName: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly clock: Clock;
  readonly runtime: RuntimeContext;
  /** Null where the operator reads no keyed stream. */
  readonly keyedState: KeyedStateBackend | null;
  /** The operator's list state of this name, with what was restored. */
  listState(name: string): OperatorListState;
  /** The task calls nothing until `promise` is settled; it fails where that rejects. */
  suspendUntil(promise: Promise<unknown>): void;
  /** A line of `print()`. */
  print(line: string): void;
}

/** Makes an operator that hands its results to `output`. */
export type OperatorFactory = (context: OperatorContext, output: Output<unknown>) => StreamOperator<unknown>;

/** Does nothing but pass watermarks on. */
export abstract class BaseOperator<I, O> implements StreamOperator<I> {
  constructor(protected readonly output: Output<O>) {}

  abstract processElement(value: I, timestampMs: number): void;

  processWatermark(timestampMs: number): void {
    this.output.processWatermark(timestampMs);
  }

  open(): void | Promise<void> {}
  recover(): void | Promise<void> {}
  endInput(): void {}
  prepareSnapshot(_checkpointId: number): void | Promise<void> {}
  notifyCheckpointComplete(_checkpointId: number): void | Promise<void> {}
  close(): void | Promise<void> {}
}
