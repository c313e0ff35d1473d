// A heap or canonical file of keyed state, read in slices: its header, and then a few key groups at a time. A header
// followed by some of the key groups is again a file of the same format, so nothing else needs to know of slices.
import { openCanonicalSnapshot } from '../format/state/canonical-snapshot.js';
import { openHeapSnapshot } from '../format/state/heap-snapshot.js';
import { type KeyedHeader, readKeyedHeader } from '../format/state/keyed-header.js';
import type { KeyedSnapshot, KeyedStateEntry } from '../format/state/keyed-state.js';
import type { KeyGroupRange, KeyGroupsHandle } from '../model/metadata.js';
import { FormatError } from '../support/errors.js';
import { locating, type OpenStream, openStream, type StreamSource } from './state-streams.js';

const SLICE_BYTES = 4 * 1024 * 1024;

/** Where the bytes of a key group are in its file. */
export interface KeyGroupExtent {
  readonly keyGroup: number;
  readonly start: number;
  readonly end: number;
}

/** A file of which nothing but the header was read. */
export interface KeyedFile {
  readonly header: KeyedHeader;
  /** Ascending; empty key groups of a canonical file left out. */
  readonly extents: readonly KeyGroupExtent[];
  /**
   * The key groups of `range` (all without one), a few at a time: no more bytes are held than one slice has, or one
   * key group where that is larger.
   */
  slices(range?: KeyGroupRange): AsyncIterable<KeyedSnapshot>;
}

/** Reads the header. Throws what the store throws, and FormatError where the header is damaged. */
export async function openKeyedFile(
  handle: KeyGroupsHandle,
  maxParallelism: number,
  source: StreamSource,
): Promise<KeyedFile> {
  const stream = await openStream(handle.stream, source);
  const extents = extentsOf(handle, stream);
  const headerBytes = await stream.read(0, extents[0]?.start ?? stream.sizeBytes);
  const file = { stream, handle, maxParallelism, headerBytes };
  return {
    header: locating(stream, () => readKeyedHeader(headerBytes)),
    extents,
    slices: (range = handle.keyGroups) =>
      readSlices(
        file,
        extents.filter(({ keyGroup }) => keyGroup >= range.first && keyGroup <= range.last),
      ),
  };
}

/** Each key group reaches to the next one, the last to the end; an offset of 0 is that of an empty one. */
function extentsOf({ keyGroups, offsets }: KeyGroupsHandle, stream: OpenStream): readonly KeyGroupExtent[] {
  const starts = offsets
    .map((offset, index) => ({ keyGroup: keyGroups.first + index, start: Number(offset) }))
    .filter(({ start }) => start !== 0);
  return starts.map(({ keyGroup, start }, index) => {
    const end = starts[index + 1]?.start ?? stream.sizeBytes;
    if (start >= 0 && start < end) return { keyGroup, start, end };
    const at = { offset: start, field: `keyGroups[${keyGroup}].offset` };
    throw stream.located(new FormatError(`a key group cannot begin here and end at ${end}`, at));
  });
}

interface FileInSlices {
  readonly stream: OpenStream;
  readonly handle: KeyGroupsHandle;
  readonly maxParallelism: number;
  readonly headerBytes: Uint8Array;
}

async function* readSlices(
  file: FileInSlices,
  extents: readonly KeyGroupExtent[],
): AsyncGenerator<KeyedSnapshot> {
  const isHeap = extents.length > 0 && (await isHeapFormat(file));
  for (let at = 0; at < extents.length; ) {
    const { start } = extents[at]!;
    let count = 1;
    while (at + count < extents.length && extents[at + count]!.end - start <= SLICE_BYTES) count++;
    yield openSlice(file, extents.slice(at, at + count), isHeap ? openHeapSnapshot : openCanonicalSnapshot);
    at += count;
  }
}

/** The `_metadata` does not say (format/state/keyed-snapshot.ts tells why): the last key group does, by its number. */
async function isHeapFormat({ handle, stream }: FileInSlices): Promise<boolean> {
  const { kind, keyGroups, offsets } = handle;
  if (kind === 'savepoint-key-groups' || offsets.includes(0n)) return false;
  const bytes = await stream.read(Number(offsets.at(-1)), 4);
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0) === keyGroups.last;
}

/** Key groups between the first and the last that have no extent are empty. */
async function openSlice(
  { stream, headerBytes, maxParallelism }: FileInSlices,
  extents: readonly KeyGroupExtent[],
  open: typeof openCanonicalSnapshot,
): Promise<KeyedSnapshot> {
  const [{ keyGroup: first, start }, { keyGroup: last, end }] = [extents[0]!, extents.at(-1)!];
  const bytes = Buffer.concat([headerBytes, await stream.read(start, end - start)]);
  const shiftBytes = start - headerBytes.length;
  const offsets: bigint[] = Array(last - first + 1).fill(0n);
  for (const extent of extents) {
    offsets[extent.keyGroup - first] = BigInt(extent.start - start + headerBytes.length);
  }
  const slice = locating(stream, () => open(bytes, { keyGroups: { first, last }, offsets, maxParallelism }));
  if (slice.kind !== 'readable') return slice;
  return { ...slice, entries: (range) => locatedEntries(slice.entries(range), stream, shiftBytes) };
}

function* locatedEntries(
  entries: Iterable<KeyedStateEntry>,
  stream: OpenStream,
  shiftBytes: number,
): Generator<KeyedStateEntry> {
  try {
    yield* entries;
  } catch (thrown) {
    throw thrown instanceof FormatError ? stream.located(thrown, shiftBytes) : thrown;
  }
}
