import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileRow } from '../../src/model/snapshot-report.js';
import { ByteText, phrase } from '../../src/render/byte-text.js';
import { toJson } from '../../src/render/json.js';
import { longTable } from '../../src/render/long-table.js';
import { PLAIN } from '../../src/render/palette.js';
import { visible } from '../../src/render/text.js';
import { FILE, inColumns, rowsIn } from '../support/rows.js';
import { runs, testSeed } from '../support/runs.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'a/"\\\u0000\u007f\u0080\ud800é日'), maxLength: 12 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
);
const fileRow: fc.Arbitrary<FileRow> = fc.record({
  path: text,
  bytes: fc.oneof(fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }), fc.bigInt({ min: -1n, max: 10_000n })),
  kind: fc.constantFrom('file' as const, 'relative-file' as const, 'segment' as const),
  references: fc.nat(),
  scope: fc.constantFrom('exclusive' as const, 'shared' as const, 'task-owned' as const, 'other' as const),
});

describe('rows in columns', () => {
  test('are the same JSON as rows of objects, whatever their texts hold', () => {
    fc.assert(
      fc.property(fc.array(fileRow, { maxLength: 20 }), (rows) => {
        expect(toJson({ files: inColumns(rows, FILE) })).toBe(toJson({ files: rowsIn(rows) }));
      }),
      { numRuns: runs({ sample: 150, full: 5_000 }), seed: testSeed },
    );
  });

  test('come in pieces and are all there', () => {
    const path = `file:///${'a'.repeat(5_000)}`;
    const row = { path, bytes: 1n, kind: 'file', references: 1, scope: 'shared' } as const;
    const json = JSON.parse(toJson({ files: inColumns<FileRow>(Array(40).fill(row), FILE) }));
    expect(json.files).toEqual(Array(40).fill({ ...row, bytes: 1 }));
  });
});

describe('long tables', () => {
  test('have every row on a line of its own, in columns as wide as what is in them', () => {
    fc.assert(
      fc.property(fc.array(fileRow, { minLength: 1, maxLength: 20 }), (rows) => {
        const { numbers, columns } = inColumns(rows, FILE);
        const head = { short: [{ title: 'SCOPE', align: 'right' }] as const, longTitle: 'PATH' };
        const part = { count: rows.length, numbers, short: [columns.scope.at], long: columns.path };
        const lines = [...longTable(head, [part], { palette: PLAIN, width: 10 })].join('').split('\n');
        const width = Math.max(5, ...rows.map(({ scope }) => scope.length));
        // What UTF-8 has no bytes for is written as a question mark in a diamond.
        const expected = rows.map(
          ({ scope, path }) => `  ${scope.padStart(width)}  ${Buffer.from(visible(path)).toString()}`,
        );
        expect(lines).toEqual([`  ${'SCOPE'.padStart(width)}  PATH`, ...expected, '']);
      }),
      { numRuns: runs({ sample: 100, full: 2_000 }), seed: testSeed },
    );
  });
});

describe('text of bytes', () => {
  test('grows, and is what was added in its order', () => {
    const bytes = new ByteText();
    const added = ['é', 'a'.repeat(200_000), '', '日本', 'b'.repeat(300_000), '\n'];
    for (const part of added) bytes.addText(part);
    for (const part of added) bytes.add(phrase(part));
    expect(bytes.take()).toBe(added.join('') + added.join(''));
    expect([bytes.length, bytes.take()]).toEqual([0, '']);
  });
});
