// Rows in the order of their locations, by the ten millions: dealt out by ranges of locations into partitions, each of
// which is sorted on its own. The ranges come from a sample, so that the partitions are of about one size.
import { PARTITIONS, type Spool } from './spool.js';

/** How rows are written to a spool and read again. */
export interface RowCodec<R> {
  /** What rows are sorted by. */
  uriOf(row: R): string;
  write(spool: Spool, partition: number, row: R): void;
  /** The rows in `bytes`, in the order in which they were written. */
  read(bytes: Buffer): Iterable<R>;
}

/** One of so many rows is taken for the sample. */
const SAMPLE_EVERY = 512;

/** The rows of `source`, which is run through twice, in the order of their URIs. `spool` must be empty. */
export function* inOrder<R>(source: () => Iterable<R>, codec: RowCodec<R>, spool: Spool): Generator<R> {
  const bounds = boundsOf(source(), codec);
  for (const row of source()) codec.write(spool, partitionOf(codec.uriOf(row), bounds), row);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const rows = Array.from(codec.read(spool.whole(partition)), (row) => ({ uri: codec.uriOf(row), row }));
    rows.sort((a, b) => (a.uri < b.uri ? -1 : 1));
    for (const { row } of rows) yield row;
  }
}

/** The lowest URI of each partition but the first. */
function boundsOf<R>(rows: Iterable<R>, { uriOf }: RowCodec<R>): readonly string[] {
  const sample: string[] = [];
  let count = 0;
  for (const row of rows) if (count++ % SAMPLE_EVERY === 0) sample.push(uriOf(row));
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
