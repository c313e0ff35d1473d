import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFingerprint } from '../../src/support/fingerprint.js';
import { CROWDED, FingerprintTable, NOT_FOUND } from '../../src/support/fingerprint-table.js';
import { runs, testSeed } from './runs.js';

const fingerprintOf = (...words: number[]) => {
  const fingerprint = newFingerprint();
  fingerprint.set(words);
  return fingerprint;
};

describe('a table of fingerprints', () => {
  it('numbers them in the order in which they come, as a plain map does', () => {
    const word = fc.integer({ min: 0, max: 3 });
    // Few words, so that many are equal or begin alike.
    const drawn = fc.array(fc.tuple(word, word, word, word), { maxLength: 200 });
    fc.assert(
      fc.property(drawn, (all) => {
        const table = new FingerprintTable();
        const model = new Map<string, number>();
        for (const words of all) {
          expect(table.find(fingerprintOf(...words))).toBe(model.get(words.join()) ?? NOT_FOUND);
          if (!model.has(words.join())) model.set(words.join(), model.size);
          expect(table.add(fingerprintOf(...words))).toBe(model.get(words.join()));
        }
        expect(table.count).toBe(model.size);
      }),
      { numRuns: runs({ sample: 100, full: 5_000 }), seed: testSeed },
    );
  });

  it('finds all of many again, over every growth', () => {
    const table = new FingerprintTable();
    const many = 100_000;
    for (let i = 0; i < many; i++) table.add(fingerprintOf(Math.imul(i, 0x9e3779b1), i, 0, 0));
    const rows = Array.from({ length: many }, (_, i) =>
      table.find(fingerprintOf(Math.imul(i, 0x9e3779b1), i, 0, 0)),
    );
    expect(rows.every((row, i) => row === i)).toBe(true);
    expect(table.find(fingerprintOf(1, many, 0, 0))).toBe(NOT_FOUND);
  });

  it('keeps equal fingerprints of different things apart', () => {
    const table = new FingerprintTable();
    const names: string[] = [];
    const add = (name: string) => {
      const row = table.add(fingerprintOf(7, 7, 7, 7), (known) => names[known] === name);
      names[row] = name;
      return row;
    };
    expect(['a', 'b', 'a', 'c', 'b'].map(add)).toEqual([0, 1, 0, 2, 1]);
    expect(table.find(fingerprintOf(7, 7, 7, 7), (row) => names[row] === 'd')).toBe(NOT_FOUND);
  });

  it('keeps first words only where it is told to, and needs to be told which rows are the same', () => {
    const table = new FingerprintTable(1);
    const names = ['a', 'b'];
    const add = (name: string) =>
      table.add(fingerprintOf(7, name.charCodeAt(0), 0, 0), (row) => names[row] === name);
    expect(names.map(add)).toEqual([0, 1]);
    expect(names.map(add)).toEqual([0, 1]);
    expect(table.find(fingerprintOf(7, 0, 0, 0))).toBe(0);
  });

  it('refuses fingerprints that somebody made to be in the way of each other', () => {
    const table = new FingerprintTable();
    const rows = Array.from({ length: 5_000 }, (_, i) => table.add(fingerprintOf(0, i, i, i)));
    expect(rows.slice(0, 4_000)).not.toContain(CROWDED);
    expect(rows.at(-1)).toBe(CROWDED);
    expect(table.find(fingerprintOf(0, 5_000, 5_000, 5_000))).toBe(NOT_FOUND);
  });
});
