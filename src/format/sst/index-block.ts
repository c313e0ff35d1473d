// The index: where the data blocks of a table are. Only places are taken from it; its keys, which separate the blocks,
// serve searches. Source: RocksDB IndexValue (table/format.cc), PartitionedIndexBuilder, IndexBlockIter.
//
//     value      handle of the block | [first key, with type 3]
//     as delta   zigzag varint: size - size of the block before, which this one follows in the file
import {
  type Block,
  type BlockSource,
  blockEntries,
  readBlock,
  readBlocks,
  type ValueLayout,
} from './block.js';
import { type BlockHandle, readHandle, TRAILER_BYTES } from './footer.js';
import type { IndexLayout, TableProperties } from './properties.js';
import { TableCursor } from './table-cursor.js';
import { UnreadTableError } from './unread-table-error.js';

const TWO_LEVELS = 2;
const WITH_FIRST_KEY = 3;
const READ_AHEAD_BYTES = 256 * 1024;

/** A table whose index is read. */
export interface IndexedTable extends BlockSource {
  readonly index: BlockHandle;
  readonly properties: Pick<TableProperties, 'index'>;
}

/** The data blocks in the order of their keys, which is that of the file: FormatError where two overlap. */
export async function* dataBlockHandles(table: IndexedTable): AsyncGenerator<BlockHandle> {
  const { type } = table.properties.index;
  if (type > WITH_FIRST_KEY) throw new UnreadTableError('index-type', `an index of type ${type} is not read`);
  const top = await readBlock(table, table.index, 'index');
  if (type !== TWO_LEVELS) {
    yield* handlesOf(top, table.properties.index, 0);
    return;
  }
  const partitions = oneByOne(handlesOf(top, table.properties.index, 0));
  const options = { field: 'indexPartition', readAheadBytes: READ_AHEAD_BYTES };
  let end = 0;
  for await (const partition of readBlocks(table, partitions, options)) {
    for (const handle of handlesOf(partition, table.properties.index, end)) {
      yield handle;
      end = endOf(handle);
    }
  }
}

async function* oneByOne<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

/** Handles lie apart and ascend, so that no index, however wrong, leads to the same bytes twice. */
function* handlesOf(block: Block, layout: IndexLayout, start: number): Generator<BlockHandle> {
  const source = new TableCursor(block.bytes, block.origin);
  let end = start;
  for (const { value, position } of blockEntries(block, handleValues(layout))) {
    if (value.offset < end || value.sizeBytes < 0) {
      throw source.error(`a block at ${value.offset}, before the end of another`, 'handle', position);
    }
    end = endOf(value);
    yield value;
  }
}

function handleValues({ type, hasDeltaValues }: IndexLayout): ValueLayout<BlockHandle> {
  let previous: BlockHandle = { offset: 0, sizeBytes: 0 };
  return {
    hasLength: !hasDeltaValues,
    read: (source, { shared, length }) => {
      const expectedEnd = source.position + length;
      previous =
        hasDeltaValues && shared > 0
          ? {
              offset: endOf(previous),
              sizeBytes: previous.sizeBytes + source.signedVarint64('handle.sizeDelta'),
            }
          : readHandle(source, 'handle');
      if (type === WITH_FIRST_KEY) source.bytes(source.varint32('firstKeyLength'), 'firstKey');
      if (!hasDeltaValues && source.position !== expectedEnd) {
        throw source.error(`a value of ${length} bytes ends elsewhere`, 'handle', expectedEnd - length);
      }
      return previous;
    },
  };
}

function endOf({ offset, sizeBytes }: BlockHandle): number {
  return offset + sizeBytes + TRAILER_BYTES;
}
