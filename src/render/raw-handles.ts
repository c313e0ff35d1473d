// Handles of keyed, operator and channel state in the raw document of a `_metadata`.
import { createHash } from 'node:crypto';
import type {
  ChangelogFilesHandle,
  ChangelogHandle,
  ChangelogMemoryHandle,
  ChannelDirection,
  ChannelInfo,
  ChannelStateHandle,
  HandleAndLocalPath,
  IncrementalHandle,
  KeyedStateHandle,
  KeyGroupsHandle,
  MergedChannelHandle,
  OperatorStateHandle,
  OperatorStateOffsets,
} from '../model/metadata.js';
import {
  channelSizeBytes,
  keyedCheckpointedSizeBytes,
  keyedSizeBytes,
  operatorHandleSizeBytes,
} from '../model/state-sizes.js';
import { assertNever } from '../support/errors.js';
import { exactNumber } from './json.js';
import { type Json, type JsonObject, rawKeyGroups, rawStream, sha256 } from './raw-stream.js';

/** Where changes are kept if the encoding does not tell. */
const DEFAULT_CHANGELOG_STORAGE = 'filesystem';

const SINGLE_KIND = { input: 'input-channel', output: 'result-subpartition' } as const;
const MERGED_KIND = { input: 'input-channels-merged', output: 'result-subpartitions-merged' } as const;

export function rawKeyedHandle(handle: KeyedStateHandle, pointer: string): JsonObject {
  return {
    kind: handle.kind,
    size: exactNumber(keyedSizeBytes(handle)),
    checkpointedSize: exactNumber(keyedCheckpointedSizeBytes(handle)),
    stateHandleId: handle.stateHandleId,
    keyGroups: rawKeyGroups(handle.keyGroups),
    ...rawKeyedContent(handle, pointer),
  };
}

export function rawOperatorHandle(handle: OperatorStateHandle, pointer: string): JsonObject {
  const { merging } = handle;
  const states = new Map(handle.states.map((state) => [state.name, state]));
  return {
    kind: `operator${merging === null ? '' : merging.isEmpty ? '-file-merging-empty' : '-file-merging'}`,
    size: exactNumber(operatorHandleSizeBytes(handle)),
    states: [...states.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(rawStateOffsets),
    stream: rawStream(handle.stream, pointer),
    ...(merging === null ? {} : { taskOwnedDir: merging.taskOwnedDir, sharedDir: merging.sharedDir }),
  };
}

export function rawChannelHandle(handle: ChannelStateHandle, pointer: string): JsonObject {
  const size = exactNumber(channelSizeBytes(handle));
  const stream = rawStream(handle.stream, pointer);
  const { direction } = handle;
  if (handle.kind === 'channel') {
    const offsets = handle.offsets.map(exactNumber);
    const channel = rawChannelInfo(handle.channel, direction);
    return { kind: SINGLE_KIND[direction], size, subtask: handle.subtaskIndex, channel, offsets, stream };
  }
  return {
    kind: MERGED_KIND[direction],
    size,
    subtask: handle.subtaskIndex,
    serializedOffsetsSize: serializedOffsetsBytes(handle),
    channels: handle.channels.map((part) => ({
      channel: rawChannelInfo(part.channel, direction),
      size: exactNumber(part.sizeBytes),
      offsets: part.offsets.map(exactNumber),
    })),
    stream,
  };
}

function rawKeyedContent(handle: KeyedStateHandle, pointer: string): JsonObject {
  switch (handle.kind) {
    case 'key-groups':
    case 'savepoint-key-groups':
      return rawKeyGroupsContent(handle, pointer);
    case 'incremental':
      return rawIncremental(handle, pointer);
    case 'changelog':
      return rawChangelog(handle, pointer);
    case 'changelog-files':
      return rawChangelogFiles(handle, pointer);
    case 'changelog-memory':
      return rawChangelogMemory(handle);
    default:
      return assertNever(handle, 'keyed handle');
  }
}

function rawKeyGroupsContent(handle: KeyGroupsHandle, pointer: string): JsonObject {
  return { offsets: handle.offsets.map(exactNumber), stream: rawStream(handle.stream, pointer) };
}

function rawIncremental(handle: IncrementalHandle, pointer: string): JsonObject {
  const rawFile = ({ localPath, stream }: HandleAndLocalPath) => ({
    localPath,
    stream: rawStream(stream, pointer),
  });
  return {
    backendId: uuidOf(handle.backendId),
    checkpointId: exactNumber(handle.checkpointId),
    metaStream: rawStream(handle.metaStream, pointer),
    shared: handle.shared.map(rawFile),
    private: handle.private.map(rawFile),
  };
}

function rawChangelog(handle: ChangelogHandle, pointer: string): JsonObject {
  const materializationId = exactNumber(handle.materializationId ?? 0n);
  return {
    materializationId,
    checkpointId: handle.checkpointId === null ? materializationId : exactNumber(handle.checkpointId),
    materialized: handle.materialized.flatMap((part) =>
      part === null ? [] : [rawKeyedHandle(part, pointer)],
    ),
    nonMaterialized: handle.nonMaterialized.map((part) => rawKeyedHandle(part, pointer)),
  };
}

function rawChangelogFiles(handle: ChangelogFilesHandle, pointer: string): JsonObject {
  return {
    storageId: handle.storageId ?? DEFAULT_CHANGELOG_STORAGE,
    parts: handle.parts.map(({ offset, stream }) => ({
      offset: exactNumber(offset),
      stream: rawStream(stream, pointer),
    })),
  };
}

function rawChangelogMemory(handle: ChangelogMemoryHandle): JsonObject {
  return {
    from: exactNumber(handle.from),
    to: exactNumber(handle.to),
    changes: handle.changes.map(({ keyGroup, change }) => ({
      keyGroup,
      size: change.length,
      sha256: sha256(change),
    })),
  };
}

function rawStateOffsets({ name, mode, offsets }: OperatorStateOffsets): Json {
  return { name, mode, offsetCount: offsets.length, offsets: offsets.map(exactNumber) };
}

function rawChannelInfo({ group, index }: ChannelInfo, direction: ChannelDirection): JsonObject {
  return direction === 'input' ? { gate: group, index } : { partition: group, index };
}

/** Bytes of the channels of a merged handle as the file packs them: a count, then channel, size and offsets of each. */
function serializedOffsetsBytes(handle: MergedChannelHandle): number {
  return handle.channels.reduce((sum, part) => sum + 20 + 8 * part.offsets.length, 4);
}

/**
 * The UUID that Flink makes of a backend's id: of the text where it is one, else of its MD5 (early releases wrote the
 * operator's name). As java.util.UUID reads it, parts may be shorter or longer than they should.
 */
function uuidOf(backendId: string): string {
  const parts = backendId.length <= 36 ? backendId.split('-') : [];
  if (parts.length !== 5 || !parts.every(isHexLong)) return nameUuid(backendId);
  return [8, 4, 4, 4, 12]
    .map((width, at) => parts[at]!.replace('+', '').padStart(width, '0').slice(-width).toLowerCase())
    .join('-');
}

function isHexLong(part: string): boolean {
  return /^\+?0*[0-9a-f]{1,16}$/i.test(part) && BigInt(`0x${part.replace('+', '')}`) < 2n ** 63n;
}

/** UUID version 3 of the UTF-8 bytes, in which Java has a question mark for half of a surrogate pair. */
function nameUuid(name: string): string {
  const wellFormed = name.replace(/\p{Surrogate}/gu, '?');
  const hash = createHash('md5').update(wellFormed).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x30;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
