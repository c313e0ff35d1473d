// How a cluster is found and spoken to: by its configuration, and by https.
import { describe, expect, it } from 'vitest';
import { child, type Location, parseLocation } from '../../../src/model/location.js';
import { hdfsReader, hdfsRemover, readHadoopConfiguration } from '../../../src/storage/hdfs/open.js';
import { openReader } from '../../../src/storage/open.js';
import { listAll, text } from '../../contract/storage-contract.js';
import { directoryWith } from './calls.js';
import type { HdfsCluster } from './cluster.js';

export function connectionsTo(clusterNow: () => HdfsCluster): void {
  const configurationOf = async (cluster: HdfsCluster) => {
    const directory = parseLocation(cluster.configurationDirectory, '/');
    return readHadoopConfiguration(await openReader(directory), directory);
  };

  describe('a cluster', () => {
    it('is found by its own configuration, named or as the default file system', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f']);
      const configuration = await configurationOf(cluster);
      for (const uri of [`${cluster.uri}${root.path}`, `hdfs://${root.path}`]) {
        const location = parseLocation(uri, '/');
        const storage = hdfsReader(location, { configuration, user: cluster.user });
        expect((await listAll(storage, location)).entries).toHaveLength(1);
      }
    });

    it('is found by webhdfs:// alone', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f']);
      const location = parseLocation(`webhdfs://${cluster.nameNodes[0]!.httpAddress}${root.path}`, '/');
      expect((await listAll(hdfsReader(location), location)).entries).toHaveLength(1);
    });

    it('is spoken to by https, its DataNode too, when the certificate is trusted', async () => {
      const cluster = clusterNow();
      const root = await directoryWith(cluster, ['f']);
      const secure: Location = {
        ...root,
        scheme: 'swebhdfs',
        authority: cluster.nameNodes[0]!.httpsAddress,
      };
      const storage = hdfsRemover(secure, { ca: cluster.certificate, user: cluster.user });
      await storage.put(child(secure, 'g'), text('over TLS'));
      expect(Buffer.from(await storage.read(child(secure, 'g'))).toString()).toBe('over TLS');
      expect((await listAll(storage, secure)).entries).toHaveLength(2);
      const distrusting = hdfsReader(secure, { user: cluster.user }).stat(secure);
      await expect(distrusting).rejects.toMatchObject({
        kind: 'denied',
        next: expect.stringContaining('certificate'),
      });
    });

    it('is not taken for one where http, https or the RPC is spoken instead', async () => {
      const { httpAddress, httpsAddress, rpcAddress } = clusterNow().nameNodes[0]!;
      const asked = (uri: string): Promise<unknown> => {
        const location = parseLocation(uri, '/');
        return hdfsReader(location).stat(location);
      };
      await expect(asked(`webhdfs://${rpcAddress}/`)).rejects.toMatchObject({
        kind: 'denied',
        message: expect.stringContaining('RPC port'),
      });
      await expect(asked(`swebhdfs://${httpAddress}/`)).rejects.toMatchObject({
        kind: 'denied',
        next: expect.stringContaining('webhdfs:// in place of swebhdfs://'),
      });
      await expect(asked(`webhdfs://${httpsAddress}/`)).rejects.toMatchObject({
        kind: 'unavailable',
        next: expect.stringContaining('swebhdfs:// in place of webhdfs://'),
      });
    });
  });
}
