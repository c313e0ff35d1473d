// The bytes behind the handles of one snapshot, read as far as they are needed.
import { child, formatLocation, type Location } from '../model/location.js';
import type { StreamStateHandle } from '../model/metadata.js';
import { type Rewrite, resolvePath } from '../model/rewrite.js';
import { streamSizeBytes } from '../model/state-sizes.js';
import { assertNever, StorageError, UsageError } from '../support/errors.js';
import type { Readers } from './readers.js';

/** What a path of a `_metadata` starts from. */
export interface StreamPaths {
  /** That of the `_metadata`: relative paths start there. */
  readonly directory: Location;
  readonly rewrites: readonly Rewrite[];
}

/** Where the streams of a snapshot are looked up. */
export interface StreamSource extends StreamPaths {
  readonly readers: Readers;
}

/** A stream that can be read in parts. */
export interface OpenStream {
  readonly sizeBytes: number;
  /** Where it is; null for inline bytes. */
  readonly location: Location | null;
  /** `length` bytes from `offset`; throws StorageError `corrupt` where the file ends before. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Opens a stream; the size of a file whose handle does not know it is asked of the store. */
export async function openStream(stream: StreamStateHandle, source: StreamSource): Promise<OpenStream> {
  switch (stream.kind) {
    case 'bytes':
      return inline(stream.data);
    case 'segment-empty':
      return inline(new Uint8Array());
    case 'key-groups-stream':
      return openStream(stream.stream, source);
    case 'relative-file':
    case 'file':
      return openFile(stream, source, 0);
    case 'segment':
      return openFile(stream, source, Number(stream.startPos));
    default:
      return assertNever(stream, 'stream handle');
  }
}

/** The file that a stream is in; null where it is in none, or in one of a store that is not known here. */
export function streamLocation(stream: StreamStateHandle, paths: StreamPaths): Location | null {
  switch (stream.kind) {
    case 'bytes':
    case 'segment-empty':
      return null;
    case 'key-groups-stream':
      return streamLocation(stream.stream, paths);
    case 'relative-file':
      return child(paths.directory, stream.relativePath);
    case 'file':
    case 'segment':
      return resolvePath(stream.path, paths.rewrites);
    default:
      return assertNever(stream, 'stream handle');
  }
}

/** All bytes of a stream. */
export async function readWhole(stream: StreamStateHandle, source: StreamSource): Promise<Uint8Array> {
  const opened = await openStream(stream, source);
  return opened.read(0, opened.sizeBytes);
}

function inline(data: Uint8Array): OpenStream {
  return {
    sizeBytes: data.length,
    location: null,
    read: async (offset, length) => data.subarray(offset, offset + length),
  };
}

type FileStream = Extract<StreamStateHandle, { kind: 'file' | 'relative-file' | 'segment' }>;

async function openFile(stream: FileStream, source: StreamSource, start: number): Promise<OpenStream> {
  const location = streamLocation(stream, source);
  if (location === null) throw unknownStore(stream);
  const reader = await source.readers.of(location);
  const told = streamSizeBytes(stream);
  const sizeBytes = told < 0n ? (await reader.stat(location)).sizeBytes : Number(told);
  return {
    sizeBytes,
    location,
    async read(offset, length) {
      const bytes = await reader.readRange(location, start + offset, length);
      if (bytes.length < length) throw tooShort(location, start + offset + length);
      return bytes;
    },
  };
}

function unknownStore(stream: FileStream): UsageError {
  const path = stream.kind === 'relative-file' ? stream.relativePath : stream.path;
  return new UsageError(`${path} is no location of a known store`, {
    where: path,
    next: 'give a copy of it with --rewrite FROM=TO',
  });
}

function tooShort(location: Location, wanted: number): StorageError {
  const where = formatLocation(location);
  return new StorageError('corrupt', `${where} ends before byte ${wanted}`, {
    where,
    next: 'ckpt list shows which snapshots are whole',
  });
}
