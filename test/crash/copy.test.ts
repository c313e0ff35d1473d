// A copy that is killed at its n-th call of the storage, for every n: what has a _metadata is whole, and the next run
// ends where one that was not killed does.
import { expect, it } from 'vitest';
import { child, parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { localReader } from '../../src/storage/local/reader.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { systemClock } from '../../src/support/clock.js';
import { copySnapshot } from '../../src/usecases/copy-snapshot.js';
import { inspectSnapshot } from '../../src/usecases/inspect-snapshot.js';
import { fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import { runs, testSeed } from '../support/runs.js';
import { dyingStorage, Killed } from './world.js';

/** In the long run every call, else a sample of them. */
const STRIDE = runs({ sample: 7, full: 1 });

const COPY = parseLocation('memory:///archive/copy', '/');
const fixture = fixtureCase('file-merging-across');
const SOURCE = parseLocation(`${fixture.treeDirectory}/${fixtureSnapshots(fixture)[0]!.path}`, '/');
const files = localReader();

function copy(storage: StorageRemover) {
  return copySnapshot(SOURCE, COPY, {
    openReader: async ({ store }) => (store === 'memory' ? storage : files),
    openRemover: async () => storage,
    rewrites: [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')],
    concurrency: 1,
    signal: new AbortController().signal,
  });
}

async function contentOf(storage: MemoryStorage): Promise<readonly (readonly [string, number])[]> {
  return (await storage.listDirectory(COPY)).map(({ path, sizeBytes }) => [path, sizeBytes] as const);
}

it('survives being killed at any call of the storage', async () => {
  const unkilled = new MemoryStorage({ clock: systemClock });
  await copy(unkilled);
  const wanted = await contentOf(unkilled);
  let killed = 0;
  for (let at = testSeed % STRIDE; ; at += STRIDE) {
    const storage = new MemoryStorage({ clock: systemClock });
    const died = await copy(dyingStorage(storage, at)).then(
      () => false,
      (thrown) => {
        if (thrown instanceof Killed) return true;
        throw thrown;
      },
    );
    const isComplete = await storage.stat(child(COPY, '_metadata')).then(
      () => true,
      () => false,
    );
    if (isComplete) {
      const { report } = await inspectSnapshot(COPY, { openReader: async () => storage });
      expect(report.restorable, `killed at call ${at}`).toBe(true);
    }
    await copy(storage);
    expect(await contentOf(storage), `killed at call ${at}`).toEqual(wanted);
    if (!died) break;
    killed++;
  }
  expect(killed * STRIDE).toBeGreaterThan(30);
});
