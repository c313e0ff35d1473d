// Removing many objects, each by its exact key: DeleteObjects by the thousand, with an answer for every key. S3 does
// not tell whether a key was there, so that `removed` is also said of one that was absent; in a bucket with versions a
// marker hides the object and nothing is freed.
import type { DeleteObjectsCommandOutput } from '@aws-sdk/client-s3';
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { RemovalResult, VersionName } from '../storage.js';
import { keyErrorOf } from './errors.js';
import { keyOf } from './keys.js';
import { bucketInput, concurrencyOf, type S3Requests, send } from './requests.js';

const KEYS_PER_REQUEST = 1000;
/** Characters that no XML document can hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** An object by its key; or exactly one version of it. */
type Target = Pick<VersionName, 'location'> & Partial<VersionName>;

/** One result per location, in the order given; a key that is given twice is `absent` the second time. */
export function removeObjects(
  requests: S3Requests,
  locations: readonly Location[],
): Promise<readonly RemovalResult[]> {
  return removeTargets(
    requests,
    locations.map((location) => ({ location })),
  );
}

/** Removes exactly these versions, markers among them, for good; otherwise like {@link removeObjects}. */
export async function removeTargets(
  requests: S3Requests,
  targets: readonly Target[],
): Promise<readonly RemovalResult[]> {
  const results: (RemovalResult | undefined)[] = targets.map(() => undefined);
  const batches = batchesOf(targets, results);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < batches.length) {
      const batch = batches[next++]!;
      const outcomes = await removeBatch(requests, batch);
      for (const object of batch.objects)
        results[object.index] = outcomes(object, targets[object.index]!.location);
    }
  };
  const workers = Math.min(concurrencyOf(requests), batches.length);
  await Promise.all(Array.from({ length: workers }, work));
  return targets.map(({ location }, index) => results[index] ?? { location, outcome: 'absent' });
}

/** What goes in one request, and the places of the results. */
interface Batch {
  readonly bucket: Location;
  readonly objects: BatchObject[];
}

interface BatchObject extends Named {
  readonly index: number;
}

/** What tells an object, or a version of it, from all others in its bucket. */
interface Named {
  readonly key: string;
  readonly versionId: string | undefined;
}

type Outcome = (object: Named, location: Location) => RemovalResult;

/** Divides by bucket; what cannot be a key is absent, and a key that XML cannot hold goes alone. */
function batchesOf(targets: readonly Target[], results: (RemovalResult | undefined)[]): readonly Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  const seen = new Set<string>();
  targets.forEach(({ location, versionId }, index) => {
    const key = keyIfAny(location);
    const identity = `${location.authority}/${nameOf({ key: key ?? '', versionId })}`;
    if (key === null || seen.has(identity)) {
      results[index] = { location, outcome: 'absent' };
      return;
    }
    seen.add(identity);
    const alone = NOT_XML.test(key);
    const current = alone ? undefined : open.get(location.authority);
    const batch = current ?? { bucket: location, objects: [] };
    if (current === undefined) batches.push(batch);
    batch.objects.push({ key, versionId, index });
    if (alone) return;
    if (batch.objects.length < KEYS_PER_REQUEST) open.set(location.authority, batch);
    else open.delete(location.authority);
  });
  return batches;
}

function nameOf({ key, versionId = '' }: Named): string {
  return `${versionId} ${key}`;
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
    const [only] = batch.objects;
    if (batch.objects.length === 1) return await removeOne(requests, batch.bucket, only!);
    return outcomesOf(await removeMany(requests, batch));
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    return (_, location) => ({ location, outcome: 'failed', error: thrown });
  }
}

async function removeOne(requests: S3Requests, location: Location, object: Named): Promise<Outcome> {
  const input = { ...bucketInput(requests, location), ...inputOf(object) };
  await send(requests, 'remove', location, (s3, options) => s3.deleteObject(input, options));
  return (_, removed) => ({ location: removed, outcome: 'removed' });
}

async function removeMany(
  requests: S3Requests,
  { bucket, objects }: Batch,
): Promise<DeleteObjectsCommandOutput> {
  const input = {
    ...bucketInput(requests, bucket),
    Delete: { Objects: objects.map(inputOf), Quiet: false },
  };
  return send(requests, 'remove from', bucket, (s3, options) => s3.deleteObjects(input, options));
}

function inputOf({ key, versionId }: Named) {
  return { Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
}

/** A key that the answer does not mention has failed: silence is no success. */
function outcomesOf(output: DeleteObjectsCommandOutput): Outcome {
  const removed = new Set((output.Deleted ?? []).flatMap(namesOf));
  const errors = new Map(
    (output.Errors ?? []).flatMap((error) => namesOf(error).map((name) => [name, error] as const)),
  );
  return (object, location) => {
    const where = formatLocation(location);
    const error = errors.get(nameOf(object));
    if (error !== undefined) {
      const { Code = 'Unknown', Message = '' } = error;
      const failure = keyErrorOf(Code, Message, { operation: 'remove', where });
      return failure.kind === 'not-found'
        ? { location, outcome: 'absent' }
        : { location, outcome: 'failed', error: failure };
    }
    if (removed.has(nameOf(object))) return { location, outcome: 'removed' };
    const silence = new StorageError('corrupt', `the store did not say whether it removed ${where}`, {
      where,
    });
    return { location, outcome: 'failed', error: silence };
  };
}

/** Where no version was named, the key says it; and of a marker that went SeaweedFS tells no other id than this. */
function namesOf(told: {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly DeleteMarkerVersionId?: string | undefined;
}): readonly string[] {
  const { Key: key = '', VersionId, DeleteMarkerVersionId } = told;
  return [undefined, VersionId, DeleteMarkerVersionId].map((versionId) => nameOf({ key, versionId }));
}
