// The stream between two subtasks: batches of records, and events between them, in order and bounded. The producer is
// told when too much waits; what one input record makes it emit may overdraw. Nothing here copies a record.
// Source: Flink LocalInputChannel, PipelinedSubpartition, and the overdraft of RecordWriter.
import { NO_TIMESTAMP, type WatermarkStatus } from '../operators/operator.js';

/** Records of one batch; a batch of columns would look the same to channel and gate. */
export interface RecordBatch {
  readonly kind: 'records';
  readonly values: readonly unknown[];
  /** Null where no record has a timestamp. */
  readonly timestampsMs: readonly number[] | null;
  /** Records in it; `values` may be longer. */
  readonly count: number;
}

/** A checkpoint barrier: everything before it belongs to the checkpoint, nothing after it. */
export interface Barrier {
  readonly kind: 'barrier';
  readonly checkpointId: number;
}

export type ChannelEvent =
  | { readonly kind: 'watermark'; readonly timestampMs: number }
  | { readonly kind: 'watermark-status'; readonly status: WatermarkStatus }
  | Barrier
  /** The checkpoint does not take place: a producer could not take its snapshot. */
  | { readonly kind: 'cancel-barrier'; readonly checkpointId: number }
  /** No record follows; barriers still do. */
  | { readonly kind: 'end-of-data' }
  /** Nothing follows. */
  | { readonly kind: 'end-of-partition' };

export type ChannelElement = RecordBatch | ChannelEvent;

/** Who must know of a channel's condition: the task at its one or other end. */
export interface ChannelEnd {
  /** There may be work now. */
  wake(): void;
  /** The channel is full; the producer emits nothing more until {@link ChannelEnd.unblock}. */
  block(): void;
  unblock(): void;
  /** A barrier is in the channel, behind all that waits there. */
  barrierQueued(checkpointId: number): void;
}

/** Records in a batch, at most. */
export const BATCH_RECORDS = 512;
/** Records that may wait in a channel before its producer is stopped. */
const CAPACITY_RECORDS = 4 * BATCH_RECORDS;

const NO_VALUES: unknown[] = [];

/** The end of a channel that no task has taken yet. */
const NOBODY: ChannelEnd = { wake: () => {}, block: () => {}, unblock: () => {}, barrierQueued: () => {} };

export class Channel {
  /** Set by the tasks at its ends. */
  producer = NOBODY;
  consumer = NOBODY;
  readonly #queue: ChannelElement[] = [];
  #queuedRecords = 0;
  #handedOver = 0;
  #full = false;
  /** Of the batch that is being gathered; made for its first record, as most of many channels have none. */
  #values = NO_VALUES;
  #timestampsMs: number[] | null = null;
  #count = 0;

  /** Records that may still be added before the channel is full. */
  get room(): number {
    return CAPACITY_RECORDS - this.#queuedRecords - this.#count;
  }

  add(value: unknown, timestampMs: number): void {
    const at = this.#count;
    if (at === 0) this.#values = new Array(BATCH_RECORDS);
    if (timestampMs !== NO_TIMESTAMP || this.#timestampsMs !== null) this.#addTimestamp(at, timestampMs);
    this.#values[at] = value;
    this.#count = at + 1;
    if (at + 1 === BATCH_RECORDS) this.flush();
  }

  addEvent(event: ChannelEvent): void {
    this.flush();
    this.#queue.push(event);
    if (event.kind === 'barrier') this.consumer.barrierQueued(event.checkpointId);
    this.consumer.wake();
  }

  /** Hands over the records added since the last time. */
  flush(): void {
    if (this.#count === 0) return;
    this.#queue.push({
      kind: 'records',
      values: this.#values,
      timestampsMs: this.#timestampsMs,
      count: this.#count,
    });
    this.#queuedRecords += this.#count;
    this.#handedOver += this.#count;
    this.#values = NO_VALUES;
    this.#timestampsMs = null;
    this.#count = 0;
    if (!this.#full && this.#queuedRecords >= CAPACITY_RECORDS) {
      this.#full = true;
      this.producer.block();
    }
    this.consumer.wake();
  }

  /** Records since the start. */
  get handedOver(): number {
    return this.#handedOver;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  poll(): ChannelElement | undefined {
    const element = this.#queue.shift();
    if (element?.kind !== 'records') return element;
    this.#queuedRecords -= element.count;
    if (this.#full && this.#queuedRecords < CAPACITY_RECORDS) {
      this.#full = false;
      this.producer.unblock();
    }
    return element;
  }

  /** Takes a barrier out that waits here; returns the records before it, which stay. Null where there is none. */
  overtake(checkpointId: number): readonly RecordBatch[] | null {
    const isBarrier = (element: ChannelElement) =>
      element.kind === 'barrier' && element.checkpointId === checkpointId;
    const at = this.#queue.findIndex(isBarrier);
    if (at < 0) return null;
    this.#queue.splice(at, 1);
    return this.#queue.slice(0, at).filter((element) => element.kind === 'records');
  }

  #addTimestamp(at: number, timestampMs: number): void {
    this.#timestampsMs ??= new Array<number>(BATCH_RECORDS).fill(NO_TIMESTAMP);
    this.#timestampsMs[at] = timestampMs;
  }
}
