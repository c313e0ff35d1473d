// State of channels, of unaligned checkpoints. Source: Flink 2.3 ChannelStateHandleSerializerV1 and V2,
// AbstractMergedChannelStateHandle.
import type {
  ChannelDirection,
  ChannelInfo,
  ChannelStateHandle,
  MergedChannelHandle,
  SingleChannelHandle,
} from '../../model/metadata.js';
import { BIGINT_BYTES, type MetadataReader, objectBytes } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { readStream, writeStream } from './stream-handle.js';

type ChannelPart = MergedChannelHandle['channels'][number];

const KINDS = {
  input: { single: 1, merged: 3 },
  output: { single: 2, merged: 4 },
} as const;

/** The channel, a count of offsets, the size and the code of a stream. */
const SMALLEST_CHANNEL_BYTES = 8 + 4 + 8 + 1;

/** The channels of one direction of a subtask: i32 count, then handles. */
export function readChannels(
  reader: MetadataReader,
  direction: ChannelDirection,
): readonly ChannelStateHandle[] {
  const field = direction === 'input' ? 'inputChannelState' : 'resultSubpartitionState';
  return reader.list(field, SMALLEST_CHANNEL_BYTES, direction === 'input' ? readInput : readOutput);
}

export function writeChannel(writer: MetadataWriter, handle: ChannelStateHandle): void {
  const withKind = writer.layout.channels === 'with-kind';
  if (handle.kind === 'merged-channels') {
    if (!withKind) throw writer.refusal('merged channel state', 'write version 6');
    writer.u8(KINDS[handle.direction].merged);
    writeMerged(writer, handle);
  } else {
    if (withKind) writer.u8(KINDS[handle.direction].single);
    writeSingle(writer, handle);
  }
}

function readInput(reader: MetadataReader): ChannelStateHandle {
  return readChannel(reader, 'input');
}

function readOutput(reader: MetadataReader): ChannelStateHandle {
  return readChannel(reader, 'output');
}

//  +------------+----------------+
//  | V6: i8 kind | fields         |  1 input, 2 output, 3 merged inputs, 4 merged outputs; before version 6 as 1 and 2
//  +------------+----------------+
function readChannel(reader: MetadataReader, direction: ChannelDirection): ChannelStateHandle {
  reader.otherDialects.add('flink-1.11');
  if (reader.layout.channels !== 'with-kind') return readSingle(reader, direction);
  const kind = reader.u8('kind');
  const { single, merged } = KINDS[direction];
  if (kind === single) return readSingle(reader, direction);
  if (kind === merged) return readMerged(reader, direction);
  throw reader.error(`expected kind ${single} or ${merged}, found ${kind}`, 'kind', reader.offset - 1);
}

//  +-------------------------+-------------+-------------+----------------+----------+--------------+
//  | i32 subtaskIndex        | i32 gate or | i32 channel | i32 n, n * i64 | i64 size | StreamHandle |
//  | (not in Flink 1.11)     | partition   |             | offset         |          |              |
//  +-------------------------+-------------+-------------+----------------+----------+--------------+
function readSingle(reader: MetadataReader, direction: ChannelDirection): SingleChannelHandle {
  reader.charge(objectBytes(7) + objectBytes(2) + BIGINT_BYTES, 'channel');
  return {
    kind: 'channel',
    direction,
    subtaskIndex: reader.layout.channels === 'plain' ? null : reader.i32('subtaskIndex'),
    channel: readChannelInfo(reader),
    offsets: reader.longs('offsets'),
    sizeBytes: reader.i64('size'),
    stream: readStream(reader, 'stream'),
  };
}

function writeSingle(writer: MetadataWriter, handle: SingleChannelHandle): void {
  if (handle.subtaskIndex === null) {
    throw writer.refusal(
      'channel state of Flink 1.11, which does not tell its subtask,',
      'take a savepoint, which holds no channel state, with the Flink that wrote it',
    );
  }
  writer.i32(handle.subtaskIndex);
  writeChannelInfo(writer, handle.channel);
  writer.longs(handle.offsets);
  writer.i64(handle.sizeBytes);
  writeStream(writer, handle.stream);
}

//  +------------------+----------+--------------+------------+------------------------+
//  | i32 subtaskIndex | i64 size | StreamHandle | i32 length | i32 n, n * ChannelPart |  length: of what follows it
//  +------------------+----------+--------------+------------+------------------------+
function readMerged(reader: MetadataReader, direction: ChannelDirection): MergedChannelHandle {
  reader.charge(objectBytes(6) + BIGINT_BYTES, 'channels');
  const subtaskIndex = reader.i32('subtaskIndex');
  const sizeBytes = reader.i64('size');
  const stream = readStream(reader, 'stream');
  const length = reader.i32('length');
  const start = reader.offset;
  const channels = reader.list('channels', 20, readChannelPart);
  if (reader.offset - start !== length) {
    throw reader.error(`took ${reader.offset - start} bytes, not ${length}`, 'channels', start);
  }
  return { kind: 'merged-channels', direction, subtaskIndex, sizeBytes, channels, stream };
}

function writeMerged(writer: MetadataWriter, handle: MergedChannelHandle): void {
  writer.i32(handle.subtaskIndex);
  writer.i64(handle.sizeBytes);
  writeStream(writer, handle.stream);
  const lengthAt = writer.offset;
  writer.i32(0);
  writer.list(handle.channels, writeChannelPart);
  writer.patchI32(lengthAt, writer.offset - lengthAt - 4);
}

//  +-----------------------+-------------+----------+----------------+
//  | i32 gate or partition | i32 channel | i64 size | i32 m, m * i64 |  the size stands before the offsets here
//  +-----------------------+-------------+----------+----------------+
function readChannelPart(reader: MetadataReader): ChannelPart {
  reader.charge(objectBytes(3) + objectBytes(2) + BIGINT_BYTES, 'channel');
  const channel = readChannelInfo(reader);
  const sizeBytes = reader.i64('size');
  return { channel, sizeBytes, offsets: reader.longs('offsets') };
}

function writeChannelPart(writer: MetadataWriter, part: ChannelPart): void {
  writeChannelInfo(writer, part.channel);
  writer.i64(part.sizeBytes);
  writer.longs(part.offsets);
}

function readChannelInfo(reader: MetadataReader): ChannelInfo {
  return { group: reader.i32('group'), index: reader.i32('index') };
}

function writeChannelInfo(writer: MetadataWriter, channel: ChannelInfo): void {
  writer.i32(channel.group);
  writer.i32(channel.index);
}
