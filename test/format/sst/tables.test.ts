// Tables that RocksDB itself wrote with other settings than Flink's (tables/Tables.java), and what is wrong with bad ones.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSourceOf, mergeTables } from '../../../src/format/sst/merge-tables.js';
import {
  openTable,
  readTableProperties,
  type TableEntry,
  tableEntries,
  tableRangeDeletions,
} from '../../../src/format/sst/table.js';
import { type TableFile, tableFileOf } from '../../../src/format/sst/table-file.js';
import { UnreadTableError } from '../../../src/format/sst/unread-table-error.js';
import { FormatError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';
import { tablesOfSubtasks } from './flink-tables.js';

const DIRECTORY = fileURLToPath(new URL('tables', import.meta.url));
const read = (name: string) => readFileSync(join(DIRECTORY, name));
const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.sst'));

async function entriesOf(file: TableFile): Promise<TableEntry[]> {
  const table = await openTable(file);
  const entries: TableEntry[] = [];
  for await (const part of tableEntries(table)) entries.push(...part);
  await tableRangeDeletions(table);
  return entries;
}

/** What RocksDB was told to write into all tables but one. */
const HUNDRED = Array.from(
  { length: 100 },
  (_, i) => `key-${String(i).padStart(5, '0')}=value ${i} ${'abc'.repeat(i % 7)}`,
);
const shown = ({ key, value }: { readonly key: Buffer; readonly value: Buffer }) => `${key}=${value}`;

describe('tables of RocksDB', () => {
  const unread = /^compressed-(LZ4|ZSTD|ZLIB)/;

  it.each(names.filter((name) => !unread.test(name) && name !== 'all-kinds.sst'))(
    'are read: %s',
    async (name) => {
      expect((await entriesOf(tableFileOf(read(name)))).map(shown)).toEqual(HUNDRED);
    },
  );

  it('are there in all versions, with all checksums and indexes', async () => {
    const tables = await Promise.all(names.map((name) => openTable(tableFileOf(read(name)))));
    const versions = new Set(tables.map(({ footer }) => footer.formatVersion));
    const checksums = new Set(tables.map(({ footer }) => footer.checksum));
    const indexes = new Set(
      tables.map(
        ({ properties: { index } }) => `${index.type} ${index.hasDeltaValues ? 'deltas' : 'handles'}`,
      ),
    );
    expect([...versions].sort()).toEqual([2, 4, 5, 6]);
    expect([...checksums].sort()).toEqual(['crc32c', 'none', 'xxHash32', 'xxHash64', 'xxh3']);
    expect([...indexes].sort()).toEqual(['0 deltas', '0 handles', '2 deltas', '2 handles', '3 deltas']);
  });

  it('tell what they hold', async () => {
    expect(await readTableProperties(tableFileOf(read('index-two-levels-5.sst')))).toMatchObject({
      entries: 100,
      deletions: 0,
      rawKeySizeBytes: 1700,
      columnFamily: { id: 1, name: 'state' },
      comparator: 'leveldb.BytewiseComparator',
      mergeOperator: 'StringAppendTESTOperator',
      compression: 'NoCompression',
      index: { type: 2, hasDeltaValues: true },
      globalSequence: false,
    });
    expect(await readTableProperties(tableFileOf(read('all-kinds.sst')))).toMatchObject({
      entries: 53,
      deletions: 6,
      mergeOperands: 5,
      rangeDeletions: 4,
    });
  });

  it('show what RocksDB shows of them: the newest of each key, without what was deleted', async () => {
    const table = await openTable(tableFileOf(read('all-kinds.sst')));
    const lines: string[] = [];
    for await (const entry of mergeTables([await mergeSourceOf(table)])) lines.push(shown(entry));
    expect(lines).toEqual(read('all-kinds.txt').toString().trimEnd().split('\n'));
  });

  it.each(names.filter((name) => unread.test(name)))(
    'say where their compression is not read: %s',
    async (name) => {
      const file = tableFileOf(read(name));
      expect((await readTableProperties(file)).entries).toBe(100);
      await expect(entriesOf(file)).rejects.toThrow(expect.objectContaining({ part: 'compression' }));
    },
  );
});

/** Counts reads, and insists that they stay in the file. */
function counted(bytes: Uint8Array): { readonly file: TableFile; readonly reads: number[] } {
  const reads: number[] = [];
  const read = async (offset: number, length: number) => {
    if (offset < 0 || offset + length > bytes.length) throw new Error(`read of ${length} at ${offset}`);
    reads.push(length);
    return bytes.subarray(offset, offset + length);
  };
  return { file: { sizeBytes: bytes.length, read }, reads };
}

describe('reads', () => {
  it('are one for the properties of every table of Flink, and few for the entries', async () => {
    const tables = tablesOfSubtasks().flatMap(({ tables }) => tables);
    const largest = tables.reduce((a, b) => (a.length > b.length ? a : b));
    for (const bytes of tables.filter((_, i) => i % 50 === 0)) {
      const { file, reads } = counted(bytes);
      await readTableProperties(file);
      expect(reads).toEqual([Math.min(bytes.length, 32 * 1024)]);
    }
    const { file, reads } = counted(largest);
    await entriesOf(file);
    expect(largest.length).toBeGreaterThan(60_000);
    expect(reads.length).toBeLessThanOrEqual(2);
  });

  it('that give too little are an error', async () => {
    const bytes = read('version-5.sst');
    const short: TableFile = {
      sizeBytes: bytes.length + 1,
      read: async (at, n) => bytes.subarray(at, at + n),
    };
    await expect(openTable(short)).rejects.toThrow(expect.objectContaining({ field: 'tail' }));
  });
});

/** The entries, or the typed error; anything else is thrown on. */
async function outcome(bytes: Uint8Array): Promise<readonly string[] | FormatError | UnreadTableError> {
  try {
    return (await entriesOf(counted(bytes).file)).map(shown);
  } catch (error) {
    if (error instanceof FormatError || error instanceof UnreadTableError) return error;
    throw error;
  }
}

function changed(bytes: Uint8Array, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

describe('bad tables', () => {
  it('are refused wherever they are cut off', async () => {
    const bytes = read('version-6.sst');
    for (let length = 0; length < bytes.length; length += 97) {
      const result = await outcome(bytes.subarray(0, length));
      expect(result).toBeInstanceOf(FormatError);
      expect((result as FormatError).offset).toBeLessThanOrEqual(length);
    }
  });

  it.each(['version-2.sst', 'version-6.sst', 'compressed-SNAPPY.sst', 'index-two-levels-5.sst'])(
    'never give other entries where one bit is flipped: %s',
    async (name) => {
      const bytes = read(name);
      const step = runs({ sample: 97, full: 1 });
      for (let at = testSeed % step; at < bytes.length; at += step) {
        const result = await outcome(changed(bytes, at, bytes[at]! ^ (1 << (at % 8))));
        if (Array.isArray(result)) expect([at, result]).toEqual([at, HUNDRED]);
      }
    },
  );

  it('without checksums give entries or a typed error, and no more of them than fit', async () => {
    const sound = ['checksum-kNoChecksum-5.sst', 'checksum-kNoChecksum-6.sst'].map(read);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sound),
        fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 5, 0x7f, 0x80, 0xff))), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.boolean(),
        async (bytes, changes, nearTheEnd) => {
          const copy = Buffer.from(bytes);
          for (const [at, value] of changes) {
            copy[nearTheEnd ? copy.length - 1 - (at % 1200) : at % copy.length] = value;
          }
          const result = await outcome(copy);
          if (Array.isArray(result)) expect(result.length).toBeLessThan(copy.length / 3);
        },
      ),
      { numRuns: runs({ sample: 80, full: 20_000 }), seed: testSeed },
    );
  });

  const bytes = read('version-5.sst');
  it.each([
    ['nothing', Buffer.alloc(0), 'footer', 0],
    ['no table at all', Buffer.alloc(100, 7), 'magic', 92],
    [
      'a checksum that nobody knows',
      changed(bytes, bytes.length - 53, 9),
      'footer.checksumKind',
      bytes.length - 53,
    ],
    ['a metaindex beyond the end', changed(bytes, bytes.length - 51, 0x7f), 'metaindex', undefined],
    ['a block that was changed', changed(bytes, 10, 0), 'data', 0],
  ])('say what is wrong and where: %s', async (_, damaged, field, offset) => {
    const result = await outcome(damaged);
    expect(result).toBeInstanceOf(FormatError);
    expect(result).toMatchObject(offset === undefined ? { field } : { field, offset });
  });

  it('of a newer version or another kind are told from damaged ones', async () => {
    expect(await outcome(changed(bytes, bytes.length - 12, 7))).toMatchObject({ part: 'format-version' });
    const plain = Buffer.from(bytes);
    plain.write('6495bf6396224282', bytes.length - 8, 'hex');
    expect(await outcome(plain)).toMatchObject({ part: 'table-kind' });
  });
});
