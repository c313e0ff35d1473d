// Rows in the order of their locations, by the ten millions: dealt out by ranges of locations into partitions, each of
// which is sorted on its own. The ranges come from a sample, so that the partitions are of about one size.
import { formatLocation, type Location, parseUri } from '../../model/location.js';
import { PARTITIONS, type Spool } from './spool.js';

/** A file with what is known of it. */
export interface FileRow {
  /** Number of its directory. */
  readonly directory: number;
  readonly location: Location;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly snapshots: number;
  readonly liveBytes: number | null;
}

/** One of so many rows is taken for the sample. */
const SAMPLE_EVERY = 512;

/** The rows of `source`, which is run through twice, in the order of their URIs. `spool` must be empty. */
export function* inOrder(source: () => Iterable<FileRow>, spool: Spool): Generator<FileRow> {
  const bounds = boundsOf(source());
  for (const row of source()) writeRow(spool, partitionOf(formatLocation(row.location), bounds), row);
  for (let partition = 0; partition < PARTITIONS; partition++) yield* sortedRows(spool.whole(partition));
}

/** The lowest URI of each partition but the first. */
function boundsOf(rows: Iterable<FileRow>): readonly string[] {
  const sample: string[] = [];
  let count = 0;
  for (const row of rows) if (count++ % SAMPLE_EVERY === 0) sample.push(formatLocation(row.location));
  sample.sort();
  return Array.from(
    { length: PARTITIONS - 1 },
    (_, index) => sample[Math.floor(((index + 1) * sample.length) / PARTITIONS)] ?? '',
  );
}

/** The number of bounds that are not above `uri`. */
function partitionOf(uri: string, bounds: readonly string[]): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! <= uri) low = middle + 1;
    else high = middle;
  }
  return low;
}

const HEAD = 36;

//  | u32 length | u32 directory | f64 bytes | f64 modified, -1 unknown | f64 live bytes, -1 none | u32 snapshots | URI |
export function writeRow(spool: Spool, partition: number, row: FileRow): void {
  const uri = formatLocation(row.location);
  const length = HEAD + Buffer.byteLength(uri, 'utf8');
  const { bytes, at } = spool.room(partition, length);
  bytes.writeUInt32LE(length, at);
  bytes.writeUInt32LE(row.directory, at + 4);
  bytes.writeDoubleLE(row.sizeBytes, at + 8);
  bytes.writeDoubleLE(row.modifiedMs ?? -1, at + 16);
  bytes.writeDoubleLE(row.liveBytes ?? -1, at + 24);
  bytes.writeUInt32LE(row.snapshots, at + 32);
  bytes.write(uri, at + HEAD, 'utf8');
}

/** The rows in `bytes`, in the order in which they were written. */
export function* readRows(bytes: Buffer): Generator<FileRow> {
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at)) yield readRow(bytes, at);
}

function* sortedRows(bytes: Buffer): Generator<FileRow> {
  const starts: { readonly uri: string; readonly at: number }[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at))
    starts.push({ uri: uriAt(bytes, at), at });
  starts.sort((a, b) => (a.uri < b.uri ? -1 : 1));
  for (const { at } of starts) yield readRow(bytes, at);
}

function readRow(bytes: Buffer, at: number): FileRow {
  return {
    directory: bytes.readUInt32LE(at + 4),
    location: parseUri(uriAt(bytes, at))!,
    sizeBytes: bytes.readDoubleLE(at + 8),
    modifiedMs: noneIfNegative(bytes.readDoubleLE(at + 16)),
    liveBytes: noneIfNegative(bytes.readDoubleLE(at + 24)),
    snapshots: bytes.readUInt32LE(at + 32),
  };
}

function uriAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + HEAD, at + bytes.readUInt32LE(at));
}

function noneIfNegative(value: number): number | null {
  return value === -1 ? null : value;
}
