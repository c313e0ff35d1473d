// The driver against a real NameNode and DataNode.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { ODD_NAMES, storageContract } from '../../contract/storage-contract.js';
import { cleanupOn } from '../cleanup.js';
import { commandLineOn } from '../command-line.js';
import { trashOn } from '../trash.js';
import { describeHdfs } from './available.js';
import { openHdfs } from './calls.js';
import { environmentOf, type HdfsCluster, startHdfs } from './cluster.js';
import { connectionsTo } from './connections.js';
import { faultsOf } from './faults.js';
import { refusalsOf } from './refusals.js';

describeHdfs('HDFS', () => {
  let cluster: HdfsCluster;
  beforeAll(async () => {
    cluster = await startHdfs({ properties: { 'dfs.ls.limit': '50' } });
  });
  afterAll(() => cluster?.stop());

  const open = async () => {
    const root = parseLocation(`${cluster.uri}/contract/${randomUUID()}`, '/');
    const storage = openHdfs(cluster);
    await storage.makeDirectory(root);
    return { storage, root, dispose: async () => undefined };
  };
  // HDFS takes no colon in a name
  const oddNames = ODD_NAMES.filter((name) => !name.includes(':'));
  storageContract('HDFS', open, { oddNames, manyFiles: 120 });
  cleanupOn(open);
  connectionsTo(() => cluster);
  refusalsOf(() => cluster);
  commandLineOn(() => ({
    uri: `${cluster.uri}/flink`,
    env: environmentOf(cluster),
    load: async (directory, name) => {
      await cluster.hdfs('dfs', '-mkdir', '-p', '/flink');
      await cluster.hdfs('dfs', '-put', '-t', '16', directory, `/flink/${name}`);
    },
  }));
  trashOn(async () => ({ ...(await open()), env: environmentOf(cluster) }));
  // last, for it ends with a dead DataNode
  faultsOf(() => cluster);
});
