// Change sets of the changelog state backend: inline or in files. Source: Flink 2.3 InMemoryChangelogStateHandle,
// ChangelogStateHandleStreamImpl, MetadataV2V3SerializerBase.
import type { ChangelogFilesHandle, ChangelogMemoryHandle } from '../../model/metadata.js';
import { CHANGELOG_BYTE_INCREMENT, CHANGELOG_FILE_INCREMENT, CHANGELOG_FILE_INCREMENT_V2 } from './codes.js';
import { readKeyGroupRange, writeKeyGroupRange } from './key-groups.js';
import {
  BIGINT_BYTES,
  type MetadataReader,
  objectBytes,
  STRING_BYTES,
  VIEW_BYTES,
} from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { readStream, writeStream } from './stream-handle.js';

export type ChangelogPart = ChangelogFilesHandle | ChangelogMemoryHandle;
type Change = ChangelogMemoryHandle['changes'][number];
type FilePart = ChangelogFilesHandle['parts'][number];

/** The key group of a change to a state's description. */
const META_KEY_GROUP = -1;

//  +---------------+-------------+-----------+-------------------+-------------------+
//  | KeyGroupRange | i64 fromSqn | i64 toSqn | i32 n, n * Change | utf stateHandleId |  no id in Flink 1.14
//  +---------------+-------------+-----------+-------------------+-------------------+
export function readChangelogMemory(reader: MetadataReader): ChangelogMemoryHandle {
  reader.charge(objectBytes(6) + objectBytes(2) + 2 * BIGINT_BYTES + STRING_BYTES, 'changes');
  reader.otherDialects.add('flink-1.14');
  return {
    kind: 'changelog-memory',
    keyGroups: readKeyGroupRange(reader),
    from: readSequenceNumber(reader, 'from'),
    to: readSequenceNumber(reader, 'to'),
    changes: reader.list('changes', 8, readChange),
    stateHandleId: reader.layout.changelogIds ? reader.utf('stateHandleId') : null,
  };
}

export function writeChangelogMemory(writer: MetadataWriter, handle: ChangelogMemoryHandle): void {
  if (handle.stateHandleId === null) throw refusePartWithoutId(writer);
  writer.u8(CHANGELOG_BYTE_INCREMENT);
  writeKeyGroupRange(writer, handle.keyGroups);
  writer.i64(handle.from);
  writer.i64(handle.to);
  writer.list(handle.changes, writeChange);
  writer.utf(handle.stateHandleId);
}

//  +---------------+------------------+----------+------------------------+-------------------+-----------------+
//  | KeyGroupRange | i32 n, n * (i64  | i64 size | i64 incrementalSize    | utf stateHandleId | 13: utf storage |
//  |               | offset, Stream)  |          | (not in Flink 1.14)    | (not in 1.14)     |                 |
//  +---------------+------------------+----------+------------------------+-------------------+-----------------+
export function readChangelogFiles(reader: MetadataReader, code: number): ChangelogFilesHandle {
  reader.charge(objectBytes(7) + objectBytes(2) + 2 * BIGINT_BYTES + 2 * STRING_BYTES, 'parts');
  reader.otherDialects.add('flink-1.14');
  const { changelogIds } = reader.layout;
  return {
    kind: 'changelog-files',
    keyGroups: readKeyGroupRange(reader),
    parts: reader.ofChanges(readFileParts),
    sizeBytes: reader.i64('size'),
    incrementalSizeBytes: changelogIds ? reader.i64('incrementalSize') : null,
    stateHandleId: changelogIds ? reader.utf('stateHandleId') : null,
    storageId: code === CHANGELOG_FILE_INCREMENT_V2 ? reader.utf('storageId') : null,
  };
}

export function writeChangelogFiles(writer: MetadataWriter, handle: ChangelogFilesHandle): void {
  const { incrementalSizeBytes, stateHandleId, storageId } = handle;
  if (incrementalSizeBytes === null || stateHandleId === null) throw refusePartWithoutId(writer);
  writer.u8(storageId === null ? CHANGELOG_FILE_INCREMENT : CHANGELOG_FILE_INCREMENT_V2);
  writeKeyGroupRange(writer, handle.keyGroups);
  writer.list(handle.parts, writeFilePart);
  writer.i64(handle.sizeBytes);
  writer.i64(incrementalSizeBytes);
  writer.utf(stateHandleId);
  if (storageId !== null) writer.utf(storageId);
}

//  +--------------+------------+----------------+
//  | i32 keyGroup | i32 length | length * bytes |  key group -1: a change of a state's description
//  +--------------+------------+----------------+
function readChange(reader: MetadataReader): Change {
  reader.charge(objectBytes(2) + VIEW_BYTES, 'change');
  const keyGroup = reader.i32('keyGroup');
  if (keyGroup < META_KEY_GROUP) {
    throw reader.error(`negative key group ${keyGroup}`, 'keyGroup', reader.offset - 4);
  }
  return { keyGroup, change: reader.lengthPrefixedBytes('change') };
}

function writeChange(writer: MetadataWriter, change: Change): void {
  writer.i32(change.keyGroup);
  writer.lengthPrefixedBytes(change.change);
}

function readFileParts(reader: MetadataReader): readonly FilePart[] {
  return reader.list('parts', 9, readFilePart);
}

function readFilePart(reader: MetadataReader): FilePart {
  reader.charge(objectBytes(2) + BIGINT_BYTES, 'offset');
  const offset = reader.i64('offset');
  return { offset, stream: readStream(reader, 'stream') };
}

function writeFilePart(writer: MetadataWriter, part: FilePart): void {
  writer.i64(part.offset);
  writeStream(writer, part.stream);
}

function readSequenceNumber(reader: MetadataReader, field: string): bigint {
  const number = reader.i64(field);
  if (number < 0n) throw reader.error(`negative sequence number ${number}`, field, reader.offset - 8);
  return number;
}

function refusePartWithoutId(writer: MetadataWriter): Error {
  return writer.refusal(
    'changes in the form of Flink 1.14, which have no id,',
    'take a savepoint with the Flink that wrote it',
  );
}
