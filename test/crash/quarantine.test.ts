// Putting aside, bringing back and emptying the trash, each killed at its n-th call of the storage.
import { describe, expect, it } from 'vitest';
import { runIdOf } from '../../src/cleanup/journal.js';
import { emptyTrash } from '../../src/cleanup/trash.js';
import { type Undone, undoRun } from '../../src/cleanup/undo.js';
import { child, formatLocation, type Location, parseLocation } from '../../src/model/location.js';
import { interceptedStorage } from '../../src/storage/intercepted.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { seededRandom } from '../../src/support/random.js';
import { undo as undoFrom } from '../../src/usecases/undo-run.js';
import { runs, testSeed } from '../support/runs.js';
import {
  apply,
  contentOf,
  dyingStorage,
  filesIn,
  inJob,
  Killed,
  makeCopyingWorld,
  makeVersionedWorld,
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

const withCopies = async () => {
  const world = await makeCopyingWorld();
  await putAside(world, world.storage);
  return world;
};

const withHidden = async () => {
  const world = await makeVersionedWorld();
  await putAside(world, world.storage);
  return world;
};

describe.each([
  ['by another name', makeWorld, withTrash],
  ['under markers', makeVersionedWorld, withHidden],
  ['by copies', makeCopyingWorld, withCopies],
])('the quarantine %s', (form, plant, plantWithTrash) => {
  const [make, makeTrash] = [() => plant(), () => plantWithTrash()];

  it('survives being killed at any call while files are put aside', () => survivesKills(make, putAside));
  it('survives being killed at any call of an undo', () => survivesKills(makeTrash, undo));
  it('survives being killed at any call while the trash is emptied', () => survivesKills(makeTrash, empty));

  it('gives back the same files, with the same times where they are not copied', async () => {
    const world = await make();
    const [before, times] = [await filesIn(world.storage), await timesIn(world.storage)];
    const { outcome } = await apply(world, world.storage, 'quarantine');
    expect(outcome).toMatchObject({ deleted: 0, quarantined: 10, bytesFreed: 0, verified: 1 });
    expect(await restorable(world.storage)).toEqual([3]);
    expect(await undo(world, world.storage)).toMatchObject({ restored: 10, failed: [] });
    expect(await filesIn(world.storage)).toEqual(before);
    if (form !== 'by copies') expect(await timesIn(world.storage)).toEqual(times);
    expect(await restorable(world.storage)).toEqual([1, 2, 3]);
    expect((await contentOf(world.storage)).filter((line) => line.includes('.ckpt-trash'))).toEqual([]);
  });

  it('undoes a run that was killed half-way, which then is not finished any more', async () => {
    const world = await make();
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
    const world = await makeTrash();
    await put(world.storage, pathOf(1, 1), 'somebody else');
    const { failed } = await undo(world, world.storage);
    expect(failed.map(({ path }) => path)).toEqual(
      [pathOf(1, 1), inJob('chk-1/_metadata')].map((path) => formatLocation(child(ROOT, path))),
    );
    expect(Buffer.from(await world.storage.read(child(ROOT, pathOf(1, 1)))).toString()).toBe('somebody else');
    expect(await restorable(world.storage)).toEqual([2, 3]);
    await unwrite(world.storage, child(ROOT, pathOf(1, 1)));
    expect((await undo(world, world.storage)).failed).toEqual([]);
    expect(await restorable(world.storage)).toEqual([1, 2, 3]);
  });

  it('keeps what snapshots in the trash reference from the next run, until it is emptied', async () => {
    const world = await makeTrash();
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
});

describe('the quarantine', () => {
  it.each(['nothing', 'unknown'] as const)('is refused where removing leaves %s', async (leaves) => {
    const world = await makeVersionedWorld();
    world.storage.leaves = leaves;
    const before = await contentOf(world.storage);
    await expect(apply(world, world.storage, 'quarantine')).rejects.toThrow('cannot put files aside');
    expect(await contentOf(world.storage)).toEqual(before);
  });

  it('is refused where the store neither renames nor keeps versions', async () => {
    const world = await makeWorld(false);
    await expect(apply(world, world.storage, 'quarantine')).rejects.toThrow('cannot put files aside');
  });

  it.each([
    ['in the root', 'memory:///flink/aside'],
    ['around the root', 'memory:///'],
    ['in another store', 's3://bucket/aside'],
  ])('by copies is refused where they would lie %s', async (_, to) => {
    const world = { ...(await makeCopyingWorld()), copiesTo: parseLocation(to, '/') };
    const before = await contentOf(world.storage);
    await expect(apply(world, world.storage, 'quarantine')).rejects.toThrow(
      /^(copies cannot lie beside|the store of .* cannot copy to)/,
    );
    expect(await contentOf(world.storage)).toEqual(before);
  });

  it('by copies removes nothing whose copy is not whole', async () => {
    const world = await makeCopyingWorld();
    const before = await filesIn(world.storage);
    const cutting = interceptedStorage(world.storage, async ({ operation, location }) => {
      if (operation !== 'stat' || !location?.path.startsWith('/aside/')) return;
      await world.storage.put(location, Buffer.from('cut'));
    });
    const { outcome } = await apply(world, cutting, 'quarantine');
    expect(outcome.failed.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('bytes'));
    expect(await filesIn(world.storage)).toEqual(before);
  });

  it('knows a run that it has undone, also where the journal lies elsewhere', async () => {
    const world = await makeWorld();
    const journals = parseLocation('memory:///elsewhere', '/');
    await apply(world, world.storage, 'quarantine', { journals });
    const open = async () => world.storage;
    const again = () =>
      undoFrom(runIdOf(world.plan), [ROOT], {
        openReader: open,
        openRemover: open,
        owner: { host: 'here', processId: 1, random: seededRandom(3), hasEnded: () => true },
        signal: new AbortController().signal,
        concurrency: 8,
        rewrites: [],
      });
    expect(await again()).toMatchObject({ restored: 10, failed: [] });
    expect(await again()).toMatchObject({ restored: 0, failed: [] });
  });

  it('stops where the store ceases to keep versions', async () => {
    const world = await makeVersionedWorld();
    const ceasing = interceptedStorage(world.storage, ({ operation }) => {
      if (operation === 'remove') world.storage.leaves = 'unknown';
    });
    await expect(apply(world, ceasing, 'quarantine')).rejects.toThrow('does not keep versions any more');
    world.storage.leaves = 'marker';
    const hidden = (await filesIn(world.storage)).length;
    expect(await apply(world, world.storage, 'quarantine')).toMatchObject({
      outcome: { quarantined: 10, failed: [] },
    });
    expect(hidden).toBeGreaterThan((await filesIn(world.storage)).length);
  });

  it('does not begin where a file changes between the look and the listing of versions', async () => {
    const world = await makeVersionedWorld();
    const racing = interceptedStorage(world.storage, ({ operation }) => {
      if (operation === 'list-versions') void put(world.storage, pathOf(0, 150), 'written meanwhile');
    });
    await expect(apply(world, racing, 'quarantine')).rejects.toThrow('changed while the run began');
    expect(await filesIn(world.storage)).toHaveLength(14);
  });

  it('empties hidden files for good, with no version and no marker left of them', async () => {
    const world = await withHidden();
    const emptied = await emptyTrash(runIdOf(world.plan), ROOT, world.storage);
    expect(emptied).toEqual({ files: 10, bytes: world.plan.totals.bytes, failed: [] });
    // what the tree has of versions below these two, it keeps
    const twice = [pathOf(0, 100), pathOf(0, 101)];
    const left = (await versionsIn(world.storage)).filter(
      (line) => !line.includes('/.ckpt-') && !twice.some((path) => line.includes(path)),
    );
    expect(left.map((line) => line.split(' ')[1])).not.toContain('marker');
    expect(new Set(left)).toHaveLength((await filesIn(world.storage)).length);
  });

  it('leaves what is in sight again, and what others wrote, when the trash is emptied', async () => {
    const world = await withHidden();
    const seen = await world.storage.versions.list(ROOT);
    for await (const batch of seen)
      for (const { path, versionId, isMarker } of batch)
        if (isMarker && path.endsWith(pathOf(1, 1)))
          await world.storage.versions.remove([{ location: { ...ROOT, path }, versionId }]);
    await put(world.storage, pathOf(0, 150), 'somebody else');
    await empty(world, world.storage);
    expect(await filesIn(world.storage)).toEqual(expect.arrayContaining([pathOf(1, 1), pathOf(0, 150)]));
    expect(Buffer.from(await world.storage.read(child(ROOT, pathOf(0, 150)))).toString()).toBe(
      'somebody else',
    );
  });

  it('does not uncover older versions when the trash is emptied', async () => {
    const world = await withHidden();
    await empty(world, world.storage);
    expect(await filesIn(world.storage)).not.toContain(pathOf(0, 100));
    const versions = (await versionsIn(world.storage)).filter((line) => line.includes(pathOf(0, 100)));
    expect(versions.map((line) => line.split(' ')[1])).toEqual(['marker', 'content']);
  });
});

/** Every version of every file: path and what it is, from the newest. */
async function versionsIn({ versions }: StorageRemover): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const batch of versions!.list(ROOT))
    lines.push(...batch.map(({ path, isMarker }) => `${path} ${isMarker ? 'marker' : 'content'}`));
  return lines;
}

async function timesIn(storage: StorageRemover): Promise<ReadonlyMap<string, number | null>> {
  const times = new Map<string, number | null>();
  for (const path of await filesIn(storage)) {
    const { modifiedMs } = await storage.stat(child(ROOT, path));
    times.set(path, modifiedMs);
  }
  return times;
}

/** Takes away what was put at `at` last, with all that this store keeps of it. */
async function unwrite(storage: StorageRemover, at: Location): Promise<void> {
  if (storage.versions === undefined) return void (await storage.remove([at]));
  for await (const batch of storage.versions.list(ROOT)) {
    const [newest] = batch;
    if (newest?.path === at.path)
      await storage.versions.remove([{ location: at, versionId: newest.versionId }]);
  }
}
