// Incremental snapshots of RocksDB and ForSt. Source: Flink 2.3 IncrementalRemoteKeyedStateHandle,
// MetadataV2V3SerializerBase#serializeIncrementalStateHandle.
import type { HandleAndLocalPath, IncrementalHandle } from '../../model/metadata.js';
import { INCREMENTAL_KEY_GROUPS, INCREMENTAL_KEY_GROUPS_V2 } from './codes.js';
import { readKeyGroupRange, writeKeyGroupRange } from './key-groups.js';
import { BIGINT_BYTES, type MetadataReader, objectBytes, STRING_BYTES } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { ScannedLocalPath } from './scanned-handles.js';
import { readStream, writeStream } from './stream-handle.js';

/** An empty name and the code of a handle. */
const SMALLEST_LOCAL_PATH_BYTES = 3;

//  +------------------+---------------+---------------+--------------------------+
//  | i64 checkpointId | utf backendId | KeyGroupRange | 11: i64 checkpointedSize |  size -1: unknown
//  +------------------+---------------+---------------+--------------------------+
//  +---------------------------+-------------------------+--------------------------+-----------------------+
//  | StreamHandle metaData     | i32 n, n * (utf, Stream | i32 n, n * (utf, Stream) | 11: utf stateHandleId |
//  | (descriptions of states)  | shared: *.sst           | private: the rest        |                       |
//  +---------------------------+-------------------------+--------------------------+-----------------------+
export function readIncremental(reader: MetadataReader, code: number): IncrementalHandle {
  reader.charge(objectBytes(9) + objectBytes(2) + 2 * BIGINT_BYTES + 2 * STRING_BYTES, 'incremental');
  const current = code === INCREMENTAL_KEY_GROUPS_V2;
  return {
    kind: 'incremental',
    checkpointId: reader.i64('checkpointId'),
    backendId: reader.utf('backendId'),
    keyGroups: readKeyGroupRange(reader),
    checkpointedSizeBytes: current ? reader.i64('checkpointedSize') : null,
    metaStream: readStream(reader, 'metaStream'),
    shared: reader.list('shared', SMALLEST_LOCAL_PATH_BYTES, readHandleAndLocalPath),
    private: reader.list('private', SMALLEST_LOCAL_PATH_BYTES, readHandleAndLocalPath),
    stateHandleId: current ? reader.utf('stateHandleId') : null,
  };
}

export function writeIncremental(writer: MetadataWriter, handle: IncrementalHandle): void {
  const { checkpointedSizeBytes, stateHandleId } = handle;
  if ((checkpointedSizeBytes === null) !== (stateHandleId === null)) {
    throw writer.refusal(
      'an incremental handle with only one of size and id',
      'give it both, or neither for the form of Flink 1.14 and before',
    );
  }
  writer.u8(stateHandleId === null ? INCREMENTAL_KEY_GROUPS : INCREMENTAL_KEY_GROUPS_V2);
  writer.i64(handle.checkpointId);
  writer.utf(handle.backendId);
  writeKeyGroupRange(writer, handle.keyGroups);
  if (checkpointedSizeBytes !== null) writer.i64(checkpointedSizeBytes);
  writeStream(writer, handle.metaStream);
  writer.list(handle.shared, writeHandleAndLocalPath);
  writer.list(handle.private, writeHandleAndLocalPath);
  if (stateHandleId !== null) writer.utf(stateHandleId);
}

//  +---------------+--------------+
//  | utf localPath | StreamHandle |  the file's name in the database's directory
//  +---------------+--------------+
function readHandleAndLocalPath(reader: MetadataReader): HandleAndLocalPath {
  reader.charge(objectBytes(2) + STRING_BYTES, 'localPath');
  const at = reader.offset;
  reader.skipUtf('localPath');
  if (reader.isScan) return new ScannedLocalPath(reader, at, readStream(reader, 'stream'));
  return { localPath: reader.kept.nameAt(at), stream: readStream(reader, 'stream') };
}

function writeHandleAndLocalPath(writer: MetadataWriter, file: HandleAndLocalPath): void {
  writer.utf(file.localPath);
  writeStream(writer, file.stream);
}
