// Records in flight as state of a subtask: one file with those of all its channels, a handle for each; where that is small,
// each handle has its own bytes. Source: Flink ChannelStateCheckpointWriter, AbstractChannelStateHandle.
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import { readChannelState, writeChannelStates } from '../../format/state/channel-state.js';
import type {
  ChannelInfo,
  ChannelStateHandle,
  OperatorState,
  SingleChannelHandle,
} from '../../model/metadata.js';
import type { CheckpointStreams, StateStreams } from '../state/keyed-backend.js';
import type { AcknowledgedState } from './pending-checkpoint.js';

/** Encoded records of one channel. */
export interface ChannelRecords {
  readonly channel: ChannelInfo;
  readonly bytes: Uint8Array;
}

/** Those of a channel into a subtask that a snapshot has. */
export interface RestoredChannel extends ChannelRecords {
  readonly subtaskIndex: number;
}

/** Adds the channels to the state of a task, which is that of the operator at its head. */
export async function withChannels(
  states: readonly AcknowledgedState[],
  records: readonly ChannelRecords[],
  streams: CheckpointStreams,
): Promise<readonly AcknowledgedState[]> {
  const [head, ...others] = states;
  if (head === undefined || records.length === 0) return states;
  const inputChannelState = await writeHandles(records, head.state.index, streams);
  return [{ ...head, state: { ...head.state, inputChannelState } }, ...others];
}

/** The records in flight of an operator. Throws FormatError, and what its streams throw. */
export async function readChannels(
  { subtasks }: OperatorState,
  streams: StateStreams,
): Promise<readonly RestoredChannel[]> {
  const channels: RestoredChannel[] = [];
  for (const { index, inputChannelState } of subtasks) {
    for (const { stream, parts } of inputChannelState.flatMap(partsOf)) {
      const file = await streams.read(stream);
      for (const { channel, offsets } of parts) {
        const bytes = Buffer.concat(offsets.map((offset) => readChannelState(file, offset)));
        channels.push({ subtaskIndex: index, channel, bytes });
      }
    }
  }
  return channels;
}

async function writeHandles(
  records: readonly ChannelRecords[],
  subtaskIndex: number,
  streams: CheckpointStreams,
): Promise<readonly SingleChannelHandle[]> {
  const { bytes, offsets } = fileOf(records);
  const stream = await streams.write(bytes);
  return records.map(({ channel, bytes: own }, position) => {
    const handle = { kind: 'channel', direction: 'input', subtaskIndex, channel } as const;
    const sizeBytes = BigInt(own.length);
    if (stream.kind !== 'bytes') return { ...handle, sizeBytes, stream, offsets: [offsets[position]!] };
    const alone = fileOf([records[position]!]);
    return { ...handle, sizeBytes, stream: { ...stream, data: alone.bytes }, offsets: alone.offsets };
  });
}

function fileOf(records: readonly ChannelRecords[]) {
  const target = new ByteWriter();
  const offsets = writeChannelStates(
    target,
    records.map(({ bytes }) => bytes),
  );
  return { bytes: target.take(), offsets };
}

function partsOf(handle: ChannelStateHandle) {
  const { stream } = handle;
  return { stream, parts: handle.kind === 'channel' ? [handle] : handle.channels };
}
