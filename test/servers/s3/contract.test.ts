import { afterAll, beforeAll } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import { ODD_NAMES, storageContract } from '../../contract/storage-contract.js';
import { cleanupOn } from '../cleanup.js';
import { trashOn } from '../trash.js';
import { describeS3 } from './available.js';
import { configurationOf, environmentOf, newBucket, openAt } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

describeS3('S3', () => {
  let server: S3Server;
  let bucket: Location;
  let roots = 0;
  beforeAll(async () => {
    server = await startS3();
    bucket = await newBucket(server);
  });
  afterAll(() => server?.stop());

  const open = async () => {
    const storage = await openAt(configurationOf(server));
    return { storage, root: child(bucket, `some/root${roots++}`), dispose: async () => undefined };
  };
  // SeaweedFS takes a backslash for a slash
  const oddNames = ODD_NAMES.filter((name) => !name.includes('\\'));
  storageContract('S3 (SeaweedFS)', open, { oddNames });
  cleanupOn(open);
  trashOn(async () => {
    const copiesTo = child(await newBucket(server), 'aside');
    return { ...(await open()), copiesTo, env: environmentOf(server) };
  });
});
