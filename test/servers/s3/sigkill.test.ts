// The built tool, killed at requests that change a bucket. S3 dates objects itself: a proxy tells of each that it is older.
import { afterAll, beforeAll } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import type { FaultProxy } from '../../support/fault-proxy.js';
import { sigkillOn } from '../sigkill.js';
import { startAgingProxy } from './aging-proxy.js';
import { describeS3 } from './available.js';
import { adminClient, configurationOf, environmentOf, newBucket, openAt } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

describeS3('S3', () => {
  let server: S3Server;
  let proxy: FaultProxy;
  const buckets = new Map<boolean, Location>();
  let roots = 0;
  beforeAll(async () => {
    server = await startS3();
    proxy = await startAgingProxy(server.endpoint);
    for (const isVersioned of [true, false]) buckets.set(isVersioned, await newBucket(server));
    await adminClient(server).putBucketVersioning({
      Bucket: buckets.get(true)!.authority,
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  for (const quarantine of [true, false]) {
    const open = async () => ({
      storage: await openAt(configurationOf(server, { endpoint: proxy.endpoint })),
      root: child(buckets.get(quarantine)!, `root${roots++}`),
      env: { ...environmentOf(server), CKPT_S3_ENDPOINT: proxy.endpoint },
      age: async () => undefined,
    });
    sigkillOn(open, { counter: 'KILL_AT_REQUEST', quarantine });
  }
});
