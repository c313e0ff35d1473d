import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigintHashCode,
  defaultMaxParallelism,
  keyGroupOf,
  keyGroupRangeOf,
  longHashCode,
  subtaskOfKeyGroup,
} from '../../src/model/key-groups.js';
import { runs, testSeed } from '../support/runs.js';

const parameters = { numRuns: runs({ sample: 200, full: 10_000 }), seed: testSeed };

// Flink 2.3.0: KeyGroupRangeAssignment.computeKeyGroupForKeyHash with max parallelism 128, 32768, 100.
const KEY_GROUPS = [
  [0, 94, 31198, 54],
  [1, 86, 16342, 78],
  [-1, 80, 15184, 48],
  [97, 81, 19409, 1],
  [31, 123, 2683, 63],
  [123456789, 81, 22865, 49],
  [-123456789, 93, 6877, 57],
  [2147483647, 62, 19646, 34],
  [-2147483648, 108, 10348, 32],
  [2147483000, 68, 32324, 12],
] as const;

// Flink 2.3.0: KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex.
const RANGES = [
  [128, 1, '0-127'],
  [128, 2, '0-63 64-127'],
  [128, 3, '0-42 43-85 86-127'],
  [128, 7, '0-18 19-36 37-54 55-73 74-91 92-109 110-127'],
  [100, 3, '0-33 34-66 67-99'],
  [10, 7, '0-1 2-2 3-4 5-5 6-7 8-8 9-9'],
  [32768, 5, '0-6553 6554-13107 13108-19660 19661-26214 26215-32767'],
] as const;

describe('key groups', () => {
  it.each(KEY_GROUPS)('of the hash code %i are those of Flink', (hashCode, of128, of32768, of100) => {
    expect([128, 32768, 100].map((max) => keyGroupOf(hashCode, max))).toEqual([of128, of32768, of100]);
  });

  it.each(RANGES)('of max parallelism %i fall to %i subtasks as in Flink', (max, parallelism, ranges) => {
    const subtasks = Array.from({ length: parallelism }, (_, i) => keyGroupRangeOf(i, parallelism, max));
    expect(subtasks.map(({ first, last }) => `${first}-${last}`).join(' ')).toBe(ranges);
  });

  it.each([
    [1, 128],
    [85, 128],
    [86, 256],
    [128, 256],
    [170, 256],
    [171, 256],
    [1000, 2048],
    [21845, 32768],
    [21846, 32768],
    [32768, 32768],
  ])('of parallelism %i are by default %i, as in Flink', (parallelism, max) => {
    expect(defaultMaxParallelism(parallelism)).toBe(max);
  });

  it('belong to exactly the subtask whose range holds them', () => {
    const parallelisms = fc
      .integer({ min: 1, max: 32768 })
      .chain((max) =>
        fc.tuple(fc.constant(max), fc.integer({ min: 1, max }), fc.integer({ min: 0, max: max - 1 })),
      );
    fc.assert(
      fc.property(parallelisms, ([max, parallelism, keyGroup]) => {
        const subtask = subtaskOfKeyGroup(keyGroup, parallelism, max);
        const { first, last } = keyGroupRangeOf(subtask, parallelism, max);
        expect(first <= keyGroup && keyGroup <= last).toBe(true);
        expect(keyGroupRangeOf(0, parallelism, max).first).toBe(0);
        expect(keyGroupRangeOf(parallelism - 1, parallelism, max).last).toBe(max - 1);
      }),
      parameters,
    );
  });

  it('lie in [0, max parallelism) for every hash code', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 32768 }), (hashCode, max) => {
        const keyGroup = keyGroupOf(hashCode, max);
        expect(keyGroup >= 0 && keyGroup < max).toBe(true);
      }),
      parameters,
    );
  });
});

describe('the hash code of a long', () => {
  it('is the same for a number and a bigint', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(longHashCode(value)).toBe(bigintHashCode(BigInt(value)));
      }),
      parameters,
    );
  });
});
