// Putting aside, bringing back and emptying the trash, each killed at its n-th call of the storage.
import { describe, expect, it } from 'vitest';
import { runIdOf } from '../../src/cleanup/journal.js';
import { emptyTrash } from '../../src/cleanup/trash.js';
import { type Undone, undoRun } from '../../src/cleanup/undo.js';
import { child, formatLocation } from '../../src/model/location.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { seededRandom } from '../../src/support/random.js';
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
  planFor,
  put,
  ROOT,
  restorable,
  states,
  type World,
} from './world.js';

/** In the long run every call, else a sample of them. */
const STRIDE = runs({ sample: 5, full: 1 });

type Act = (world: World, storage: StorageRemover) => Promise<unknown>;

const putAside: Act = (world, storage) => apply(world, storage, 'quarantine');

function undo({ plan }: World, storage: StorageRemover): Promise<Undone> {
  return undoRun(runIdOf(plan), ROOT, {
    openRemover: async () => storage,
    owner: { host: 'here', processId: 1, random: seededRandom(3), hasEnded: () => true },
    signal: new AbortController().signal,
  });
}

const empty: Act = async ({ plan }, storage) => {
  expect((await emptyTrash(runIdOf(plan), ROOT, storage)).failed).toEqual([]);
};

/** Kills `act` at every call, and lets a new process go on: the end is always the same. */
async function survivesKills(makeReady: () => Promise<World>, act: Act): Promise<void> {
  const unkilled = await makeReady();
  await act(unkilled, unkilled.storage);
  const wanted = await contentOf(unkilled.storage);
  for (let at = testSeed % STRIDE; ; at += STRIDE) {
    const world = await makeReady();
    const died = await act(world, dyingStorage(world.storage, at)).then(() => false, isKilled);
    for (const { missing } of await states(world.storage)) expect(missing, `killed at call ${at}`).toBe(0);
    await act(world, world.storage);
    expect(await contentOf(world.storage), `killed at call ${at}`).toEqual(wanted);
    if (!died) return;
  }
}

function isKilled(thrown: unknown): true {
  if (thrown instanceof Killed) return true;
  throw thrown;
}

const withTrash = async () => {
  const world = await makeWorld();
  await putAside(world, world.storage);
  return world;
};

describe('the quarantine', () => {
  it('survives being killed at any call while files are put aside', () => survivesKills(makeWorld, putAside));
  it('survives being killed at any call of an undo', () => survivesKills(withTrash, undo));
  it('survives being killed at any call while the trash is emptied', () => survivesKills(withTrash, empty));

  it('gives back the same files with the same times', async () => {
    const world = await makeWorld();
    const [before, times] = [await filesIn(world.storage), await timesIn(world.storage)];
    const { outcome } = await apply(world, world.storage, 'quarantine');
    expect(outcome).toMatchObject({ deleted: 0, quarantined: 10, bytesFreed: 0, verified: 1 });
    expect(await restorable(world.storage)).toEqual([3]);
    expect(await undo(world, world.storage)).toMatchObject({ restored: 10, failed: [] });
    expect(await filesIn(world.storage)).toEqual(before);
    expect(await timesIn(world.storage)).toEqual(times);
    expect(await restorable(world.storage)).toEqual([1, 2, 3]);
    expect((await contentOf(world.storage)).filter((line) => line.includes('.ckpt-trash'))).toEqual([]);
  });

  it('undoes a run that was killed half-way, which then is not finished any more', async () => {
    const world = await makeWorld();
    const before = await filesIn(world.storage);
    await putAside(world, dyingStorage(world.storage, 50)).then(
      () => expect.fail('it was not killed'),
      isKilled,
    );
    expect(await filesIn(world.storage)).not.toEqual(before);
    await undo(world, world.storage);
    expect(await filesIn(world.storage)).toEqual(before);
    expect(await apply(world, world.storage, 'quarantine')).toMatchObject({ wasDone: true });
    expect(await filesIn(world.storage)).toEqual(before);
  });

  it('never overwrites, and brings back no snapshot whose files are not all back', async () => {
    const world = await withTrash();
    await put(world.storage, pathOf(1, 1), 'somebody else');
    const { failed } = await undo(world, world.storage);
    expect(failed.map(({ path }) => path)).toEqual(
      [pathOf(1, 1), inJob('chk-1/_metadata')].map((path) => formatLocation(child(ROOT, path))),
    );
    expect(Buffer.from(await world.storage.read(child(ROOT, pathOf(1, 1)))).toString()).toBe('somebody else');
    expect(await restorable(world.storage)).toEqual([2, 3]);
    await world.storage.remove([child(ROOT, pathOf(1, 1))]);
    expect((await undo(world, world.storage)).failed).toEqual([]);
    expect(await restorable(world.storage)).toEqual([1, 2, 3]);
  });

  it('keeps what snapshots in the trash reference from the next run, until it is emptied', async () => {
    const world = await withTrash();
    const next = { ...world, plan: await planFor(world.storage, { expired: [3], shared: [102, 103] }) };
    const { outcome } = await apply(next, world.storage, 'remove');
    expect(outcome.skipped).toContainEqual({
      path: formatLocation(child(ROOT, pathOf(3, 102))),
      reason: 'needed',
    });
    expect(await filesIn(world.storage)).toEqual([pathOf(3, 102)]);
    await undo(world, world.storage);
    expect(await restorable(world.storage)).toEqual([1, 2]);
  });

  it('is refused where the store does not rename', async () => {
    const world = await makeWorld(false);
    const before = await contentOf(world.storage);
    await expect(apply(world, world.storage, 'quarantine')).rejects.toThrow('does not rename');
    expect(await contentOf(world.storage)).toEqual(before);
  });
});

async function timesIn(storage: StorageRemover): Promise<ReadonlyMap<string, number | null>> {
  const times = new Map<string, number | null>();
  for (const path of await filesIn(storage)) {
    const { modifiedMs } = await storage.stat(child(ROOT, path));
    times.set(path, modifiedMs);
  }
  return times;
}
