import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MergeSource, mergeTables } from '../../../src/format/sst/merge-tables.js';
import { newestDeletionOver } from '../../../src/format/sst/range-deletions.js';
import { compareWrites, type RangeDeletion, type TableEntry } from '../../../src/format/sst/table.js';
import { runs, testSeed } from '../../support/runs.js';

const key = fc.constantFrom('', 'a', 'aa', 'ab', 'b', 'ba', 'c', 'd', 'e');

/** A write as RocksDB gets it; its place in the list is its sequence number. */
type Write =
  | { readonly kind: 'value' | 'merge'; readonly key: string; readonly value: string }
  | { readonly kind: 'deletion' | 'single-deletion'; readonly key: string }
  | { readonly kind: 'range-deletion'; readonly key: string; readonly end: string };

const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constantFrom('value', 'merge'), key, value: fc.string({ maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom('deletion', 'single-deletion'), key }),
  fc.record({ kind: fc.constant('range-deletion' as const), key, end: key }),
);

/** What the writes leave, by doing them one after the other. */
function replay(writes: readonly Write[]): Map<string, string> {
  const state = new Map<string, string>();
  for (const write of writes) {
    if (write.kind === 'value') state.set(write.key, write.value);
    else if (write.kind === 'merge') {
      const before = state.get(write.key);
      state.set(write.key, before === undefined ? write.value : `${before},${write.value}`);
    } else if (write.kind === 'range-deletion') {
      for (const key of [...state.keys()]) if (key >= write.key && key < write.end) state.delete(key);
    } else state.delete(write.key);
  }
  return state;
}

/** The writes in `count` tables, as `tableOf` deals them out; parts of a table hold up to three entries. */
function tablesOf(writes: readonly Write[], tableOf: readonly number[]): MergeSource[] {
  return [0, 1, 2].map((table) => {
    const entries: TableEntry[] = [];
    const rangeDeletions: RangeDeletion[] = [];
    writes.forEach((write, sequence) => {
      if (tableOf[sequence] !== table) return;
      const key = Buffer.from(write.key);
      if (write.kind === 'range-deletion') {
        rangeDeletions.push({ start: key, end: Buffer.from(write.end), sequence });
      } else {
        const value = Buffer.from('value' in write ? write.value : '');
        entries.push({ key, sequence, kind: write.kind, value });
      }
    });
    entries.sort(compareWrites);
    return { entries: inParts(entries), rangeDeletions, mergeOperator: 'StringAppendTESTOperator' };
  });
}

async function* inParts(entries: readonly TableEntry[]): AsyncGenerator<readonly TableEntry[]> {
  for (let at = 0; at < entries.length; at += 3) {
    yield entries.slice(at, at + 3);
    yield [];
  }
}

async function visible(sources: readonly MergeSource[]): Promise<string[][]> {
  const entries: string[][] = [];
  for await (const { key, value } of mergeTables(sources)) entries.push([key.toString(), value.toString()]);
  return entries;
}

describe('merging tables', () => {
  it('shows what the writes left, in whichever tables they are', async () => {
    const deal = fc.array(fc.nat(2), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 40 }), deal, async (writes, tableOf) => {
        const expected = [...replay(writes)].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(await visible(tablesOf(writes, tableOf))).toEqual(expected);
      }),
      { numRuns: runs({ sample: 200, full: 20_000 }), seed: testSeed },
    );
  });

  it('joins only where the operator is the one that Flink sets', async () => {
    const writes: Write[] = [{ kind: 'merge', key: 'a', value: '1' }];
    const [source] = tablesOf(writes, [0]);
    const other = { ...source!, mergeOperator: 'uint64add' };
    await expect(visible([other])).rejects.toThrow(expect.objectContaining({ part: 'merge-operator' }));
  });

  it('needs no operator where nothing is merged', async () => {
    const [source] = tablesOf([{ kind: 'value', key: 'a', value: '1' }], [0]);
    expect(await visible([{ ...source!, mergeOperator: null }])).toEqual([['a', '1']]);
    expect(await visible([])).toEqual([]);
  });
});

describe('range deletions', () => {
  it('hide a key by the newest one over it', () => {
    const deletion = fc.record({ start: key, end: key, sequence: fc.nat(30) });
    const property = fc.property(fc.array(deletion, { maxLength: 12 }), fc.array(key), (deletions, keys) => {
      const newest = newestDeletionOver(
        deletions.map(({ start, end, sequence }) => ({
          start: Buffer.from(start),
          end: Buffer.from(end),
          sequence,
        })),
      );
      for (const asked of [...keys].sort()) {
        const over = deletions.filter(({ start, end }) => start <= asked && asked < end);
        expect(newest(Buffer.from(asked))).toBe(Math.max(-1, ...over.map(({ sequence }) => sequence)));
      }
    });
    fc.assert(property, { numRuns: runs({ sample: 300, full: 20_000 }), seed: testSeed });
  });
});
