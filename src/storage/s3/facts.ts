// What a bucket is like: what its deletes leave behind, what its clock says, whether conditions are kept.
import { randomUUID } from 'node:crypto';
import { child, formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { StorageRemover } from '../storage.js';
import { bucketInput, requireBucket, type S3Requests, send } from './requests.js';

/** What a delete without a version leaves: nothing, or a marker that hides the object, which goes on costing. */
export type RemovalLeaves = 'nothing' | 'marker' | 'unknown';

/** Unknown where versioning is suspended (it depends on the object then) or we may not ask. */
export async function removalLeaves(requests: S3Requests, location: Location): Promise<RemovalLeaves> {
  try {
    const { Status } = await requests.retry(() =>
      send(requests, 'ask for the versioning of', location, (s3, options) =>
        s3.getBucketVersioning({ Bucket: bucketInput(requests, location).Bucket }, options),
      ),
    );
    if (Status === undefined) return 'nothing';
    return Status === 'Enabled' ? 'marker' : 'unknown';
  } catch (thrown) {
    const cannotTell = thrown instanceof StorageError && !thrown.retryable && thrown.kind !== 'corrupt';
    if (!cannotTell) throw thrown;
    await requireBucket(requests, location);
    return 'unknown';
  }
}

/** The time of the store's clock, milliseconds since the epoch in whole seconds: what its modification times mean. */
export async function storeClockMs(requests: S3Requests, location: Location): Promise<number> {
  await requireBucket(requests, location);
  const dateMs = requests.connection.latestDateMs();
  if (dateMs !== null) return dateMs;
  const where = formatLocation(location);
  throw new StorageError('corrupt', `${where}: the store does not tell its time`, { where });
}

/**
 * Whether the store keeps `If-None-Match: *`, found out by writing a small object below `directory` twice. It is
 * removed again.
 */
export async function keepsConditions(storage: StorageRemover, directory: Location): Promise<boolean> {
  const probe = child(directory, `.ckpt-probe-${randomUUID()}`);
  const content = new TextEncoder().encode('may be deleted\n');
  await storage.put(probe, content);
  try {
    await storage.putIfAbsent(probe, content);
    return false;
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'already-exists') return true;
    throw thrown;
  } finally {
    await storage.remove([probe]);
  }
}
