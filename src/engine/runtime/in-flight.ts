// The records that the barriers of one unaligned checkpoint overtake: those that wait in a task's channels when it takes
// its snapshot, and those that come until the barrier of their channel is there. Both ends of a channel are in this
// process and share its queue: all of it is state of the input, none of the output. Watermarks are no part of it, since
// sources begin event time anew. Source: Flink ChannelStateWriterImpl, ChannelStatePersister.
import { serialize } from 'node:v8';
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import { writeStreamRecord } from '../../format/state/channel-state.js';
import type { ChannelInfo } from '../../model/metadata.js';
import type { ChannelRecords } from '../checkpoint/channel-handles.js';
import { NO_TIMESTAMP } from '../operators/operator.js';
import type { RecordBatch } from './channel.js';

export class InFlightGathering {
  readonly checkpointId: number;
  /** Resolves when the barriers of all channels are there; rejects where a record cannot be copied. */
  readonly records: Promise<readonly ChannelRecords[]>;
  readonly #open: Set<number>;
  readonly #written: readonly { readonly channel: ChannelInfo; readonly writer: ByteWriter }[];
  #resolve!: (records: readonly ChannelRecords[]) => void;
  #reject!: (error: unknown) => void;

  /** `channels` are all channels of the task. */
  constructor(checkpointId: number, channels: readonly ChannelInfo[]) {
    this.checkpointId = checkpointId;
    this.#open = new Set(channels.keys());
    this.#written = channels.map((channel) => ({ channel, writer: new ByteWriter(0) }));
    this.records = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody waits for it where the checkpoint was given up meanwhile.
    this.records.catch(() => {});
  }

  /** Adds the records of a batch from `start` on; none of a channel whose barrier is there. */
  add(channel: number, batch: RecordBatch, start = 0): void {
    if (!this.#open.has(channel)) return;
    try {
      for (let at = start; at < batch.count; at++) this.#write(channel, batch, at);
    } catch (error) {
      this.#open.clear();
      this.#reject(error);
    }
  }

  /** The barrier of a channel is there. */
  close(channel: number): void {
    if (!this.#open.delete(channel) || this.#open.size > 0) return;
    const all = this.#written.map(({ channel: info, writer }) => ({ channel: info, bytes: writer.take() }));
    this.#resolve(all.filter(({ bytes }) => bytes.length > 0));
  }

  /** Copies the record now: the job may change it before it is written. */
  #write(channel: number, { values, timestampsMs }: RecordBatch, at: number): void {
    const timestampMs = timestampsMs?.[at] ?? NO_TIMESTAMP;
    writeStreamRecord(this.#written[channel]!.writer, {
      value: serialize(values[at]),
      timestampMs: timestampMs === NO_TIMESTAMP ? null : timestampMs,
    });
  }
}
