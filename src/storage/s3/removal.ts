// Removing many objects, each by its exact key: DeleteObjects by the thousand, with an answer for every key. S3 does
// not tell whether a key was there, so that `removed` is also said of one that was absent; in a bucket with versions a
// marker hides the object and nothing is freed.
import type { DeleteObjectsCommandOutput } from '@aws-sdk/client-s3';
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { RemovalResult } from '../storage.js';
import { keyErrorOf } from './errors.js';
import { keyOf } from './keys.js';
import { bucketInput, concurrencyOf, type S3Requests, send } from './requests.js';

const KEYS_PER_REQUEST = 1000;
/** Characters that no XML document can hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** One result per location, in the order given; a key that is given twice is `absent` the second time. */
export async function removeObjects(
  requests: S3Requests,
  locations: readonly Location[],
): Promise<readonly RemovalResult[]> {
  const results: (RemovalResult | undefined)[] = locations.map(() => undefined);
  const batches = batchesOf(locations, results);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < batches.length) {
      const batch = batches[next++]!;
      const outcomes = await removeBatch(requests, batch);
      for (const [key, index] of batch.indexes) results[index] = outcomes(key, locations[index]!);
    }
  };
  const workers = Math.min(concurrencyOf(requests), batches.length);
  await Promise.all(Array.from({ length: workers }, work));
  return locations.map((location, index) => results[index] ?? { location, outcome: 'absent' });
}

/** Keys of one bucket that go in one request, and the places of their results. */
interface Batch {
  readonly bucket: Location;
  readonly indexes: Map<string, number>;
}

type Outcome = (key: string, location: Location) => RemovalResult;

/** Divides by bucket; what cannot be a key is absent, and a key that XML cannot hold goes alone. */
function batchesOf(locations: readonly Location[], results: (RemovalResult | undefined)[]): readonly Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  const seen = new Set<string>();
  locations.forEach((location, index) => {
    const key = keyIfAny(location);
    const identity = `${location.authority}/${key}`;
    if (key === null || seen.has(identity)) {
      results[index] = { location, outcome: 'absent' };
      return;
    }
    seen.add(identity);
    const alone = NOT_XML.test(key);
    const current = alone ? undefined : open.get(location.authority);
    const batch = current ?? { bucket: location, indexes: new Map<string, number>() };
    if (current === undefined) batches.push(batch);
    batch.indexes.set(key, index);
    if (alone) return;
    if (batch.indexes.size < KEYS_PER_REQUEST) open.set(location.authority, batch);
    else open.delete(location.authority);
  });
  return batches;
}

function keyIfAny(location: Location): string | null {
  try {
    return keyOf(location);
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

/** Sends one batch; where the request as a whole fails, so does each of its keys. */
async function removeBatch(requests: S3Requests, batch: Batch): Promise<Outcome> {
  try {
    const [only = ''] = batch.indexes.keys();
    if (batch.indexes.size === 1) return await removeOne(requests, batch.bucket, only);
    return outcomesOf(await removeMany(requests, batch));
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    return (_, location) => ({ location, outcome: 'failed', error: thrown });
  }
}

async function removeOne(requests: S3Requests, location: Location, key: string): Promise<Outcome> {
  const input = { ...bucketInput(requests, location), Key: key };
  await send(requests, 'remove', location, (s3, options) => s3.deleteObject(input, options));
  return (_, removed) => ({ location: removed, outcome: 'removed' });
}

async function removeMany(
  requests: S3Requests,
  { bucket, indexes }: Batch,
): Promise<DeleteObjectsCommandOutput> {
  const Objects = [...indexes.keys()].map((Key) => ({ Key }));
  const input = { ...bucketInput(requests, bucket), Delete: { Objects, Quiet: false } };
  return send(requests, 'remove from', bucket, (s3, options) => s3.deleteObjects(input, options));
}

/** A key that the answer does not mention has failed: silence is no success. */
function outcomesOf(output: DeleteObjectsCommandOutput): Outcome {
  const removed = new Set((output.Deleted ?? []).map(({ Key }) => Key));
  const errors = new Map((output.Errors ?? []).map((error) => [error.Key, error]));
  return (key, location) => {
    const where = formatLocation(location);
    const error = errors.get(key);
    if (error !== undefined) {
      const { Code = 'Unknown', Message = '' } = error;
      const failure = keyErrorOf(Code, Message, { operation: 'remove', where });
      return failure.kind === 'not-found'
        ? { location, outcome: 'absent' }
        : { location, outcome: 'failed', error: failure };
    }
    if (removed.has(key)) return { location, outcome: 'removed' };
    const silence = new StorageError('corrupt', `the store did not say whether it removed ${where}`, {
      where,
    });
    return { location, outcome: 'failed', error: silence };
  };
}
