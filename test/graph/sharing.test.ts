import { describe, expect, test } from 'vitest';
import { sharingOf } from '../../src/graph/sharing.js';
import { located, tableOf } from '../support/reference-tables.js';

const reference = (name: string, bytes: number) => ({
  location: located(`memory://m/job/shared/${name}`),
  kind: 'file' as const,
  scope: 'shared' as const,
  sizeBytes: BigInt(bytes),
  sizeRule: 'exact' as const,
  handles: 1,
});
const table = (files: Readonly<Record<string, number>>) =>
  tableOf(Object.entries(files).map(([name, bytes]) => reference(name, bytes)));

describe('what checkpoints share', () => {
  test('is counted by the checkpoint in which a file is first met', () => {
    const { cohorts, files, fileCount } = sharingOf([
      table({ a: 10, b: 20 }),
      table({ a: 10, c: 5 }),
      table({ c: 5, b: 20, d: 1 }),
    ]);
    expect(cohorts).toEqual([
      [30, 10, 20],
      [0, 5, 5],
      [0, 0, 1],
    ]);
    expect(fileCount).toBe(4);
    expect(files.map(({ path, presentIn }) => [path.at(-1), presentIn])).toEqual([
      ['b', [true, false, true]],
      ['a', [true, true, false]],
      ['c', [false, true, true]],
      ['d', [false, false, true]],
    ]);
  });

  test('names the largest files alone, and counts all', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index]));
    const { files, fileCount } = sharingOf([table(many), table({ f0: 0 })]);
    expect(fileCount).toBe(500);
    expect(files).toHaveLength(40);
    expect(files[0]!.sizeBytes).toBe(499);
    expect(files.at(-1)!.sizeBytes).toBe(460);
  });

  test('is nothing of files whose size nobody knows', () => {
    expect(sharingOf([table({ a: -1 })]).cohorts).toEqual([[0]]);
  });
});
