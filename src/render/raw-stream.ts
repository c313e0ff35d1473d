// Streams in the raw document of a `_metadata`, with the identifiers that Flink gives them. Source: Flink 2.3
// StreamStateHandle#getStreamStateHandleID, java.net.URI (multi-argument constructor).
import { createHash } from 'node:crypto';
import type { KeyGroupRange, StreamStateHandle } from '../model/metadata.js';
import { streamSizeBytes } from '../model/state-sizes.js';
import type { LeafStream } from '../model/streams.js';
import { assertNever } from '../support/errors.js';
import { exactNumber } from './json.js';

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [field: string]: Json };

/** What java.net.URI percent-encodes in a path, of ASCII and beyond: letters of all scripts stay, and what is no space. */
const NOT_IN_A_URI = /[^A-Za-z0-9_\-!.~'()*:@&=+$,;/\u0080-\u{10ffff}]|[\p{Z}\p{Cc}]/gu;

export function rawStream(stream: StreamStateHandle, pointer: string): JsonObject {
  const size = exactNumber(streamSizeBytes(stream));
  switch (stream.kind) {
    case 'bytes': {
      const name = stream.handleName;
      return { kind: 'bytes', size, name, sha256: sha256(stream.data), physicalId: name };
    }
    case 'file':
      return { kind: 'file', size, path: stream.path, physicalId: uriOf(stream.path) };
    case 'relative-file': {
      const path = pathOf(stream, pointer);
      const physicalId = uriOf(path);
      return { kind: 'relative-file', size, relativePath: stream.relativePath, path, physicalId };
    }
    case 'segment': {
      const { path, scope, logicalFileId } = stream;
      const offset = exactNumber(stream.startPos);
      return { kind: 'segment', size, path, offset, scope, logicalFileId, physicalId: logicalFileId };
    }
    case 'segment-empty':
      return { kind: 'segment-empty', size };
    case 'key-groups-stream':
      return {
        kind: 'key-groups',
        size,
        checkpointedSize: size,
        stateHandleId: null,
        keyGroups: rawKeyGroups(stream.keyGroups),
        offsets: stream.offsets.map(exactNumber),
        stream: rawStream(stream.stream, pointer),
      };
    default:
      return assertNever(stream, 'stream handle');
  }
}

/** The path of a stream's file, a relative one below `pointer`. */
export function pathOf(
  stream: Exclude<LeafStream, { kind: 'bytes' | 'segment-empty' }>,
  pointer: string,
): string {
  return stream.kind === 'relative-file' ? `${pointer}/${stream.relativePath}` : stream.path;
}

/** Flink has but one empty range. */
export function rawKeyGroups({ first, last }: KeyGroupRange): JsonObject {
  return last < first ? { first: 0, last: -1, count: 0 } : { first, last, count: last - first + 1 };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function uriOf(path: string): string {
  return path.replace(NOT_IN_A_URI, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  );
}
