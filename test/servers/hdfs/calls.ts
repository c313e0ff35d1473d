// Calls to a NameNode that the driver has no use for: what tests set up. And small shorthands.
import { randomUUID } from 'node:crypto';
import { child, type Location, parseLocation } from '../../../src/model/location.js';
import { type HdfsSettings, hdfsRemover } from '../../../src/storage/hdfs/open.js';
import { retryBy } from '../../../src/storage/retrying.js';
import type { StorageRemover } from '../../../src/storage/storage.js';
import { systemClock } from '../../../src/support/clock.js';
import { seededRandom } from '../../../src/support/random.js';
import type { HdfsCluster } from './cluster.js';

/** An operation as the superuser; throws where the NameNode refuses. */
export async function administer(
  cluster: HdfsCluster,
  location: Location,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  const { httpAddress } = cluster.nameNodes[0]!;
  const parameters = new URLSearchParams({ ...query, 'user.name': cluster.user });
  const response = await fetch(`http://${httpAddress}/webhdfs/v1${location.path}?${parameters}`, {
    method: 'PUT',
  });
  if (!response.ok) throw new Error(`${query.op} ${location.path}: ${await response.text()}`);
}

/** The driver at a cluster, as its superuser unless told otherwise. */
export function openHdfs(cluster: HdfsCluster, settings: HdfsSettings = {}): StorageRemover {
  const webhdfs = cluster.nameNodes.map(({ httpAddress }) => httpAddress);
  return hdfsRemover(parseLocation(cluster.uri, '/'), { webhdfs, user: cluster.user, ...settings });
}

/** A new directory with these files, each holding its name. */
export async function directoryWith(cluster: HdfsCluster, names: readonly string[]): Promise<Location> {
  const root = parseLocation(`${cluster.uri}/tests/${randomUUID()}`, '/');
  const storage = openHdfs(cluster);
  await storage.makeDirectory(root);
  for (const name of names) {
    await storage.makeDirectory(child(root, `${name}/..`));
    await storage.put(child(root, name), Buffer.from(name));
  }
  return root;
}

/** Tries three times and hardly waits. */
export const retryThrice = retryBy({
  attempts: 3,
  baseMs: 1,
  capMs: 1,
  clock: systemClock,
  random: seededRandom(1),
});

/** Makes all files below `root` as old as that. */
export async function makeOlder(cluster: HdfsCluster, root: Location, byMs: number): Promise<void> {
  const storage = openHdfs(cluster);
  const modificationtime = String((await storage.nowMs(root)) - byMs);
  for await (const { entries } of storage.list(root))
    for (const { path, type } of entries)
      if (type === 'file') await administer(cluster, { ...root, path }, { op: 'SETTIMES', modificationtime });
}
