// The properties block: what RocksDB says of a table as a whole. It names and counts; it holds no state.
// Source: RocksDB TablePropertiesNames, PropertyBlockBuilder (table/meta_blocks.cc), BlockBasedTablePropertyNames.
import { type Block, BYTE_VALUES, blockEntries } from './block.js';
import { TableCursor } from './table-cursor.js';

/** What a table says of itself. Sizes and counts are of the table alone; keys and values count as they were put in. */
export interface TableProperties {
  /** Writes of any kind, also deletions of keys and of ranges. */
  readonly entries: number;
  /** Deletions of single keys and of ranges. */
  readonly deletions: number;
  readonly mergeOperands: number;
  readonly rangeDeletions: number;
  /** Keys with their 8 bytes of sequence number and type. */
  readonly rawKeySizeBytes: number;
  readonly rawValueSizeBytes: number;
  readonly dataBlocks: number;
  /** In the file: compressed, with what stands behind each block. */
  readonly dataSizeBytes: number;
  readonly indexSizeBytes: number;
  readonly filterSizeBytes: number;
  /** Flink keeps each keyed state in a column family of its own, under the name of the state. */
  readonly columnFamily: { readonly id: number; readonly name: string } | null;
  readonly comparator: string | null;
  readonly mergeOperator: string | null;
  /** The compression of the column family; single blocks may still be stored as they are. */
  readonly compression: string | null;
  /** Seconds since 1970; null where RocksDB did not know. */
  readonly creationTimeS: number | null;
  readonly index: IndexLayout;
  /** The number of a table that was written outside and ingested: it stands for those of all entries. */
  readonly globalSequence: boolean;
}

/** How the index is written; its kinds are RocksDB's IndexType by number. */
export interface IndexLayout {
  /** 0 one block, 1 one block and a hash index beside it, 2 blocks of blocks, 3 with the first key of each block. */
  readonly type: number;
  /** Handles tell only how their size differs from the one before, where keys share a beginning. */
  readonly hasDeltaValues: boolean;
}

/** In a table that has no column family: it was not written by a database. */
const NO_COLUMN_FAMILY = 0x7fffffff;

/** Throws FormatError where a property is not of its form. Properties that are missing count nothing. */
export function readProperties(block: Block): TableProperties {
  const found = new Map<string, Buffer>();
  for (const { key, value } of blockEntries(block, BYTE_VALUES)) found.set(key.toString('latin1'), value);
  const text = (name: string) => found.get(`rocksdb.${name}`)?.toString('utf8') ?? null;
  const count = (name: string) => countOf(found.get(`rocksdb.${name}`), block, name) ?? 0;
  return {
    entries: count('num.entries'),
    deletions: count('deleted.keys'),
    mergeOperands: count('merge.operands'),
    rangeDeletions: count('num.range-deletions'),
    rawKeySizeBytes: count('raw.key.size'),
    rawValueSizeBytes: count('raw.value.size'),
    dataBlocks: count('num.data.blocks'),
    dataSizeBytes: count('data.size'),
    indexSizeBytes: count('index.size'),
    filterSizeBytes: count('filter.size'),
    columnFamily: columnFamilyOf(count('column.family.id'), text('column.family.name')),
    comparator: text('comparator'),
    mergeOperator: named(text('merge.operator')),
    compression: text('compression'),
    creationTimeS: count('creation.time') || null,
    index: {
      type: found.get('rocksdb.block.based.table.index.type')?.[0] ?? 0,
      hasDeltaValues: count('index.value.is.delta.encoded') > 0,
    },
    globalSequence: found.has('rocksdb.external_sst_file.version'),
  };
}

function countOf(value: Buffer | undefined, { origin }: Block, name: string): number | null {
  if (value === undefined) return null;
  const source = new TableCursor(value, { ...origin, wasCompressed: true });
  const count = source.varint64(name);
  source.expectEnd(name);
  return count;
}

function columnFamilyOf(id: number, name: string | null): TableProperties['columnFamily'] {
  return name === null || id === NO_COLUMN_FAMILY ? null : { id, name };
}

/** RocksDB writes `nullptr` for what is not set. */
function named(text: string | null): string | null {
  return text === 'nullptr' ? null : text;
}
