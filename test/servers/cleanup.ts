// Cleaning on a real store: what goes and what stays, and runs that die at some call of the store. Files cannot be made
// old there; so all clocks say that it is a month later.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import packageInformation from '../../package.json' with { type: 'json' };
import type { Executed } from '../../src/cleanup/execute.js';
import { quarantineFormOf } from '../../src/cleanup/quarantine.js';
import { child, formatLocation, type Location, parent } from '../../src/model/location.js';
import type { Plan } from '../../src/model/plan.js';
import { interceptedStorage } from '../../src/storage/intercepted.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { type Clock, systemClock } from '../../src/support/clock.js';
import { seededRandom } from '../../src/support/random.js';
import { applyPlan } from '../../src/usecases/apply-plan.js';
import { planCleanup } from '../../src/usecases/plan-cleanup.js';
import { verifySnapshots } from '../../src/usecases/verify-snapshots.js';
import { runs, testSeed } from '../support/runs.js';
import { file, metadataBytes } from '../survey/documents.js';

const MONTH_MS = 30 * 86_400_000;
/** The job whose checkpoints are planted. */
export const JOB = 'a'.repeat(32);
const { version: VERSION } = packageInformation as { readonly version: string };
const STRIDE = runs({ sample: 40, full: 3 });
const clock = { ...systemClock, now: () => systemClock.now() + MONTH_MS };

export interface CleanupPlace {
  readonly storage: StorageRemover;
  /** An existing empty directory, or a prefix without keys. */
  readonly root: Location;
}

export function cleanupOn(open: () => Promise<CleanupPlace>): void {
  describe('cleaning', () => {
    it('takes what the plan names, and survives being killed', async () => {
      const { storage } = await open();
      const { root } = await open();
      const canPutAside = (await quarantineFormOf(root, storage, null)) !== null;
      for (const quarantine of canPutAside ? [true, false] : [false]) {
        const unkilled = await planted(await open(), quarantine);
        const { outcome } = await apply(unkilled);
        expect(outcome).toMatchObject({ skipped: [], failed: [], verified: 1 });
        expect(outcome.deleted + outcome.quarantined).toBe(7);
        const wanted = await pathsIn(unkilled);
        for (let at = 1 + (testSeed % STRIDE); ; at += STRIDE) {
          const tree = await planted(await open(), quarantine);
          const died = await apply(tree, at).then(() => false, isKilled);
          expect(await broken(tree), `killed at call ${at}`).toEqual([]);
          expect((await apply(tree)).outcome.failed, `killed at call ${at}`).toEqual([]);
          expect(await pathsIn(tree), `killed at call ${at}`).toEqual(wanted);
          if (!died) break;
        }
      }
    }, 600_000);
  });
}

interface PlantedTree extends CleanupPlace {
  readonly plan: Plan;
}

class Killed extends Error {}

function isKilled(thrown: unknown): true {
  if (thrown instanceof Killed) return true;
  throw thrown;
}

/** The tree, and the plan that keeps its last checkpoint. */
async function planted({ storage, root }: CleanupPlace, quarantine: boolean): Promise<PlantedTree> {
  await plant({ storage, root });
  return {
    storage,
    root,
    plan: await planOfLast(root, quarantine, { storage: aMonthLater(storage), clock }),
  };
}

/** Three checkpoints that share files, and one file that nobody needs. */
export async function plant({ storage, root }: CleanupPlace): Promise<void> {
  const shared = new Map([100, 101, 102, 103, 190].map((number) => [number, `shared/${randomUUID()}`]));
  const put = async (path: string, content: Uint8Array) => {
    const at = child(root, `${JOB}/${path}`);
    await storage.makeDirectory(parent(at));
    await storage.put(at, content);
    return formatLocation(at);
  };
  for (const path of shared.values()) await put(path, Buffer.alloc(10));
  for (const id of [1, 2, 3]) {
    const own = await put(`chk-${id}/${randomUUID()}`, Buffer.alloc(10));
    const others = [99 + id, 100 + id].map((number) =>
      formatLocation(child(root, `${JOB}/${shared.get(number)}`)),
    );
    const streams = [own, ...others].map((path) => file(path, 10));
    await put(`chk-${id}/_metadata`, metadataBytes({ checkpointId: BigInt(id), streams }));
  }
}

/** A plan that keeps the last checkpoint. */
export async function planOfLast(
  root: Location,
  quarantine: boolean,
  { storage, clock: now }: { readonly storage: StorageRemover; readonly clock: Clock },
): Promise<Plan> {
  const { plan } = await planCleanup(
    {
      locations: [root],
      sources: { rest: [], haDirectories: [], word: { jobs: [JOB], locations: [] } },
      rewrites: [],
      given: {
        sections: { retention: null, cleanup: null, where: 'ckpt.yaml' },
        flags: { 'keep-last': 1, 'max-percent': 100, quarantine },
      },
      locate: () => root,
      toolVersion: VERSION,
    },
    { openReader: async () => storage, clock: now, concurrency: 8 },
  );
  return plan;
}

/** Call number `at` of the store and all after it fail, as if the process were no more. */
function apply({ storage, plan }: PlantedTree, at = Number.POSITIVE_INFINITY): Promise<Executed> {
  const dying = interceptedStorage(storage, ({ index }) => {
    if (index >= at) throw new Killed(`killed at call ${index}`);
  });
  const open = async () => aMonthLater(dying);
  return applyPlan(plan, {
    openReader: open,
    openRemover: open,
    owner: { host: 'here', processId: 1, random: seededRandom(1), hasEnded: () => true },
    signal: new AbortController().signal,
    clock,
    concurrency: 8,
  });
}

function aMonthLater(storage: StorageRemover): StorageRemover {
  const same = interceptedStorage(storage, () => {});
  return { ...same, nowMs: async (at) => (await same.nowMs(at)) + MONTH_MS };
}

/** Checkpoints that lost files. */
export async function broken({ storage, root }: CleanupPlace): Promise<readonly string[]> {
  const { snapshots } = await verifySnapshots([root], { openReader: async () => storage, deep: false });
  return snapshots.filter(({ condition }) => condition === 'broken').map(({ path }) => path);
}

/** Where things lie below the root, with names that differ from tree to tree left out. */
export async function pathsIn({ storage, root }: CleanupPlace): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { entries } of storage.list(root))
    for (const { path, type } of entries)
      if (type === 'file' && !/\.inprogress\.|\/log-[^/]*$/.test(path))
        paths.push(path.slice(root.path.length));
  return paths
    .map((path) =>
      path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID').replace(/\d{8}T\d{6}Z-[0-9a-f]{8}/, 'RUN'),
    )
    .sort();
}
