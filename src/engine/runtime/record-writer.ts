// The end of a chain: records leave for the subtasks of the next operator. Source: Flink RecordWriterOutput and the
// StreamPartitioners.
import { keyGroupOf, subtaskOfKeyGroup } from '../../model/key-groups.js';
import type { KeySpec } from '../job/stream-graph.js';
import type { Output, WatermarkStatus } from '../operators/operator.js';
import { wrongKey } from '../state/wrong-type.js';
import type { Channel, ChannelEvent } from './channel.js';

/** Picks the channel of a record. */
type Partitioner = (value: unknown) => number;

/** What a writer must know of the stream it writes. */
export interface StreamTarget {
  readonly key: KeySpec | null;
  /** Every record goes into every channel. */
  readonly broadcast: boolean;
  readonly operatorName: string;
  readonly maxParallelism: number;
}

/** A writer of one outgoing stream. */
export function recordWriter(channels: readonly Channel[], target: StreamTarget): RecordWriter {
  return target.broadcast && channels.length > 1
    ? new BroadcastRecordWriter(channels, target)
    : new RecordWriter(channels, target);
}

/** Writes one outgoing stream; `channels[i]` leads to subtask i, or is the only one. */
export class RecordWriter implements Output<unknown> {
  protected readonly channels: readonly Channel[];
  readonly #only: Channel | null;
  readonly #partition: Partitioner;

  constructor(channels: readonly Channel[], target: StreamTarget) {
    this.channels = channels;
    this.#only = channels.length === 1 ? channels[0]! : null;
    const { key } = target;
    this.#partition = key === null ? roundRobin(channels.length) : byKeyGroup(key, channels.length, target);
  }

  processElement(value: unknown, timestampMs: number): void {
    const channel = this.#only ?? this.channels[this.#partition(value)]!;
    channel.add(value, timestampMs);
  }

  processWatermark(timestampMs: number): void {
    this.broadcast({ kind: 'watermark', timestampMs });
  }

  processWatermarkStatus(status: WatermarkStatus): void {
    this.broadcast({ kind: 'watermark-status', status });
  }

  broadcast(event: ChannelEvent): void {
    for (const channel of this.channels) channel.addEvent(event);
  }

  flush(): void {
    for (const channel of this.channels) channel.flush();
  }

  /** Records handed over so far. */
  get recordsOut(): number {
    return this.channels.reduce((sum, channel) => sum + channel.handedOver, 0);
  }

  /** Whether everything was taken out at the other ends. */
  get isRead(): boolean {
    return this.channels.every((channel) => channel.isEmpty);
  }

  /** Records that fit into every channel. */
  get room(): number {
    return Math.min(...this.channels.map((channel) => channel.room));
  }
}

class BroadcastRecordWriter extends RecordWriter {
  override processElement(value: unknown, timestampMs: number): void {
    for (const channel of this.channels) channel.add(value, timestampMs);
  }

  /** One that goes into all channels is one. */
  override get recordsOut(): number {
    return this.channels[0]!.handedOver;
  }
}

function roundRobin(channels: number): Partitioner {
  let last = -1;
  return () => {
    last = (last + 1) % channels;
    return last;
  };
}

/** The subtask out of `channels` that has the key of a record. */
export function byKeyGroup(
  { selector, type }: KeySpec,
  channels: number,
  target: Pick<StreamTarget, 'operatorName' | 'maxParallelism'>,
): Partitioner {
  const { maxParallelism, operatorName } = target;
  return (value) => {
    const key = selector(value);
    let hash: number;
    try {
      hash = type.javaHashCode(key);
    } catch (cause) {
      throw cause instanceof TypeError ? wrongKey(operatorName, type, cause) : cause;
    }
    return subtaskOfKeyGroup(keyGroupOf(hash, maxParallelism), channels, maxParallelism);
  };
}
