// The order of deletions, as an example and as laws over random plans.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf, orderDeletions } from '../../src/cleanup/order.js';
import type { PlannedDeletion } from '../../src/model/plan.js';
import { runs, testSeed } from '../support/runs.js';
import { deletionOf } from './samples.js';

const at = ({ path }: PlannedDeletion) => path.replace('memory:///r/', '');
const files = [
  deletionOf('empty-directory', 'memory:///r/chk-1'),
  deletionOf('shared', 'memory:///r/shared/s'),
  deletionOf('empty-directory', 'memory:///r/chk-1/deep'),
  deletionOf('exclusive', 'memory:///r/chk-1/a'),
  deletionOf('metadata', 'memory:///r/chk-2/_metadata'),
  deletionOf('orphan', 'memory:///r/shared/o'),
  deletionOf('exclusive', 'memory:///r/chk-2/b'),
  deletionOf('metadata', 'memory:///r/chk-1/_metadata'),
];

const arbitraryDeletions = fc
  .uniqueArray(
    fc.record({
      kind: fc.constantFrom('metadata', 'exclusive', 'shared', 'orphan', 'incomplete', 'empty-directory'),
      snapshot: fc.integer({ min: 0, max: 9 }),
      name: fc.integer({ min: 0, max: 99 }),
    } as const),
    {
      selector: ({ kind, snapshot, name }) =>
        kind === 'metadata' ? `m${snapshot}` : `${kind}${snapshot}/${name}`,
    },
  )
  .map((rows) =>
    rows.map(({ kind, snapshot, name }) =>
      deletionOf(
        kind,
        `memory:///r/chk-${snapshot}/${kind === 'metadata' ? '_metadata' : `${kind}-${name}`}`,
      ),
    ),
  );

describe('the order of deletions', () => {
  it('is _metadata, own files, shared files and orphans, and directories from the deepest', () => {
    expect(orderDeletions(files).map(at)).toEqual([
      'chk-2/_metadata',
      'chk-2/b',
      'chk-1/_metadata',
      'chk-1/a',
      'shared/o',
      'shared/s',
      'chk-1/deep',
      'chk-1',
    ]);
  });

  it('puts into one batch only what may go in any order', () => {
    expect([...batchesOf(files, 1)].map(({ deletions }) => deletions.map(at))).toEqual(
      orderDeletions(files).map((file) => [at(file)]),
    );
    expect([...batchesOf(files)].map(({ deletions }) => deletions.map(at))).toEqual([
      ['chk-2/_metadata', 'chk-1/_metadata'],
      ['chk-2/b', 'chk-1/a'],
      ['shared/o', 'shared/s'],
      ['chk-1/deep', 'chk-1'],
    ]);
  });

  it('loses nothing, and never comes to a file before the _metadata that may need it', () => {
    const law = fc.property(arbitraryDeletions, fc.integer({ min: 1, max: 7 }), (deletions, limit) => {
      const batches = [...batchesOf(deletions, limit)];
      const all = batches.flatMap((batch) => batch.deletions);
      expect(all.map(at).sort()).toEqual(deletions.map(at).sort());
      expect(Math.max(0, ...batches.map((batch) => batch.deletions.length))).toBeLessThanOrEqual(limit);
      const batchOf = new Map(
        batches.flatMap((batch, index) => batch.deletions.map((file) => [file, index])),
      );
      for (const metadata of deletions.filter(({ kind }) => kind === 'metadata')) {
        const mayNeed = deletions.filter(
          ({ kind, snapshot }) =>
            kind === 'shared' || (kind === 'exclusive' && snapshot === metadata.snapshot),
        );
        for (const file of mayNeed) expect(batchOf.get(file)).toBeGreaterThan(batchOf.get(metadata)!);
      }
    });
    fc.assert(law, { numRuns: runs({ sample: 100, full: 5000 }), seed: testSeed });
  });
});
