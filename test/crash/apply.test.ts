// A run that is killed at its n-th call of the storage, for every n: the tree is never in a state that a plan must not
// leave it in, and the next run ends where one that was not killed does.
import { describe, expect, it } from 'vitest';
import { runs, testSeed } from '../support/runs.js';
import {
  apply,
  contentOf,
  dyingStorage,
  filesIn,
  inJob,
  Killed,
  makeWorld,
  pathOf,
  states,
} from './world.js';

/** In the long run every call, else a sample of them. */
const STRIDE = runs({ sample: 4, full: 1 });

const KEPT = [pathOf(3, 4), inJob('chk-3/_metadata'), pathOf(3, 102), pathOf(3, 103)].sort();

describe.each([
  ['a file system', true],
  ['an object store', false],
] as const)('applying a plan on %s', (_, directories) => {
  it('takes away what the plan names and nothing else', async () => {
    const world = await makeWorld(directories);
    const { outcome, wasDone } = await apply(world, world.storage, 'remove');
    expect(wasDone).toBe(false);
    expect(outcome).toMatchObject({ deleted: 10, quarantined: 0, skipped: [], failed: [], verified: 1 });
    expect(outcome.bytesFreed).toBe(world.plan.totals.bytes);
    expect(await filesIn(world.storage)).toEqual(KEPT);
    const rest = (await contentOf(world.storage)).map((line) => line.split(' ')[0]);
    expect(rest.some((path) => /chk-[012]|ckpt-lock/.test(path!))).toBe(false);
  });

  it('does nothing a second time, also when the plan has expired', async () => {
    const world = await makeWorld(directories);
    const { outcome } = await apply(world, world.storage, 'remove');
    const before = await contentOf(world.storage);
    world.clock.advance(90 * 86_400_000);
    expect(await apply(world, world.storage, 'remove')).toEqual({ outcome, wasDone: true });
    expect(await contentOf(world.storage)).toEqual(before);
  });

  it('survives being killed at any call', async () => {
    const unkilled = await makeWorld(directories);
    await apply(unkilled, unkilled.storage, 'remove');
    const wanted = await contentOf(unkilled.storage);
    let killed = 0;
    for (let at = testSeed % STRIDE; ; at += STRIDE) {
      const world = await makeWorld(directories);
      const run = apply(world, dyingStorage(world.storage, at), 'remove');
      const died = await run.then(() => false, isKilled);
      for (const { missing } of await states(world.storage)) expect(missing, `killed at call ${at}`).toBe(0);
      await apply(world, world.storage, 'remove');
      expect(await contentOf(world.storage), `killed at call ${at}`).toEqual(wanted);
      if (!died) break;
      killed++;
    }
    expect(killed * STRIDE).toBeGreaterThan(40);
  });
});

function isKilled(thrown: unknown): true {
  if (thrown instanceof Killed) return true;
  throw thrown;
}
