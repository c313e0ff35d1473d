// What runs inside a task: operators, each handing its results to the next by a plain call. Nothing in here waits; an
// operator that must wait says so through its context, and the task stops calling it until then.
// Source: Flink StreamOperator, Output, OperatorSnapshotFutures.
import type { Clock } from '../../support/clock.js';
import type { RuntimeContext } from '../job/functions.js';
import type { OutputTag } from '../job/output-tag.js';
import type { OperatorStateStore } from '../job/state.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';
import type { OperatorListState } from '../state/operator-state.js';

/** Timestamp of a record without event time; also the watermark before the first. */
export const NO_TIMESTAMP = Number.NEGATIVE_INFINITY;
/** The watermark after the last record (Flink's Watermark.MAX_WATERMARK). */
export const MAX_WATERMARK = Number.POSITIVE_INFINITY;

/** Whether a stream takes part in event time; an idle one holds nobody up. */
export type WatermarkStatus = 'active' | 'idle';

/** How event time goes on. */
export interface WatermarkOutput {
  processWatermark(timestampMs: number): void;
  processWatermarkStatus(status: WatermarkStatus): void;
}

/** Where records go: the next operator of the chain, or the writer of a stream. Times are ms since the epoch. */
export interface Output<T> extends WatermarkOutput {
  processElement(value: T, timestampMs: number): void;
}

/** The life of an operator of one subtask. Promises returned make the task wait: nothing else is called meanwhile. */
export interface OperatorLife extends WatermarkOutput {
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

/** An operator that reads one stream. */
export interface StreamOperator<I> extends OperatorLife, Output<I> {}

/** An operator that reads two streams. Watermarks are those of both together. */
export interface TwoInputStreamOperator<A, B> extends OperatorLife {
  processElement1(value: A, timestampMs: number): void;
  processElement2(value: B, timestampMs: number): void;
}

/** The machine's time for one task. */
export interface ProcessingTimeService {
  now(): number;
  /** Calls `action` when that time is over, between two records and not after the last one; returns what cancels it. */
  schedule(timestampMs: number, action: () => void): () => void;
}

/** The surroundings of one operator in one subtask. */
export interface OperatorContext {
  readonly operatorName: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly clock: Clock;
  readonly processingTime: ProcessingTimeService;
  /** How often generators of watermarks are asked; 0 for never. */
  readonly autoWatermarkIntervalMs: number;
  readonly runtime: RuntimeContext;
  /** Null where the operator reads no keyed stream. */
  readonly keyedState: KeyedStateBackend | null;
  /** Where the records of a side output go. */
  sideOutput<T>(tag: OutputTag<T>): Output<T>;
  /** Whether the job goes on from a snapshot. */
  readonly isRestored: boolean;
  /** Operator state of the user's function. */
  readonly operatorStates: OperatorStateStore;
  /** The operator's list state of this name, with what was restored. */
  listState(name: string): OperatorListState;
  /** The task calls nothing until `promise` is settled; it fails where that rejects. */
  suspendUntil(promise: Promise<unknown>): void;
  /** A line of `print()`. */
  print(line: string): void;
}

/** Makes an operator that hands its results to `output`. */
export type OperatorFactory = (context: OperatorContext, output: Output<unknown>) => StreamOperator<unknown>;

/** Makes an operator of two inputs. */
export type TwoInputOperatorFactory = (
  context: OperatorContext,
  output: Output<unknown>,
) => TwoInputStreamOperator<unknown, unknown>;

/** Does nothing but pass watermarks on. */
export abstract class BaseLife<O> implements OperatorLife {
  constructor(protected readonly output: Output<O>) {}

  processWatermark(timestampMs: number): void {
    this.output.processWatermark(timestampMs);
  }

  processWatermarkStatus(status: WatermarkStatus): void {
    this.output.processWatermarkStatus(status);
  }

  open(): void | Promise<void> {}
  recover(): void | Promise<void> {}
  endInput(): void {}
  prepareSnapshot(_checkpointId: number): void | Promise<void> {}
  notifyCheckpointComplete(_checkpointId: number): void | Promise<void> {}
  close(): void | Promise<void> {}
}

/** See {@link BaseLife}. */
export abstract class BaseOperator<I, O> extends BaseLife<O> implements StreamOperator<I> {
  abstract processElement(value: I, timestampMs: number): void;
}
