import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareBar, splitBar } from '../../src/render/bar.js';
import { renderError } from '../../src/render/error.js';
import { PLAIN } from '../../src/render/palette.js';
import { table } from '../../src/render/table.js';
import { shorten, visible } from '../../src/render/text.js';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatShare,
  formatTime,
  plural,
} from '../../src/render/units.js';
import { BugError, StorageError } from '../../src/support/errors.js';
import { runs, testSeed } from '../support/runs.js';

const look = (width: number) => ({ palette: PLAIN, width });

describe('numbers for people', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [102_400, '100 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [2n ** 63n - 1n, '8.0 EiB'],
    [-1n, '–'],
    [null, '–'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [-600_000, 'in the future'],
    [59_999, '59 s'],
    [3_600_000, '1 h'],
    [86_400_000 * 364, '364 d'],
    [86_400_000 * 800, '2 y'],
  ])('an age of %s ms is %s', (age, text) => {
    expect(formatAge(age)).toBe(text);
  });

  test('counts have commas, shares never round something to nothing', () => {
    expect([formatCount(999), formatCount(1_234_567n), formatCount(null)]).toEqual(['999', '1,234,567', '–']);
    expect([formatShare(1, 1000), formatShare(0, 10), formatShare(5, 10), formatShare(1, 0)]).toEqual([
      '<1 %',
      '0 %',
      '50 %',
      '0 %',
    ]);
    expect([plural(1, 'file'), plural(2, 'directory', 'directories')]).toEqual(['1 file', '2 directories']);
    expect(formatTime('2026-03-01T11:57:00.123Z')).toBe('2026-03-01 11:57:00Z');
  });
});

describe('bars', () => {
  test('something is never drawn as nothing, and a whole fills the width', () => {
    expect(shareBar(1n, 10n ** 18n, 10)).toBe('▏');
    expect(shareBar(0n, 5n, 10)).toBe('');
    expect(shareBar(5n, 5n, 4)).toBe('████');
    expect(splitBar({ own: 1n, reused: 10n ** 12n }, 4, PLAIN)).toBe('█░░░');
    expect(splitBar({ own: 10n ** 12n, reused: 1n }, 4, PLAIN)).toBe('███░');
  });

  test('a split bar always fills its width', () => {
    const size = fc.bigInt({ min: 0n, max: 2n ** 63n });
    fc.assert(
      fc.property(size, size, (own, reused) => {
        expect(splitBar({ own, reused }, 10, PLAIN)).toHaveLength(10);
      }),
      { numRuns: runs({ sample: 200, full: 5000 }), seed: testSeed },
    );
  });
});

describe('text from files', () => {
  test('control characters and direction marks are written as escapes', () => {
    expect(visible('a\u001b[2Jb\nc\td\u202ee\u0085')).toBe('a\\x1b[2Jb\\nc\\td\\u202ee\\x85');
    expect(visible('Größe 大小 👍')).toBe('Größe 大小 👍');
  });

  test('a long text gives way in the middle', () => {
    expect(shorten('abcdefghij', 10)).toBe('abcdefghij');
    expect(shorten('abcdefghij', 5)).toBe('ab…ij');
    expect(shorten('abcdefghij', 1)).toBe('…');
  });

  test('is never longer than asked for and keeps its ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const short = [...shorten(text, width)];
        expect(short.length).toBeLessThanOrEqual(Math.max(width, 0));
        if (width > 1 && text !== '') expect(short[0]).toBe([...text][0]);
      }),
      { numRuns: runs({ sample: 200, full: 5000 }), seed: testSeed },
    );
  });
});

describe('a table', () => {
  const columns = [
    { title: 'NAME', shrinks: true },
    { title: 'SIZE', align: 'right' as const },
    { title: 'NOTE', drops: 1 },
  ];

  test('aligns, and leaves out columns that are blank in every row', () => {
    expect(
      table(
        columns,
        [
          ['a', '1 B', ''],
          ['bcd', '10 KiB', ''],
        ],
        look(80),
      ),
    ).toBe('  NAME    SIZE\n  a        1 B\n  bcd   10 KiB\n');
  });

  test('shortens what shrinks before it drops a column', () => {
    const rows = [['a-name-of-thirty-characters-ok', '1 B', 'note']];
    expect(table(columns, rows, look(36))).toBe(
      '  NAME                    SIZE  NOTE\n  a-name-of-t…racters-ok   1 B  note\n',
    );
    expect(table(columns, rows, look(26))).not.toContain('NOTE');
  });

  test('a row of blanks is a row', () => {
    expect(table(columns, [['', '', '']], look(60))).toBe('\n\n');
  });

  test('every row stays one line whatever is in its cells', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string(), fc.string())), (rows) => {
        expect(table(columns, rows, look(60)).split('\n')).toHaveLength(rows.length + 2);
      }),
      { numRuns: runs({ sample: 15, full: 5000 }), seed: testSeed },
    );
  });
});

describe('an error', () => {
  const plain = { palette: PLAIN, withStack: false };

  test('says what, where and next, each once', () => {
    const error = new StorageError('denied', 'permission denied', {
      where: 'file:///x',
      next: 'ask its owner',
    });
    expect(renderError(error, plain)).toBe(
      'error: permission denied\nwhere: file:///x\n next: ask its owner\n',
    );
    const named = new StorageError('not-found', 'nothing is at file:///x', { where: 'file:///x' });
    expect(renderError(named, plain)).toBe('error: nothing is at file:///x\n');
  });

  test('shows stack and causes only when asked', () => {
    const error = new BugError('broken', { cause: new Error('deep', { cause: new Error('deeper') }) });
    expect(renderError(error, plain)).toBe('error: broken\n');
    const text = renderError(error, { ...plain, withStack: true });
    expect(text).toMatch(
      /BugError: broken\n +at .*\n(.*\n)*caused by Error: deep\n(.*\n)*caused by Error: deeper/,
    );
  });
});
