// What was put aside on HDFS, by renaming: brought back and removed for good by the built command line.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { journalsOf } from '../../../src/cleanup/journal.js';
import { puttingAside } from '../../../src/cleanup/take-away.js';
import { writeManifest } from '../../../src/cleanup/trash.js';
import { child, formatLocation, type Location, parent, parseLocation } from '../../../src/model/location.js';
import type { StorageRemover } from '../../../src/storage/storage.js';
import { deletionOf, planOf } from '../../cleanup/samples.js';
import { answersOf } from '../../cli/process.js';
import { openHdfs } from './calls.js';
import type { HdfsCluster } from './cluster.js';

const RUN = '20260131T000000Z-0a1b2c3d';
const NAMES = ['chk-1/a', 'chk-1/b', 'shared/c'];

export function trashOn(clusterNow: () => HdfsCluster): void {
  const environment = () => {
    const { nameNodes, user } = clusterNow();
    return { env: { CKPT_WEBHDFS: nameNodes[0]!.httpAddress, HADOOP_USER_NAME: user } };
  };

  /** A root with three files, which a run has put aside. */
  const putAside = async (): Promise<{ readonly root: Location; readonly storage: StorageRemover }> => {
    const root = parseLocation(`${clusterNow().uri}/trash/${randomUUID()}`, '/');
    const storage = openHdfs(clusterNow());
    for (const name of NAMES) {
      await storage.makeDirectory(parent(child(root, name)));
      await storage.put(child(root, name), Buffer.from(name));
    }
    const uri = (name: string) => formatLocation(child(root, name));
    const plan = planOf(
      NAMES.map((name) => deletionOf('orphan', uri(name), { bytes: name.length })),
      { roots: [formatLocation(root)] },
    );
    const startedAt = new Date((await storage.nowMs(root)) - 60_000).toISOString();
    const record = { runId: RUN, startedAt, mode: 'quarantine', plan, skipped: [], references: [] } as const;
    await writeManifest(record, { home: root, journals: journalsOf(root) }, storage);
    await puttingAside(async () => storage, [root], RUN)(plan.deletions);
    for (const name of NAMES) await expect(storage.stat(child(root, name))).rejects.toThrow();
    return { root, storage };
  };

  describe('the trash on HDFS', () => {
    it('is brought back', async () => {
      const { root, storage } = await putAside();
      const [undone] = await answersOf([['undo', RUN, '--in', formatLocation(root)]], environment());
      expect(undone).toMatchObject({ restored: NAMES.length, failed: [] });
      for (const name of NAMES)
        expect(Buffer.from(await storage.read(child(root, name))).toString()).toBe(name);
      await expect(storage.stat(child(root, '.ckpt-trash'))).rejects.toThrow();
    });

    it('is emptied of what is old enough by the clock of HDFS', async () => {
      const { root, storage } = await putAside();
      const empty = ['trash', 'empty', formatLocation(root), '--yes', '--older-than'];
      const [young, old] = await answersOf(
        [
          [...empty, '1h'],
          [...empty, '30s'],
        ],
        environment(),
      );
      expect(young).toMatchObject({ emptied: [], kept: [{ runId: RUN }] });
      expect(old).toMatchObject({ emptied: [{ runId: RUN }], files: NAMES.length, failed: [] });
      await expect(storage.stat(child(root, '.ckpt-trash'))).rejects.toThrow();
    });
  });
}
