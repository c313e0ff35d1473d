// Reads S3. The path of a location is a key; directories are prefixes of keys.
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { FileStatus, ListingBatch, StorageCapabilities, StorageReader } from '../storage.js';
import { storageErrorOf } from './errors.js';
import { storeClockMs } from './facts.js';
import { batchOf, directoryOf, keyOf, prefixOf, type StoredObject, unnameable } from './keys.js';
import { listPrefix } from './listing.js';
import { entityTag } from './page.js';
import {
  bucketInput,
  concurrencyOf,
  isMissing,
  pagesOf,
  requireBucket,
  type S3Requests,
  send,
} from './requests.js';

/** Reads the buckets of one endpoint; single requests are not tried again here, pages of listings are. */
export class S3Reader implements StorageReader {
  readonly capabilities: StorageCapabilities;
  protected readonly requests: S3Requests;
  /** Buckets that have answered, so that a 404 is about the object. */
  readonly #knownBuckets = new Set<string>();

  constructor(requests: S3Requests) {
    this.requests = requests;
    const conditionalPut = requests.connection.configuration.conditionalPut ?? true;
    this.capabilities = {
      atomicPut: true,
      conditionalPut,
      rename: false,
      copy: true,
      directories: false,
      blindRemoval: true,
    };
  }

  async *list(root: Location): AsyncGenerator<ListingBatch> {
    // Amazon's directory buckets list in no order
    const concurrency = root.authority.endsWith('--x-s3') ? 1 : concurrencyOf(this.requests);
    const options = { fetchPage: pagesOf(this.requests, root), concurrency };
    const prefix = prefixOf(root);
    let isEmpty = true;
    for await (const objects of listPrefix(prefix, options)) {
      isEmpty = false;
      yield batchOf(objects, root);
    }
    if (isEmpty && prefix !== '') throw nothingAt(root);
  }

  async listDirectory(directory: Location): Promise<readonly FileStatus[]> {
    const fetchPage = pagesOf(this.requests, directory);
    const prefix = prefixOf(directory);
    const objects: StoredObject[] = [];
    const prefixes: string[] = [];
    for (let token: string | null | undefined; token !== null; ) {
      const page = await fetchPage({ prefix, delimiter: '/', ...(token === undefined ? {} : { token }) });
      objects.push(...page.objects);
      prefixes.push(...page.prefixes);
      token = page.nextToken;
    }
    if (objects.length + prefixes.length === 0) await this.#requireAnything(directory);
    const { entries, problems } = batchOf(objects, directory);
    const directories = prefixes.map(
      (text) => directoryOf(text) ?? throwIt(unnameable(text, directory).error),
    );
    if (problems[0] !== undefined) throw problems[0].error;
    return [...entries, ...directories].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stat(location: Location): Promise<FileStatus> {
    const head = await this.#object('look at', location, (s3, input, options) =>
      s3.headObject(input, options),
    );
    return {
      path: location.path,
      type: 'file',
      sizeBytes: head.ContentLength ?? throwIt(shortened(location, 'without a length')),
      modifiedMs: head.LastModified?.getTime() ?? null,
      etag: entityTag(head.ETag),
    };
  }

  async read(location: Location): Promise<Uint8Array> {
    const output = await this.#object('read', location, (s3, input, options) => s3.getObject(input, options));
    return this.#body(location, output);
  }

  async readRange(location: Location, offset: number, length: number): Promise<Uint8Array> {
    if (length === 0) return this.stat(location).then(() => new Uint8Array());
    const range = `bytes=${offset}-${offset + length - 1}`;
    let output: GetObjectCommandOutput;
    try {
      output = await this.#object('read', location, (s3, input, options) =>
        s3.getObject({ ...input, Range: range }, options),
      );
    } catch (thrown) {
      if (isBeyondEnd(thrown)) return new Uint8Array();
      throw thrown;
    }
    const content = await this.#body(location, output);
    // A server that knows no ranges sends the whole.
    if (output.ContentRange === undefined) return content.subarray(offset, offset + length);
    if (isRange(output.ContentRange, { offset, length, got: content.length })) return content;
    throw shortened(location, output.ContentRange);
  }

  nowMs(location: Location): Promise<number> {
    return storeClockMs(this.requests, location);
  }

  /** Throws `not-found` for a 404 about the object, and something else for one about its bucket. */
  async #object<T>(
    operation: string,
    location: Location,
    request: (
      s3: S3Requests['connection']['s3'],
      input: { readonly Bucket: string; readonly Key: string },
      options: { readonly abortSignal?: AbortSignal },
    ) => Promise<T>,
  ): Promise<T> {
    const input = { ...bucketInput(this.requests, location), Key: keyOf(location) };
    try {
      const output = await send(this.requests, operation, location, (s3, options) =>
        request(s3, input, options),
      );
      this.#knownBuckets.add(location.authority);
      return output;
    } catch (thrown) {
      // GET says NoSuchKey or NoSuchBucket; the answer to HEAD has no body that could say it.
      if (!(thrown instanceof StorageError)) throw thrown;
      // Nor could it say why it refuses.
      if (operation === 'look at' && thrown.kind === 'denied') await requireBucket(this.requests, location);
      if (thrown.kind !== 'corrupt' || !isMissing(thrown)) throw thrown;
      if (!this.#knownBuckets.has(location.authority)) await requireBucket(this.requests, location);
      this.#knownBuckets.add(location.authority);
      throw nothingAt(location);
    }
  }

  async #body(location: Location, output: GetObjectCommandOutput): Promise<Uint8Array> {
    const attempt = { operation: 'read', where: formatLocation(location) };
    try {
      const content = await output.Body!.transformToByteArray();
      if (output.ContentLength !== undefined && content.length !== output.ContentLength)
        throw shortened(location, `${content.length} of ${output.ContentLength} bytes`);
      return content;
    } catch (thrown) {
      this.requests.signal?.throwIfAborted();
      throw storageErrorOf(thrown, attempt);
    }
  }

  /** An empty answer is believed when it is given twice; a bucket may be empty. */
  async #requireAnything(directory: Location): Promise<void> {
    const prefix = prefixOf(directory);
    if (prefix === '') return;
    const again = await pagesOf(this.requests, directory)({ prefix });
    if (again.objects.length === 0) throw nothingAt(directory);
    throw new StorageError('unavailable', `${formatLocation(directory)} was listed as empty, and is not`, {
      where: formatLocation(directory),
      next: 'run again',
    });
  }
}

function throwIt(error: Error): never {
  throw error;
}

function nothingAt(location: Location): StorageError {
  const where = formatLocation(location);
  return new StorageError('not-found', `nothing is at ${where}`, { where });
}

function shortened(location: Location, got: string): StorageError {
  const where = formatLocation(location);
  return new StorageError('corrupt', `${where} was delivered other than announced: ${got}`, { where });
}

function isBeyondEnd(thrown: unknown): boolean {
  const status = (thrown as { cause?: { $metadata?: { httpStatusCode?: number } } }).cause?.$metadata;
  return thrown instanceof StorageError && status?.httpStatusCode === 416;
}

/** `bytes 3-9/10`: whether that is what was asked for, or up to the end, and as many bytes have come. */
function isRange(
  contentRange: string,
  { offset, length, got }: { readonly offset: number; readonly length: number; readonly got: number },
): boolean {
  const [first, last, size] = (/^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange) ?? []).slice(1).map(Number);
  if (first === undefined || last === undefined || size === undefined) return false;
  return first === offset && last === Math.min(offset + length, size) - 1 && got === last - first + 1;
}
