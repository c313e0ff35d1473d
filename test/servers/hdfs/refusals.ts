// What HDFS refuses, keeps and hides: permissions, quotas, snapshots, trash, safe mode.
import { describe, expect, it } from 'vitest';
import { child, parseLocation } from '../../../src/model/location.js';
import { hdfsFacts } from '../../../src/storage/hdfs/open.js';
import { kindOf, listAll, text } from '../../contract/storage-contract.js';
import { administer, directoryWith, openHdfs } from './calls.js';
import type { HdfsCluster } from './cluster.js';

export function refusalsOf(clusterNow: () => HdfsCluster): void {
  describe('HDFS permissions', () => {
    it('deny what they deny, and a listing reports the directory it could not read', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['open/f', 'closed/g']);
      await administer(cluster, child(root, 'closed'), { op: 'SETPERMISSION', permission: '700' });
      const alice = openHdfs(cluster, { user: 'alice' });
      expect(await kindOf(alice.read(child(root, 'closed/g')))).toBe('denied');
      expect(await kindOf(alice.stat(child(root, 'closed/absent')))).toBe('denied');
      expect(await kindOf(listAll(alice, child(root, 'closed')))).toBe('denied');
      expect(await kindOf(alice.put(child(root, 'open/h'), text('x')))).toBe('denied');
      expect(await alice.remove([child(root, 'open/f')])).toMatchObject([
        { outcome: 'failed', error: { kind: 'denied' } },
      ]);
      const { entries, problems } = await listAll(alice, root);
      expect(entries.map(({ path }) => path.slice(root.path.length))).toEqual([
        '/closed',
        '/open',
        '/open/f',
      ]);
      expect(problems).toMatchObject([{ path: `${root.path}/closed`, error: { kind: 'denied' } }]);
    });

    it('do not make a path that runs through a file a denied one', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f']);
      const alice = openHdfs(cluster, { user: 'alice' });
      expect(await kindOf(alice.stat(child(root, 'f/below/deep')))).toBe('not-found');
      expect(await kindOf(alice.read(child(root, 'f/below')))).toBe('not-found');
    });
  });

  describe('HDFS quotas', () => {
    it('are no space left, and nothing half written stays', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['a']);
      await administer(cluster, root, { op: 'SETQUOTA', namespacequota: '3', storagespacequota: '1000' });
      const storage = openHdfs(cluster);
      expect(await kindOf(storage.put(child(root, 'large'), new Uint8Array(2000)))).toBe('no-space');
      await administer(cluster, root, { op: 'SETQUOTA', namespacequota: '2', storagespacequota: '1000000' });
      expect(await kindOf(storage.put(child(root, 'b'), text('x')))).toBe('no-space');
      expect((await listAll(storage, root)).entries.map(({ path }) => path)).toEqual([`${root.path}/a`]);
    });
  });

  describe('HDFS names', () => {
    it('have no colon: such a file cannot be written, and is not there', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, []);
      const storage = openHdfs(cluster);
      expect(await kindOf(storage.put(child(root, 'a:b'), text('x')))).toBe('conflict');
      expect(await kindOf(storage.stat(child(root, 'a:b')))).toBe('not-found');
      expect(await kindOf(storage.stat(child(root, 'nul\0')))).toBe('not-found');
      expect(await kindOf(storage.stat(child(root, 'half \ud800')))).toBe('not-found');
    });
  });

  describe('HDFS snapshots', () => {
    it('are in no listing, keep what is removed, and let nothing be removed from them', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['d/f']);
      const storage = openHdfs(cluster);
      await cluster.hdfs('dfsadmin', '-allowSnapshot', root.path);
      await administer(cluster, root, { op: 'CREATESNAPSHOT', snapshotname: 's1' });
      const facts = hdfsFacts(root, { webhdfs: [cluster.nameNodes[0]!.httpAddress], user: cluster.user });
      expect(await facts.snapshottableDirectories()).toContain(root.path);
      expect((await listAll(storage, root)).entries.map(({ path }) => path)).toEqual([
        `${root.path}/d`,
        `${root.path}/d/f`,
      ]);
      const kept = child(root, '.snapshot/s1/d/f');
      expect(await storage.remove([child(root, 'd/f')])).toMatchObject([{ outcome: 'removed' }]);
      expect(Buffer.from(await storage.read(kept)).toString()).toBe('d/f');
      expect((await listAll(storage, child(root, '.snapshot'))).entries.map(({ path }) => path)).toContain(
        kept.path,
      );
      expect(await storage.remove([kept])).toMatchObject([{ outcome: 'failed', error: { kind: 'denied' } }]);
      await storage.removeEmptyDirectory(child(root, 'd'));
      expect(await kindOf(storage.removeEmptyDirectory(root))).toBe('conflict');
    });
  });

  describe("HDFS's trash", () => {
    it('is reported and not entered, unless asked for', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f', 'g']);
      const storage = openHdfs(cluster);
      const facts = hdfsFacts(root, { webhdfs: [cluster.nameNodes[0]!.httpAddress], user: cluster.user });
      await cluster.hdfs('dfs', '-rm', `${root.path}/f`);
      expect(await kindOf(storage.stat(child(root, 'f')))).toBe('not-found');
      const trash = parseLocation(`${cluster.uri}${await facts.trashRoot(root)}`, '/');
      const home = await listAll(storage, child(trash, '..'));
      expect(home.entries.map(({ path }) => path)).toEqual([trash.path]);
      const thrown = await listAll(storage, trash);
      expect(thrown.entries.map(({ path }) => path)).toContain(`${trash.path}/Current${root.path}/f`);
      await storage.remove([child(root, 'g')]);
      expect((await listAll(storage, trash)).entries).toHaveLength(thrown.entries.length);
    });
  });

  describe('a NameNode', () => {
    it('tells what is below a directory', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['a', 'b/cc']);
      const facts = hdfsFacts(root, { webhdfs: [cluster.nameNodes[0]!.httpAddress], user: cluster.user });
      expect(await facts.contentSummary(root)).toEqual({ files: 2, directories: 2, sizeBytes: 5 });
    });

    it('in safe mode shows everything and takes nothing', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f']);
      const storage = openHdfs(cluster);
      await cluster.hdfs('dfsadmin', '-safemode', 'enter');
      try {
        expect((await listAll(storage, root)).entries).toHaveLength(1);
        expect(await kindOf(storage.put(child(root, 'g'), text('x')))).toBe('unavailable');
        expect(await kindOf(storage.removeEmptyDirectory(root))).toBe('unavailable');
        expect(await storage.remove([child(root, 'f')])).toMatchObject([
          { outcome: 'failed', error: { kind: 'unavailable' } },
        ]);
      } finally {
        await cluster.hdfs('dfsadmin', '-safemode', 'leave');
      }
      expect(await storage.remove([child(root, 'f')])).toMatchObject([{ outcome: 'removed' }]);
    });

    it('gives a file another etag when its content is replaced by one of the same size', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f']);
      const storage = openHdfs(cluster);
      const before = await storage.stat(child(root, 'f'));
      expect((await listAll(storage, root)).entries).toEqual([before]);
      await storage.put(child(root, 'f'), text('g'));
      expect((await storage.stat(child(root, 'f'))).etag).not.toBe(before.etag);
    });
  });
}
