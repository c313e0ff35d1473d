// What was put aside on a real store, as that store does it: brought back and removed for good by the built command line.
import { describe, expect, it } from 'vitest';
import { journalsOf } from '../../src/cleanup/journal.js';
import { quarantine, quarantineFormOf } from '../../src/cleanup/quarantine.js';
import { beginTrash } from '../../src/cleanup/trash.js';
import { child, formatLocation, type Location, parent } from '../../src/model/location.js';
import type { PlannedDeletion } from '../../src/model/plan.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { deletionOf, planOf } from '../cleanup/samples.js';
import { answersOf } from '../cli/process.js';

const RUN = '20260131T000000Z-0a1b2c3d';
const NAMES = ['chk-1/a', 'chk-1/b', 'shared/c'];

/** A place in a store, with nothing in it yet. */
export interface TrashPlace {
  readonly storage: StorageRemover;
  readonly root: Location;
  /** Where files are copied to that are put aside; the store does it in its own way where not given. */
  readonly copiesTo?: Location;
  /** How `ckpt` reaches the store. */
  readonly env: Readonly<Record<string, string>>;
}

export function trashOn(open: () => Promise<TrashPlace>): void {
  /** A root with three files, which a run has put aside. */
  const putAside = async (): Promise<TrashPlace> => {
    const place = await open();
    const { storage, root, copiesTo = null } = place;
    for (const name of NAMES) {
      await storage.makeDirectory(parent(child(root, name)));
      await storage.put(child(root, name), Buffer.from(name));
    }
    const plan = planOf(await Promise.all(NAMES.map((name) => seen(storage, child(root, name)))), {
      roots: [formatLocation(root)],
    });
    const startedAt = new Date((await storage.nowMs(root)) - 60_000).toISOString();
    const record = { runId: RUN, startedAt, mode: 'quarantine', plan, skipped: [], references: [] } as const;
    await beginTrash(record, { home: root, journals: journalsOf(root), copiesTo }, storage);
    const form = (await quarantineFormOf(root, storage, copiesTo))!;
    const aside = quarantine(form, { runId: RUN, home: root, files: plan.deletions, copiesTo, storage });
    const settled = await aside.putAside(plan.deletions);
    expect(settled.map(({ error }) => error)).toEqual(NAMES.map(() => null));
    for (const name of NAMES) await expect(storage.stat(child(root, name))).rejects.toThrow();
    return place;
  };

  describe('the trash', () => {
    it('is brought back', async () => {
      const { root, storage, env } = await putAside();
      const [undone] = await answersOf([['undo', RUN, '--in', formatLocation(root)]], { env });
      expect(undone).toMatchObject({ restored: NAMES.length, failed: [] });
      for (const name of NAMES)
        expect(Buffer.from(await storage.read(child(root, name))).toString()).toBe(name);
      expect(await left(storage, root)).toEqual(NAMES);
    });

    it('is emptied of what is old enough by the clock of the store', async () => {
      const { root, storage, env } = await putAside();
      const empty = ['trash', 'empty', formatLocation(root), '--yes', '--older-than'];
      const [young, old] = await answersOf(
        [
          [...empty, '1h'],
          [...empty, '30s'],
        ],
        { env },
      );
      expect(young).toMatchObject({ emptied: [], kept: [{ runId: RUN }] });
      expect(old).toMatchObject({ emptied: [{ runId: RUN }], files: NAMES.length, failed: [] });
      expect(await left(storage, root)).toEqual([]);
    });
  });
}

/** A file as a plan names it. */
async function seen(storage: StorageRemover, at: Location): Promise<PlannedDeletion> {
  const { sizeBytes, modifiedMs } = await storage.stat(at);
  const modified = new Date(modifiedMs!).toISOString();
  return deletionOf('orphan', formatLocation(at), { bytes: sizeBytes, modified });
}

/** Files below the root, and what versions a store keeps of them beside. */
async function left(storage: StorageRemover, root: Location): Promise<readonly string[]> {
  const names: string[] = [];
  const listing = storage.versions?.list(root) ?? filesOf(storage, root);
  for await (const batch of listing) names.push(...batch.map(({ path }) => path.slice(root.path.length + 1)));
  return names.filter((name) => !name.startsWith('.ckpt-')).sort();
}

async function* filesOf(storage: StorageRemover, root: Location) {
  for await (const { entries } of storage.list(root)) yield entries.filter(({ type }) => type === 'file');
}
