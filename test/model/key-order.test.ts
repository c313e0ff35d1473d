import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortByKey } from '../../src/model/key-order.js';
import { sortByLocation } from '../../src/model/location-order.js';
import { runs, testSeed } from '../support/runs.js';

function sorted(keys: readonly string[]): readonly string[] {
  const rows = Uint32Array.from(keys, (_, row) => row).reverse();
  sortByKey(rows, (row, into) => {
    into.clear();
    into.addText(keys[row]!);
  });
  return Array.from(rows, (row) => keys[row]!);
}

/** The same, told which keys lie in one directory; of every third directory that is not known of all its files alike. */
function sortedByLocation(keys: readonly string[], isKnown: boolean): readonly string[] {
  const rows = Uint32Array.from(keys, (_, row) => row).reverse();
  const prefixes = keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1));
  const known = [...new Set(prefixes)];
  sortByLocation(rows, {
    writeKey: (row, into) => {
      into.clear();
      into.addText(keys[row]!);
    },
    directory: (row) => {
      const number = known.indexOf(prefixes[row]!) * 2 + 1;
      return number % 3 === 0 ? number + (row % 2) : isKnown ? number : 0;
    },
  });
  return Array.from(rows, (row) => keys[row]!);
}

const inOrder = (keys: readonly string[]) => [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

describe('rows sorted by their keys', () => {
  it('are in the order of the strings, whatever these have in common', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      'shared/',
      'chk-1/',
      '0a6d',
      '\u00e9',
      '\u65e5',
      '\ud83d\ude00',
      '-',
      '.',
    );
    const key = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    const keys = fc.uniqueArray(key, { minLength: 0, maxLength: 300 });
    fc.assert(
      fc.property(keys, (drawn) => {
        expect(sorted(drawn)).toEqual(inOrder(drawn));
        expect(sortedByLocation(drawn, true)).toEqual(inOrder(drawn));
        expect(sortedByLocation(drawn, false)).toEqual(inOrder(drawn));
      }),
      { numRuns: runs({ sample: 60, full: 2_000 }), seed: testSeed },
    );
  });

  it.each([
    ['one directory', (i: number) => `s3://bucket/flink/shared/${Math.imul(i, 0x9e3779b1) >>> 0}`],
    ['directories within each other', (i: number) => `file:///a${'/b'.repeat(i % 7)}/${(i * 7919) % 10_007}`],
    ['a directory each', (i: number) => `file:///${(i * 7919) % 10_007}/chk-1/f`],
    [
      'keys that are the beginning of others',
      (i: number) => 'x'.repeat(((i * 37) % 99) + 1) + String(i >> 9),
    ],
  ])('are in order by the thousand: %s', (_, keyOf) => {
    const keys = [...new Set(Array.from({ length: 5_000 }, (__, i) => keyOf(i)))];
    expect(sorted(keys)).toEqual(inOrder(keys));
  });

  it.each([
    ['one directory', () => 'shared'],
    ['directories beside each other', (i: number) => ['shared', 'chk-1', 'taskowned'][i % 3]],
    ['directories within each other', (i: number) => ['shared', 'shared/a', 'shared/a-b'][i % 3]],
  ])('are in the order of their locations: %s', (_, directoryOf) => {
    const nameOf = (i: number) => (Math.imul(i, 0x9e3779b1) >>> 0).toString(16);
    const keys = Array.from({ length: 2_000 }, (__, i) => `file:///a/${directoryOf(i)}/${nameOf(i)}`);
    expect(sortedByLocation(keys, true)).toEqual(inOrder(keys));
  });
});
