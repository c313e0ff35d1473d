// The hash table of keys against a Map.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyIndex } from '../../../src/engine/state/key-index.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import { Types } from '../../../src/index.js';
import { runs, testSeed } from '../../support/runs.js';

const strings = Types.STRING as TypeSerializer<unknown>;

describe('a key index', () => {
  test('finds what a map finds, through any additions and removals', () => {
    // Few hash codes, so that most keys collide.
    const operations = fc.array(fc.record({ key: fc.nat(60), add: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 7 }), (steps, hashes) => {
        const index = new KeyIndex(strings);
        const model = new Map<string, number>();
        for (const { key: number, add } of steps) {
          const key = `k${number}`;
          const hash = number % hashes;
          expect(index.find(key, hash)).toBe(model.get(key) ?? -1);
          const slot = model.get(key);
          if (add && slot === undefined) model.set(key, index.add(key, hash));
          if (!add && slot !== undefined) {
            index.remove(slot, hash);
            model.delete(key);
          }
        }
        const found = new Map<unknown, number>();
        index.forEach((slot) => {
          found.set(index.keyOf(slot), slot);
        });
        expect([...found].sort()).toEqual([...model].sort());
        expect(new Set(found.values()).size).toBe(found.size);
      }),
      { numRuns: runs({ sample: 50, full: 2000 }), seed: testSeed },
    );
  });

  test('gives the slots of removed keys to new ones, however many come and go', () => {
    const index = new KeyIndex(strings);
    const slots = new Set<number>();
    for (let round = 0; round < 20_000; round++) {
      const key = `k${round}`;
      const slot = index.add(key, round);
      slots.add(slot);
      if (round >= 10) index.remove(index.find(`k${round - 10}`, round - 10), round - 10);
    }
    expect(slots.size).toBeLessThanOrEqual(11);
  });
});
