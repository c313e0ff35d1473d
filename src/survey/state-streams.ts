// The bytes behind the handles of one snapshot, read as far as they are needed.
import { child, formatLocation, type Location } from '../model/location.js';
import type { StreamStateHandle } from '../model/metadata.js';
import { type Rewrite, resolvePath } from '../model/rewrite.js';
import { streamSizeBytes } from '../model/state-sizes.js';
import { assertNever, FormatError, MissingStateError, StorageError, UsageError } from '../support/errors.js';
import type { Readers } from './readers.js';

const DAMAGED = 'ckpt list shows which snapshots are whole; if it was moved, say --rewrite FROM=TO';

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

/** So much of a stream is read at once, and no more: a handle may tell any size. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A stream that can be read in parts. */
export interface OpenStream {
  readonly sizeBytes: number;
  /** Where it is; null for inline bytes. */
  readonly location: Location | null;
  /**
   * `length` bytes from `offset`. Throws FormatError for a part that is not in the stream, MissingStateError where the
   * file is not there or ends before, and UsageError for a part that is too large to be held.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The error, told of the file; its offset counts from `start` in the stream, afterwards from that of the file. */
  located(error: FormatError, start?: number): FormatError;
}

/** What `read` throws of bytes that begin at `start` of the stream, told of the file. */
export function locating<T>(stream: OpenStream, read: () => T, start = 0): T {
  try {
    return read();
  } catch (thrown) {
    throw thrown instanceof FormatError ? stream.located(thrown, start) : thrown;
  }
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

function inline(data: Uint8Array): OpenStream {
  const place = { where: 'state inside the _metadata', begin: 0, sizeBytes: data.length };
  return {
    sizeBytes: data.length,
    location: null,
    async read(offset, length) {
      expectInside(place, offset, length);
      return data.subarray(offset, offset + length);
    },
    located: (error, start) => locatedAt(place, error, start),
  };
}

interface StreamPlace {
  readonly where: string;
  /** Where the stream begins in its file. */
  readonly begin: number;
  readonly sizeBytes: number;
}

function locatedAt({ where, begin }: StreamPlace, error: FormatError, start = 0): FormatError {
  return error.where === undefined ? error.foundIn(where, DAMAGED, begin + start) : error;
}

function expectInside(place: StreamPlace, offset: number, length: number): void {
  const { sizeBytes } = place;
  if (!(offset >= 0 && length >= 0 && offset + length <= sizeBytes)) {
    const at = { offset, field: 'state' };
    throw locatedAt(place, new FormatError(`${length} bytes do not lie in a state of ${sizeBytes}`, at));
  }
  if (length > MOST_BYTES) {
    throw new UsageError(
      `${length} bytes of ${place.where} belong together, at most ${MOST_BYTES} are read`,
      {
        code: 'state-not-read',
        where: place.where,
      },
    );
  }
}

type FileStream = Extract<StreamStateHandle, { kind: 'file' | 'relative-file' | 'segment' }>;

async function openFile(stream: FileStream, source: StreamSource, begin: number): Promise<OpenStream> {
  const location = streamLocation(stream, source);
  if (location === null) throw unknownStore(stream);
  const reader = await source.readers.of(location);
  const told = streamSizeBytes(stream);
  const where = formatLocation(location);
  const sizeBytes =
    told < 0n ? (await presentIn(where, () => reader.stat(location))).sizeBytes : Number(told);
  const place = { where, begin, sizeBytes };
  return {
    sizeBytes,
    location,
    async read(offset, length) {
      expectInside(place, offset, length);
      const bytes = await presentIn(where, () => reader.readRange(location, begin + offset, length));
      if (bytes.length < length) throw missing(where, `ends before byte ${begin + offset + length}`);
      return bytes;
    },
    located: (error, start) => locatedAt(place, error, start),
  };
}

function unknownStore(stream: FileStream): UsageError {
  const path = stream.kind === 'relative-file' ? stream.relativePath : stream.path;
  return new UsageError(`${path} is no location of a known store`, {
    where: path,
    next: 'give a copy of it with --rewrite FROM=TO',
  });
}

async function presentIn<T>(where: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.kind !== 'not-found') throw thrown;
    throw missing(where, 'is not there', thrown);
  }
}

function missing(where: string, what: string, cause?: unknown): MissingStateError {
  return new MissingStateError(`${where} ${what}`, { where, next: DAMAGED, cause });
}
