// Random trees and plans that are wrong in every way: whatever such a plan says, no snapshot that it keeps loses a file,
// wherever its run is killed.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RefusalError } from '../../src/support/errors.js';
import { runs, testSeed } from '../support/runs.js';
import { apply, contentOf, dyingStorage, Killed, makeWorld, type Shape, states } from './world.js';

const sharedFile = fc.integer({ min: 100, max: 107 });

/** Own files 10 to 19 for snapshot 1, and so on. */
const shapes: fc.Arbitrary<Shape> = fc
  .record({
    shared: fc.array(fc.uniqueArray(sharedFile, { maxLength: 5 }), { minLength: 1, maxLength: 5 }),
    own: fc.integer({ min: 0, max: 2 }),
    expired: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    sharedToGo: fc.uniqueArray(sharedFile),
  })
  .map(({ shared, own, expired, sharedToGo }) => {
    const ownOf = (id: number) => Array.from({ length: own }, (_, index) => 10 * id + index);
    const snapshots = shared.map((files, index) => [index + 1, [...ownOf(index + 1), ...files]] as const);
    const ids = snapshots.map(([id]) => id);
    return {
      snapshots: Object.fromEntries(snapshots),
      going: { expired: ids.filter((_, index) => expired[index]), shared: sharedToGo },
    };
  });

/** A plan of which nothing may go is refused, with nothing changed. */
function killedOrStale(thrown: unknown): void {
  const isStale = thrown instanceof RefusalError && thrown.rule === 'plan-stale';
  if (!isStale && !(thrown instanceof Killed)) throw thrown;
}

it('a plan that names files which others need harms nobody, killed or not', async () => {
  const law = fc.asyncProperty(
    shapes,
    fc.constantFrom('remove', 'quarantine'),
    fc.nat({ max: 90 }),
    async (shape, mode, at) => {
      const world = await makeWorld(true, shape);
      const kept = Object.keys(shape.snapshots)
        .map(Number)
        .filter((id) => !shape.going.expired.includes(id));
      await apply(world, dyingStorage(world.storage, at), mode).catch(killedOrStale);
      expect((await states(world.storage)).filter(({ missing }) => missing > 0)).toEqual([]);
      await apply(world, world.storage, mode).catch(killedOrStale);
      expect(await states(world.storage)).toEqual(kept.map((id) => ({ id, missing: 0 })));
      const unkilled = await makeWorld(true, shape);
      await apply(unkilled, unkilled.storage, mode).catch(killedOrStale);
      expect(await contentOf(world.storage)).toEqual(await contentOf(unkilled.storage));
    },
  );
  await fc.assert(law, { numRuns: runs({ sample: 15, full: 1000 }), seed: testSeed });
});
