// The driver against a real NameNode and DataNode.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { hdfsRemover } from '../../../src/storage/hdfs/open.js';
import { storageContract } from '../../contract/storage-contract.js';
import { describeHdfs } from './available.js';
import { type HdfsCluster, startHdfs } from './cluster.js';

describeHdfs('HDFS', () => {
  let cluster: HdfsCluster;
  beforeAll(async () => {
    cluster = await startHdfs();
  }, 180_000);
  afterAll(() => cluster?.stop());

  storageContract('HDFS', async () => {
    const root = parseLocation(`${cluster.uri}/contract/${randomUUID()}`, '/');
    const storage = hdfsRemover(root, { webhdfs: [cluster.nameNodes[0]!.httpAddress], user: cluster.user });
    await storage.makeDirectory(root);
    return { storage, root, dispose: async () => undefined };
  });
});
