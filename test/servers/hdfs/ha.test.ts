// The driver against an HA pair of real NameNodes. Two more JVMs to start: in the long run only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { child, type Location, parseLocation } from '../../../src/model/location.js';
import { hdfsReader, hdfsRemover, readHadoopConfiguration } from '../../../src/storage/hdfs/open.js';
import { openReader } from '../../../src/storage/open.js';
import { kindOf, listAll, text } from '../../contract/storage-contract.js';
import { runs } from '../../support/runs.js';
import { describeHdfs } from './available.js';
import { directoryWith, openHdfs } from './calls.js';
import { type HdfsCluster, startHdfs } from './cluster.js';

const FILES = ['a/1', 'a/2', 'b/3'];
const ENTRIES = 5;

describe.runIf(runs({ sample: 0, full: 1 }) > 0)('long', () => {
  describeHdfs('an HA pair of NameNodes', () => {
    let cluster: HdfsCluster;
    let root: Location;
    beforeAll(async () => {
      cluster = await startHdfs({ nameNodes: 2 });
      root = await directoryWith(cluster, FILES);
    }, 600_000);
    afterAll(() => cluster?.stop());

    it('is used through the active one, in whatever order they are named', async () => {
      const webhdfs = cluster.nameNodes.map(({ httpAddress }) => httpAddress).reverse();
      const storage = openHdfs(cluster, { webhdfs });
      expect((await listAll(storage, root)).entries).toHaveLength(ENTRIES);
      await storage.put(child(root, 'a/1'), text('again'));
      expect(Buffer.from(await storage.read(child(root, 'a/1'))).toString()).toBe('again');
    });

    it('is found by the name of its service', async () => {
      const directory = parseLocation(cluster.configurationDirectory, '/');
      const configuration = await readHadoopConfiguration(await openReader(directory), directory);
      for (const uri of [`${cluster.uri}${root.path}`, `hdfs://${root.path}`]) {
        const location = parseLocation(uri, '/');
        const storage = hdfsRemover(location, { configuration, user: cluster.user });
        expect((await listAll(storage, location)).entries).toHaveLength(ENTRIES);
      }
    });

    it('is unavailable where only the standby is known', async () => {
      const storage = hdfsReader(root, { webhdfs: [cluster.nameNodes[1]!.httpAddress], user: cluster.user });
      expect(await kindOf(storage.stat(root))).toBe('unavailable');
      expect(await kindOf(listAll(storage, root))).toBe('unavailable');
    });

    it('is unavailable when the active one is killed, and goes on with the other once that is active', async () => {
      const storage = openHdfs(cluster);
      const listing = storage.list(root)[Symbol.asyncIterator]();
      await listing.next();
      await cluster.nameNodes[0]!.daemon.kill();
      expect(await kindOf(listing.next())).toBe('unavailable');
      expect(await kindOf(storage.stat(root))).toBe('unavailable');
      expect(await storage.remove([child(root, 'a/1')])).toMatchObject([
        { outcome: 'failed', error: { kind: 'unavailable' } },
      ]);
      await cluster.hdfs('haadmin', '-transitionToActive', '--forceactive', 'nn2');
      expect((await listAll(storage, root)).entries).toHaveLength(ENTRIES);
      expect(await storage.remove([child(root, 'a/1')])).toMatchObject([{ outcome: 'removed' }]);
    });
  });
});
