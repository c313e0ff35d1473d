// The built tool, killed at requests that change HDFS.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { sigkillOn } from '../sigkill.js';
import { describeHdfs } from './available.js';
import { makeOlder, openHdfs } from './calls.js';
import { environmentOf, type HdfsCluster, startHdfs } from './cluster.js';

const MONTH_MS = 30 * 86_400_000;

describeHdfs('HDFS', () => {
  let cluster: HdfsCluster;
  beforeAll(async () => {
    cluster = await startHdfs();
  });
  afterAll(() => cluster?.stop());

  const open = async () => {
    const storage = openHdfs(cluster);
    const root = parseLocation(`${cluster.uri}/kill/${randomUUID()}`, '/');
    await storage.makeDirectory(root);
    const env = environmentOf(cluster);
    return { storage, root, env, age: () => makeOlder(cluster, root, MONTH_MS) };
  };
  for (const quarantine of [true, false]) sigkillOn(open, { counter: 'KILL_AT_REQUEST', quarantine });
});
