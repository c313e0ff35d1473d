// Data files of an S3 Inventory as Parquet: column names in snake case, keys as they are. One row group is in memory at a
// time. Source: Amazon S3 user guide, "Amazon S3 Inventory list".
import { gunzipSync } from 'node:zlib';
import type { AsyncBuffer, Compressors, ParquetParsers, ParquetScan } from 'hyparquet';
import { formatLocation } from '../../model/location.js';
import type { FileStatus } from '../../storage/storage.js';
import { CkptError, messageOf, UsageError } from '../../support/errors.js';
import { damaged, type StoredText } from './lines.js';

const NEEDED = ['key', 'size', 'last_modified_date'] as const;
const OPTIONAL = ['is_latest', 'is_delete_marker', 'e_tag'] as const;
const COLUMNS = [...NEEDED, ...OPTIONAL] as const;
const BATCH_ROWS = 10_000;

type Column = (typeof COLUMNS)[number];
/** Values by column; a column that the file lacks is empty. */
type Columns = Readonly<Record<Column, ArrayLike<unknown>>>;

const COMPRESSORS: Compressors = { GZIP: (bytes) => gunzipSync(bytes) };
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros) => Number(micros / 1000n),
  timestampFromNanoseconds: (nanos) => Number(nanos / 1_000_000n),
};

/** The entries of one data file. Throws FormatError where it is damaged, UsageError where it lacks a column. */
export async function* parquetEntries(text: StoredText): AsyncGenerator<readonly FileStatus[]> {
  const scan = await orDamaged(text, () => openScan(text));
  const names = new Set(scan.metadata.schema.map(({ name }) => name));
  if (!NEEDED.every((name) => names.has(name))) throw lacksColumns(text);
  for (const { rowStart, rowEnd } of scan.ranges) {
    const columns = await orDamaged(text, () => readColumns(scan, names, { rowStart, rowEnd }));
    const rows = rowEnd - rowStart;
    for (let row = 0; row < rows; row += BATCH_ROWS)
      yield entriesIn(columns, { from: row, to: Math.min(rows, row + BATCH_ROWS) }, text);
  }
}

async function openScan({ reader, location, sizeBytes }: StoredText): Promise<ParquetScan> {
  const { parquetScan } = await import('hyparquet');
  const file: AsyncBuffer = {
    byteLength: sizeBytes,
    async slice(start, end = sizeBytes) {
      const bytes = await reader.readRange(location, start, end - start);
      return Uint8Array.from(bytes).buffer;
    },
  };
  return parquetScan({ file, compressors: COMPRESSORS, parsers: PARSERS });
}

async function readColumns(
  scan: ParquetScan,
  names: ReadonlySet<string>,
  range: { readonly rowStart: number; readonly rowEnd: number },
): Promise<Columns> {
  const read = COLUMNS.map(async (column) => [
    column,
    names.has(column) ? await scan.readColumn({ column, ...range }) : [],
  ]);
  return Object.fromEntries(await Promise.all(read)) as Columns;
}

function entriesIn(
  columns: Columns,
  rows: { readonly from: number; readonly to: number },
  text: StoredText,
): readonly FileStatus[] {
  const entries: FileStatus[] = [];
  for (let row = rows.from; row < rows.to; row++) {
    if (columns.is_latest[row] === false || columns.is_delete_marker[row] === true) continue;
    const [key, etag] = [columns.key[row], columns.e_tag[row]];
    const sizeBytes = Number(columns.size[row] ?? Number.NaN);
    const modifiedMs = Number(columns.last_modified_date[row] ?? Number.NaN);
    if (typeof key !== 'string' || !Number.isSafeInteger(sizeBytes))
      throw damaged(text.location, `row ${row} of a group has no key or no size`);
    entries.push({
      path: `/${key}`,
      type: 'file',
      sizeBytes,
      modifiedMs: Number.isNaN(modifiedMs) ? null : modifiedMs,
      etag: typeof etag === 'string' ? etag : null,
    });
  }
  return entries;
}

/** What the library throws are bare errors: whatever is not the store's is a file that cannot be understood. */
async function orDamaged<T>(text: StoredText, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    if (thrown instanceof CkptError) throw thrown;
    throw damaged(text.location, `cannot be read as Parquet: ${messageOf(thrown)}`, thrown);
  }
}

function lacksColumns({ location }: StoredText): UsageError {
  return new UsageError(`the inventory lacks ${NEEDED.join(', ')}, or one of them`, {
    where: formatLocation(location),
    next: 'let S3 add Size and LastModifiedDate to the inventory',
  });
}
