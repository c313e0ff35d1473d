// State of hooks that the JobManager runs. Source: Flink 2.3 MetadataV2V3SerializerBase#serializeMasterState.
import type { MasterState } from '../../model/metadata.js';
import { type MetadataReader, objectBytes, STRING_BYTES, VIEW_BYTES } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';

const MASTER_STATE_MAGIC = 0xc96b1696 | 0;

/** Smallest master state: magic, length, version, empty name, empty payload. */
export const SMALLEST_MASTER_STATE_BYTES = 18;

//  +-----------+------------+-------------+----------+-------------------+---------------+
//  | i32 magic | i32 length | i32 version | utf name | i32 payloadLength | payload bytes |  length: of what follows it
//  +-----------+------------+-------------+----------+-------------------+---------------+
export function readMasterState(reader: MetadataReader): MasterState {
  reader.charge(objectBytes(3) + STRING_BYTES + VIEW_BYTES, 'payload');
  if (reader.i32('magic') !== MASTER_STATE_MAGIC) {
    throw reader.error('not the mark of a master state', 'magic', reader.offset - 4);
  }
  const length = reader.i32('length');
  const start = reader.offset;
  const version = reader.i32('version');
  const name = reader.utf('name');
  const payload = reader.lengthPrefixedBytes('payload');
  if (reader.offset - start !== length) {
    throw reader.error(`took ${reader.offset - start} bytes, not ${length}`, 'length', start - 4);
  }
  return { name, version, payload };
}

export function writeMasterState(writer: MetadataWriter, state: MasterState): void {
  writer.i32(MASTER_STATE_MAGIC);
  const lengthAt = writer.offset;
  writer.i32(0);
  writer.i32(state.version);
  writer.utf(state.name);
  writer.lengthPrefixedBytes(state.payload);
  writer.patchI32(lengthAt, writer.offset - lengthAt - 4);
}
