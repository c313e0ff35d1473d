// Handles of streams: where bytes are. Source: Flink 2.3 MetadataV2V3SerializerBase#serializeStreamStateHandle.
import type {
  BytesHandle,
  EmptySegmentHandle,
  FileHandle,
  KeyGroupsStreamHandle,
  RelativeFileHandle,
  SegmentHandle,
  StreamStateHandle,
} from '../../model/metadata.js';
import { assertNever } from '../../support/errors.js';
import {
  BYTE_STREAM,
  EMPTY_SEGMENT_FILE,
  FILE_STREAM,
  KEY_GROUPS,
  NULL_HANDLE,
  RELATIVE_STREAM,
  SEGMENT_FILE,
} from './codes.js';
import { readKeyGroupOffsets, writeKeyGroupOffsets } from './key-groups.js';
import {
  BIGINT_BYTES,
  type MetadataReader,
  objectBytes,
  STRING_BYTES,
  VIEW_BYTES,
} from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { ScannedFile, ScannedRelativeFile, ScannedSegment } from './scanned-handles.js';

const SCOPES = ['EXCLUSIVE', 'SHARED'] as const;
const EMPTY_SEGMENT: EmptySegmentHandle = { kind: 'segment-empty' };

//  +---------+------------------------+
//  | u8 code | fields, by code        |
//  +---------+------------------------+
/** A stream where there must be one. */
export function readStream(reader: MetadataReader, field: string): StreamStateHandle {
  const stream = readOptionalStream(reader, field);
  if (stream === null) throw reader.error('a handle is missing', field, reader.offset - 1);
  return stream;
}

/** A stream, or null for code 0. */
export function readOptionalStream(reader: MetadataReader, field: string): StreamStateHandle | null {
  reader.enter(field);
  const code = reader.handleCode();
  const stream = code === NULL_HANDLE ? null : readStreamOf(reader, code);
  reader.leave();
  return stream;
}

export function writeStream(writer: MetadataWriter, stream: StreamStateHandle): void {
  switch (stream.kind) {
    case 'bytes':
      writer.u8(BYTE_STREAM);
      writeBytes(writer, stream);
      break;
    case 'file':
      writer.u8(FILE_STREAM);
      writeFile(writer, stream);
      break;
    case 'relative-file':
      writer.u8(RELATIVE_STREAM);
      writeRelativeFile(writer, stream);
      break;
    case 'segment':
      writer.u8(SEGMENT_FILE);
      writeSegment(writer, stream);
      break;
    case 'segment-empty':
      writer.u8(EMPTY_SEGMENT_FILE);
      break;
    case 'key-groups-stream':
      writer.u8(KEY_GROUPS);
      writeKeyGroupsStream(writer, stream);
      break;
    default:
      assertNever(stream, 'stream handle');
  }
}

/** Code 0 for null. */
export function writeOptionalStream(writer: MetadataWriter, stream: StreamStateHandle | null): void {
  if (stream === null) writer.u8(NULL_HANDLE);
  else writeStream(writer, stream);
}

function readStreamOf(reader: MetadataReader, code: number): StreamStateHandle {
  switch (code) {
    case FILE_STREAM:
      return readFile(reader);
    case RELATIVE_STREAM:
      return readRelativeFile(reader);
    case BYTE_STREAM:
      return readBytes(reader);
    case SEGMENT_FILE:
      return readSegment(reader);
    case EMPTY_SEGMENT_FILE:
      return EMPTY_SEGMENT;
    case KEY_GROUPS:
      return readKeyGroupsStream(reader);
    default:
      throw reader.error(`handle code ${code} where a stream is expected`, 'code', reader.offset - 1);
  }
}

//  +----------------+------------+----------------+
//  | utf handleName | i32 length | length * bytes |  the name looks like a path, but no such file exists
//  +----------------+------------+----------------+
function readBytes(reader: MetadataReader): BytesHandle {
  reader.charge(objectBytes(3) + STRING_BYTES + VIEW_BYTES, 'data');
  const handleName = reader.utf('handleName');
  return { kind: 'bytes', handleName, data: reader.lengthPrefixedBytes('data') };
}

function writeBytes(writer: MetadataWriter, handle: BytesHandle): void {
  writer.utf(handle.handleName);
  writer.lengthPrefixedBytes(handle.data);
}

//  +----------+----------+
//  | i64 size | utf path |  size -1: unknown; path: an absolute URI
//  +----------+----------+
function readFile(reader: MetadataReader): FileHandle {
  reader.charge(objectBytes(3) + STRING_BYTES + BIGINT_BYTES, 'path');
  const sizeBytes = readFileSize(reader);
  const at = passPath(reader, 'path');
  reader.mention('file', at, sizeBytes);
  if (reader.isScan) return new ScannedFile(reader, at, sizeBytes);
  return { kind: 'file', path: reader.kept.textAt(at), sizeBytes };
}

function writeFile(writer: MetadataWriter, handle: FileHandle): void {
  writer.i64(handle.sizeBytes);
  writer.utf(handle.path);
}

//  +------------------+----------+
//  | utf relativePath | i64 size |  below the directory of the `_metadata`; the other order than an absolute file
//  +------------------+----------+
function readRelativeFile(reader: MetadataReader): RelativeFileHandle {
  reader.charge(objectBytes(3) + STRING_BYTES + BIGINT_BYTES, 'relativePath');
  const at = passPath(reader, 'relativePath');
  const sizeBytes = readFileSize(reader);
  reader.mention('relative-file', at, sizeBytes);
  if (reader.isScan) return new ScannedRelativeFile(reader, at, sizeBytes);
  return { kind: 'relative-file', relativePath: reader.kept.textAt(at), sizeBytes };
}

function writeRelativeFile(writer: MetadataWriter, handle: RelativeFileHandle): void {
  writer.utf(handle.relativePath);
  writer.i64(handle.sizeBytes);
}

//  +--------------+----------+-----------+----------+-------------------+
//  | i64 startPos | i64 size | i32 scope | utf path | utf logicalFileId |  scope 0: exclusive, 1: shared
//  +--------------+----------+-----------+----------+-------------------+
function readSegment(reader: MetadataReader): SegmentHandle {
  reader.charge(objectBytes(6) + 2 * STRING_BYTES + 2 * BIGINT_BYTES, 'path');
  const startPos = reader.i64('startPos');
  const sizeBytes = reader.i64('size');
  const scope = SCOPES[reader.i32('scope')];
  if (scope === undefined) throw reader.error('expected scope 0 or 1', 'scope', reader.offset - 4);
  const path = passPath(reader, 'path');
  reader.mention('segment', path, startPos + sizeBytes, startPos);
  const logicalFileId = reader.offset;
  reader.skipUtf('logicalFileId');
  const fields = { startPos, sizeBytes, scope };
  if (reader.isScan) return new ScannedSegment(reader, { path, logicalFileId }, fields);
  const texts = { path: reader.kept.textAt(path), logicalFileId: reader.kept.textAt(logicalFileId) };
  return { kind: 'segment', ...fields, ...texts };
}

function writeSegment(writer: MetadataWriter, handle: SegmentHandle): void {
  writer.i64(handle.startPos);
  writer.i64(handle.sizeBytes);
  writer.i32(SCOPES.indexOf(handle.scope));
  writer.utf(handle.path);
  writer.utf(handle.logicalFileId);
}

//  +-----------------+--------------+
//  | KeyGroupOffsets | StreamHandle |  a keyed handle where a stream is expected (Flink 1.2)
//  +-----------------+--------------+
function readKeyGroupsStream(reader: MetadataReader): KeyGroupsStreamHandle {
  reader.charge(objectBytes(4) + objectBytes(2), 'keyGroups');
  reader.descend();
  const { keyGroups, offsets } = readKeyGroupOffsets(reader);
  const stream = readStream(reader, 'stream');
  reader.ascend();
  return { kind: 'key-groups-stream', keyGroups, offsets, stream };
}

function writeKeyGroupsStream(writer: MetadataWriter, handle: KeyGroupsStreamHandle): void {
  writeKeyGroupOffsets(writer, handle);
  writeStream(writer, handle.stream);
}

function readFileSize(reader: MetadataReader): bigint {
  const sizeBytes = reader.i64('size');
  if (sizeBytes < -1n) throw reader.error(`negative size ${sizeBytes}`, 'size', reader.offset - 8);
  return sizeBytes;
}

/** Passes over a path and tells where it stands. Flink refuses one of nothing but spaces. */
export function passPath(reader: MetadataReader, field: string): number {
  const at = reader.offset;
  reader.skipUtf(field);
  if (reader.isBlankText(at)) throw reader.error('an empty path', field, at);
  return at;
}
