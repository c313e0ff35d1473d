// Handles of keyed state. Source: Flink 2.3 MetadataV2V3SerializerBase#serializeKeyedStateHandle.
import type { ChangelogHandle, KeyedStateHandle, KeyGroupsHandle } from '../../model/metadata.js';
import { assertNever } from '../../support/errors.js';
import {
  type ChangelogPart,
  readChangelogFiles,
  readChangelogMemory,
  writeChangelogFiles,
  writeChangelogMemory,
} from './changelog-part.js';
import {
  CHANGELOG,
  CHANGELOG_BYTE_INCREMENT,
  CHANGELOG_FILE_INCREMENT,
  CHANGELOG_FILE_INCREMENT_V2,
  CHANGELOG_V2,
  INCREMENTAL_KEY_GROUPS,
  INCREMENTAL_KEY_GROUPS_V2,
  KEY_GROUPS,
  KEY_GROUPS_V2,
  NULL_HANDLE,
  SAVEPOINT_KEY_GROUPS,
} from './codes.js';
import { readIncremental, writeIncremental } from './incremental-handle.js';
import {
  readKeyGroupOffsets,
  readKeyGroupRange,
  writeKeyGroupOffsets,
  writeKeyGroupRange,
} from './key-groups.js';
import { BIGINT_BYTES, type MetadataReader, objectBytes, STRING_BYTES } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { readStream, writeStream } from './stream-handle.js';

/** Smallest handle: code 0. */
const SMALLEST_KEYED_BYTES = 1;

//  +---------+------------------------+
//  | u8 code | fields, by code        |  code 0: no handle
//  +---------+------------------------+
export function readOptionalKeyed(reader: MetadataReader): KeyedStateHandle | null {
  const code = reader.handleCode();
  switch (code) {
    case NULL_HANDLE:
      return null;
    case KEY_GROUPS:
    case SAVEPOINT_KEY_GROUPS:
    case KEY_GROUPS_V2:
      return readKeyGroups(reader, code);
    case INCREMENTAL_KEY_GROUPS:
    case INCREMENTAL_KEY_GROUPS_V2:
      return readIncremental(reader, code);
    case CHANGELOG:
    case CHANGELOG_V2:
      return readChangelog(reader, code);
    case CHANGELOG_BYTE_INCREMENT:
      return readChangelogMemory(reader);
    case CHANGELOG_FILE_INCREMENT:
    case CHANGELOG_FILE_INCREMENT_V2:
      return readChangelogFiles(reader, code);
    default:
      throw reader.error(`handle code ${code} where keyed state is expected`, 'code', reader.offset - 1);
  }
}

export function writeOptionalKeyed(writer: MetadataWriter, handle: KeyedStateHandle | null): void {
  if (handle === null) writer.u8(NULL_HANDLE);
  else writeKeyed(writer, handle);
}

function writeKeyed(writer: MetadataWriter, handle: KeyedStateHandle): void {
  switch (handle.kind) {
    case 'key-groups':
    case 'savepoint-key-groups':
      writeKeyGroups(writer, handle);
      break;
    case 'incremental':
      writeIncremental(writer, handle);
      break;
    case 'changelog':
      writeChangelog(writer, handle);
      break;
    case 'changelog-files':
      writeChangelogFiles(writer, handle);
      break;
    case 'changelog-memory':
      writeChangelogMemory(writer, handle);
      break;
    default:
      assertNever(handle, 'keyed handle');
  }
}

//  +-----------------+--------------+-----------------------+
//  | KeyGroupOffsets | StreamHandle | 12: utf stateHandleId |
//  +-----------------+--------------+-----------------------+
function readKeyGroups(reader: MetadataReader, code: number): KeyGroupsHandle {
  reader.charge(objectBytes(5) + objectBytes(2) + STRING_BYTES, 'keyGroups');
  const { keyGroups, offsets } = readKeyGroupOffsets(reader);
  const stream = readStream(reader, 'stream');
  const stateHandleId = code === KEY_GROUPS_V2 ? reader.utf('stateHandleId') : null;
  const kind = code === SAVEPOINT_KEY_GROUPS ? 'savepoint-key-groups' : 'key-groups';
  return { kind, keyGroups, offsets, stream, stateHandleId };
}

function writeKeyGroups(writer: MetadataWriter, handle: KeyGroupsHandle): void {
  if (handle.kind === 'savepoint-key-groups') writer.u8(SAVEPOINT_KEY_GROUPS);
  else writer.u8(handle.stateHandleId === null ? KEY_GROUPS : KEY_GROUPS_V2);
  writeKeyGroupOffsets(writer, handle);
  writeStream(writer, handle.stream);
  if (handle.kind === 'key-groups' && handle.stateHandleId !== null) writer.utf(handle.stateHandleId);
}

//  +---------------+----------------------+------------------------+---------------------------+
//  | KeyGroupRange | i64 checkpointedSize | i32 n, n * KeyedHandle | i32 m, m * ChangelogPart  |
//  +---------------+----------------------+------------------------+---------------------------+
//  +-----------------------+----------------------+-------------------+
//  | i64 materializationId | 14: i64 checkpointId | utf stateHandleId |
//  +-----------------------+----------------------+-------------------+
//  Flink 1.14 has neither the size nor anything after the two lists.
function readChangelog(reader: MetadataReader, code: number): ChangelogHandle {
  reader.charge(objectBytes(8) + objectBytes(2) + STRING_BYTES + 3 * BIGINT_BYTES, 'changelog');
  reader.otherDialects.add('flink-1.14');
  reader.descend();
  const { changelogIds } = reader.layout;
  const keyGroups = readKeyGroupRange(reader);
  if (keyGroups.last < keyGroups.first) {
    throw reader.error('a changelog handle of no key groups', 'keyGroups', reader.offset - 8);
  }
  const handle: ChangelogHandle = {
    kind: 'changelog',
    keyGroups,
    checkpointedSizeBytes: changelogIds ? reader.i64('checkpointedSize') : null,
    materialized: reader.list('materialized', SMALLEST_KEYED_BYTES, readOptionalKeyed),
    nonMaterialized: reader.list('nonMaterialized', SMALLEST_KEYED_BYTES, readChangelogPart),
    materializationId: changelogIds ? reader.i64('materializationId') : null,
    checkpointId: code === CHANGELOG_V2 ? reader.i64('checkpointId') : null,
    stateHandleId: changelogIds ? reader.utf('stateHandleId') : null,
  };
  reader.ascend();
  return handle;
}

function readChangelogPart(reader: MetadataReader): ChangelogPart {
  const at = reader.offset;
  const part = readOptionalKeyed(reader);
  if (part?.kind === 'changelog-files' || part?.kind === 'changelog-memory') return part;
  throw reader.error('expected changes, found another handle', 'code', at);
}

function writeChangelog(writer: MetadataWriter, handle: ChangelogHandle): void {
  const { checkpointedSizeBytes, materializationId, checkpointId, stateHandleId } = handle;
  if (checkpointedSizeBytes === null || materializationId === null || stateHandleId === null) {
    throw writer.refusal(
      'a changelog handle of Flink 1.14, which has no ids,',
      'take a savepoint with the Flink that wrote it',
    );
  }
  writer.u8(checkpointId === null ? CHANGELOG : CHANGELOG_V2);
  writeKeyGroupRange(writer, handle.keyGroups);
  writer.i64(checkpointedSizeBytes);
  writer.list(handle.materialized, writeOptionalKeyed);
  writer.list(handle.nonMaterialized, writeKeyed);
  writer.i64(materializationId);
  if (checkpointId !== null) writer.i64(checkpointId);
  writer.utf(stateHandleId);
}
