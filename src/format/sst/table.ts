// A RocksDB table (SST file), read without RocksDB: what it says of itself, and every write that it holds, in the order
// of its keys. It knows nothing of Flink. Source: RocksDB BlockBasedTable (table/block_based/).
import { FormatError } from '../../support/errors.js';
import {
  type Block,
  type BlockSource,
  BYTE_VALUES,
  blockEntries,
  readBlock,
  readBlocks,
  verifyBlocks,
} from './block.js';
import { type BlockHandle, type Footer, readFooter, readHandle } from './footer.js';
import { dataBlockHandles } from './index-block.js';
import { type InternalKey, readInternalKey } from './internal-key.js';
import { readProperties, type TableProperties } from './properties.js';
import { TableCursor } from './table-cursor.js';
import { errorIn, type TableFile, withTail } from './table-file.js';
import { UnreadTableError } from './unread-table-error.js';

/** Holds footer, metaindex, properties and, of most tables, the index. */
const TAIL_BYTES = 32 * 1024;
/** So much is read at once of the data blocks, which are 4 KiB in Flink. */
const READ_AHEAD_BYTES = 256 * 1024;
const BYTEWISE = 'leveldb.BytewiseComparator';

/** An open table. */
export interface Table extends BlockSource {
  readonly footer: Footer;
  readonly properties: TableProperties;
  readonly index: BlockHandle;
  /** Null where no ranges were deleted. */
  readonly rangeDeletions: BlockHandle | null;
  /** Every block that the metaindex names, filters too. */
  readonly metaBlocks: ReadonlyMap<string, BlockHandle>;
}

/** A write to one key. The value of a deletion is empty. */
export interface TableEntry extends InternalKey {
  readonly value: Buffer;
}

/** A write that deleted all keys from `start` up to `end`, which is not among them. */
export interface RangeDeletion {
  readonly start: Buffer;
  readonly end: Buffer;
  readonly sequence: number;
}

/**
 * What a table says of itself: one read of the last 32 KiB, two where its properties are longer. Throws FormatError
 * where the bytes are wrong, UnreadTableError for a table of another kind or a newer version.
 */
export async function readTableProperties(file: TableFile): Promise<TableProperties> {
  return (await openTable(file)).properties;
}

/** Opens a table for reading; reads and errors as of {@link readTableProperties}. */
export async function openTable(file: TableFile): Promise<Table> {
  try {
    return await openEnding(file);
  } catch (thrown) {
    throw errorIn(file, thrown);
  }
}

async function openEnding(file: TableFile): Promise<Table> {
  const ending = await withTail(file, TAIL_BYTES);
  const footer = await readFooter(ending);
  const source = { file: ending, footer };
  const parts = metaBlocks(await readBlock(source, footer.metaindex, 'metaindex'));
  const propertiesAt = parts.get('rocksdb.properties') ?? parts.get('rocksdb.stats');
  const index = footer.index ?? parts.get('rocksdb.index');
  if (propertiesAt === undefined || index === undefined) {
    const missing = index === undefined ? 'index' : 'properties';
    throw new FormatError(`names no ${missing}`, { offset: footer.metaindex.offset, field: 'metaindex' });
  }
  const properties = readProperties(await readBlock(source, propertiesAt, 'properties'));
  const rangeDeletions = parts.get('rocksdb.range_del') ?? null;
  return { ...source, properties, index, rangeDeletions, metaBlocks: parts };
}

/**
 * Holds every block of a table against its checksum; nothing is decompressed but the index. Throws FormatError where a
 * block is damaged, and UnreadTableError where the index is written in a way that is not read here.
 */
export async function verifyTable(table: Table): Promise<void> {
  for (const [name, handle] of table.metaBlocks) {
    await verifyBlocks(table, only(handle), { field: name, readAheadBytes: READ_AHEAD_BYTES });
  }
  const reading = { field: 'data', readAheadBytes: READ_AHEAD_BYTES };
  await verifyBlocks(table, dataBlockHandles(table), reading);
}

async function* only(handle: BlockHandle): AsyncGenerator<BlockHandle> {
  yield handle;
}

function metaBlocks(block: Block): ReadonlyMap<string, BlockHandle> {
  const parts = new Map<string, BlockHandle>();
  for (const { key, value } of blockEntries(block, BYTE_VALUES)) {
    const name = key.toString('latin1');
    const source = new TableCursor(value, { ...block.origin, wasCompressed: true });
    parts.set(name, readHandle(source, name));
  }
  return parts;
}

/**
 * All writes of a table but range deletions, block by block, by ascending key, the newest first where a key has many.
 * Every block is verified before its entries are given. Throws FormatError, or UnreadTableError where the table is
 * compressed or ordered in a way that is not read here.
 */
export async function* tableEntries(table: Table): AsyncGenerator<readonly TableEntry[]> {
  expectReadable(table.properties);
  const blocks = readBlocks(table, dataBlockHandles(table), {
    field: 'data',
    readAheadBytes: READ_AHEAD_BYTES,
  });
  let previous: TableEntry | undefined;
  try {
    for await (const block of blocks) {
      const entries = entriesOf(block, previous);
      previous = entries.at(-1) ?? previous;
      yield entries;
    }
  } catch (thrown) {
    throw errorIn(table.file, thrown);
  }
}

/** The ranges that were deleted, in the order of the file. */
export async function tableRangeDeletions(table: Table): Promise<readonly RangeDeletion[]> {
  expectReadable(table.properties);
  if (table.rangeDeletions === null) return [];
  try {
    return rangeDeletionsIn(await readBlock(table, table.rangeDeletions, 'rangeDeletions'));
  } catch (thrown) {
    throw errorIn(table.file, thrown);
  }
}

function rangeDeletionsIn(block: Block): readonly RangeDeletion[] {
  const source = new TableCursor(block.bytes, block.origin);
  return [...blockEntries(block, BYTE_VALUES)].map(({ key, value, position }) => {
    const { key: start, sequence, kind } = readInternalKey(key, { source, position });
    if (kind !== 'range-deletion') throw source.error(`a ${kind} among range deletions`, 'key', position);
    return { start, end: value, sequence };
  });
}

function expectReadable({ comparator, globalSequence }: TableProperties): void {
  if (comparator !== null && comparator !== BYTEWISE) {
    throw new UnreadTableError('comparator', `keys in the order of ${comparator} are not read`);
  }
  if (globalSequence) {
    throw new UnreadTableError('global-sequence', 'the sequence number of an ingested table is not in it');
  }
}

function entriesOf(block: Block, before: TableEntry | undefined): readonly TableEntry[] {
  const source = new TableCursor(block.bytes, block.origin);
  const entries: TableEntry[] = [];
  let previous = before;
  for (const { key, value, position } of blockEntries(block, BYTE_VALUES)) {
    const { key: userKey, sequence, kind } = readInternalKey(key, { source, position });
    const entry = { key: userKey, sequence, kind, value };
    if (entry.kind === 'range-deletion')
      throw source.error('a range deletion among entries', 'key', position);
    if (previous !== undefined && compareWrites(previous, entry) >= 0) {
      throw source.error('a key before the one it follows', 'key', position);
    }
    entries.push(entry);
    previous = entry;
  }
  return entries;
}

/** The order of a table: by key, the newest write first. */
export function compareWrites(a: InternalKey, b: InternalKey): number {
  return Buffer.compare(a.key, b.key) || b.sequence - a.sequence;
}
