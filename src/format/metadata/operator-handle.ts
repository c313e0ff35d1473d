// Handles of operator state. Source: Flink 2.3 MetadataV2V3SerializerBase#serializeOperatorStateHandle.
import type {
  FileMergingDirectories,
  OperatorStateHandle,
  OperatorStateOffsets,
} from '../../model/metadata.js';
import { NULL_HANDLE, PARTITIONABLE_OPERATOR_STATE, SEGMENT_OPERATOR_STATE } from './codes.js';
import { type MetadataReader, objectBytes, STRING_BYTES } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { passPath, readStream, writeStream } from './stream-handle.js';

const MODES = ['SPLIT_DISTRIBUTE', 'UNION', 'BROADCAST'] as const;

//  +---------+------------------+------------------+-----------------------------+--------------+
//  | u8 code | i32 n, n * State | 17: utf taskOwnedDir, utf sharedDir, bool empty | StreamHandle |
//  +---------+------------------+-------------------------------------------------+--------------+
//  code 0: no handle, which only version 1 has; 17: the stream is a segment of a merged file
export function readOperatorHandle(reader: MetadataReader): OperatorStateHandle | null {
  const code = reader.handleCode();
  if (code === NULL_HANDLE) return null;
  if (code !== PARTITIONABLE_OPERATOR_STATE && code !== SEGMENT_OPERATOR_STATE) {
    throw reader.error(`handle code ${code} where operator state is expected`, 'code', reader.offset - 1);
  }
  reader.charge(objectBytes(4), 'states');
  const states = reader.list('states', 7, readStateOffsets);
  const merging = code === SEGMENT_OPERATOR_STATE ? readDirectories(reader) : null;
  const at = reader.offset;
  const stream = readStream(reader, 'stream');
  if (merging !== null && stream.kind !== 'segment' && stream.kind !== 'segment-empty') {
    throw reader.error(`expected a segment, found a handle of kind ${stream.kind}`, 'stream', at);
  }
  return { kind: 'operator', states, stream, merging };
}

export function writeOperatorHandle(writer: MetadataWriter, handle: OperatorStateHandle): void {
  const { merging, stream } = handle;
  writer.u8(merging === null ? PARTITIONABLE_OPERATOR_STATE : SEGMENT_OPERATOR_STATE);
  writer.list(handle.states, writeStateOffsets);
  if (merging !== null) {
    if (stream.kind !== 'segment' && stream.kind !== 'segment-empty') {
      throw writer.refusal(
        'merged operator state outside of a segment',
        'give it a segment, or no directories',
      );
    }
    writeDirectories(writer, merging);
  }
  writeStream(writer, stream);
}

//  +---------------+---------+------------------+
//  | utf stateName | i8 mode | i32 m, m * i64   |  offsets: of each element, or one of a whole broadcast map
//  +---------------+---------+------------------+
function readStateOffsets(reader: MetadataReader): OperatorStateOffsets {
  reader.charge(objectBytes(3) + STRING_BYTES, 'states');
  const name = reader.utf('name');
  const mode = MODES[reader.u8('mode')];
  if (mode === undefined) throw reader.error('expected mode 0, 1 or 2', 'mode', reader.offset - 1);
  return { name, mode, offsets: reader.longs('offsets') };
}

function writeStateOffsets(writer: MetadataWriter, state: OperatorStateOffsets): void {
  writer.utf(state.name);
  writer.u8(MODES.indexOf(state.mode));
  writer.longs(state.offsets);
}

function readDirectories(reader: MetadataReader): FileMergingDirectories {
  reader.charge(objectBytes(3) + 2 * STRING_BYTES, 'taskOwnedDir');
  const taskOwnedDir = readDirectory(reader, 'taskOwnedDir');
  const sharedDir = readDirectory(reader, 'sharedDir');
  return { taskOwnedDir, sharedDir, isEmpty: reader.bool('isEmpty') };
}

function readDirectory(reader: MetadataReader, field: string): string {
  const at = passPath(reader, field);
  reader.mention('directory', at, 0n);
  return reader.textAt(at);
}

function writeDirectories(writer: MetadataWriter, directories: FileMergingDirectories): void {
  writer.utf(directories.taskOwnedDir);
  writer.utf(directories.sharedDir);
  writer.bool(directories.isEmpty);
}
