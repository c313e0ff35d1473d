import { describe, expect, test } from 'vitest';
import { maskedCrc32c } from '../../../src/format/sst/crc32c.js';
import { readLiveTables } from '../../../src/format/sst/manifest.js';
import { tablesOfSubtasks } from './flink-tables.js';

const manifests = tablesOfSubtasks().flatMap(({ title, handle, manifest }) => {
  if (manifest === null) return [];
  const names = [...handle.shared, ...handle.private].map(({ localPath }) => localPath);
  return [{ title, manifest, tables: names.filter((name) => name.endsWith('.sst')).sort() }];
});

describe('the MANIFEST of a snapshot by Flink', () => {
  test('there are some of each format of its edits', () => {
    expect(manifests.length).toBeGreaterThan(20);
  });

  test.each(manifests)('names the tables that the handle has: $title', ({ manifest, tables }) => {
    const { numbers, sizeBytes } = readLiveTables(manifest);
    expect(numbers.map((number) => `${String(number).padStart(6, '0')}.sst`)).toEqual(tables);
    expect(sizeBytes).toBe(manifest.length);
  });
});

describe('a MANIFEST that is being written', () => {
  const [{ manifest }] = [manifests[0]!];
  const whole = readLiveTables(manifest);

  test('counts up to its last whole edit, wherever it is cut off', () => {
    for (let length = 0; length <= manifest.length; length++) {
      const { numbers, sizeBytes } = readLiveTables(manifest.subarray(0, length));
      expect(sizeBytes).toBeLessThanOrEqual(length);
      expect(readLiveTables(manifest.subarray(0, sizeBytes)).numbers).toEqual(numbers);
    }
    expect(readLiveTables(manifest.subarray(0, manifest.length - 1)).sizeBytes).toBeLessThan(whole.sizeBytes);
  });

  test('is refused where a byte is wrong', () => {
    for (let at = 0; at < manifest.length; at += 7) {
      const wrong = Uint8Array.from(manifest);
      wrong[at]! ^= 0x40;
      // A length that reaches beyond the end makes a record that is still being written.
      let read: ReturnType<typeof readLiveTables> | null = null;
      try {
        read = readLiveTables(wrong);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'format', field: 'manifest' });
      }
      if (read !== null) expect(read.sizeBytes).toBeLessThan(whole.sizeBytes);
    }
  });
});

test('an edit of an unknown kind is told from a damaged one', () => {
  const edit = Buffer.from([0, 0, 0, 0, 2, 0, 1, 0xe7, 0x07]);
  edit.writeUInt32LE(maskedCrc32c(edit.subarray(6)));
  expect(() => readLiveTables(edit)).toThrow('an edit of kind 999, which is not known here');
});
