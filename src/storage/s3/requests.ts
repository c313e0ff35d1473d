// Requests to one endpoint: every one typed in its failures, cancellable, and with what the configuration adds to each.
import type { RequestPayer, S3 } from '@aws-sdk/client-s3';
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { Retry } from '../retrying.js';
import type { S3Connection } from './client.js';
import { S3_DEFAULTS } from './configuration.js';
import { storageErrorOf } from './errors.js';
import type { FetchPage } from './page.js';
import { pageOf } from './page.js';

/** What all operations share. */
export interface S3Requests {
  readonly connection: S3Connection;
  readonly retry: Retry;
  readonly signal: AbortSignal | undefined;
}

/** What every request to the bucket of `location` says. */
export interface BucketInput {
  readonly Bucket: string;
  readonly RequestPayer?: RequestPayer;
}

export function bucketInput({ connection }: S3Requests, location: Location): BucketInput {
  const payer = connection.configuration.requesterPays === true ? { RequestPayer: 'requester' as const } : {};
  return { Bucket: location.authority, ...payer };
}

/** Sends one request about `location`; throws StorageErrors, or the reason of an abort. */
export async function send<T>(
  { connection, signal }: S3Requests,
  operation: string,
  location: Location,
  request: (s3: S3, options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await request(connection.s3, signal === undefined ? {} : { abortSignal: signal });
  } catch (thrown) {
    signal?.throwIfAborted();
    throw storageErrorOf(thrown, { operation, where: formatLocation(location) });
  }
}

/** Fetches pages of the bucket of `root`, each tried again on its own. */
export function pagesOf(requests: S3Requests, root: Location): FetchPage {
  const where = formatLocation(root);
  return (page) =>
    requests.retry(async () => {
      const output = await send(requests, 'list', root, (s3, options) =>
        s3.listObjectsV2(
          {
            ...bucketInput(requests, root),
            Prefix: page.prefix,
            EncodingType: 'url',
            ...(page.delimiter === undefined ? {} : { Delimiter: page.delimiter }),
            ...(page.startAfter === undefined ? {} : { StartAfter: page.startAfter }),
            ...(page.token === undefined ? {} : { ContinuationToken: page.token }),
          },
          options,
        ),
      );
      return pageOf(output, page, where);
    });
}

/** Requests at a time of one listing or removal. */
export function concurrencyOf({ connection }: S3Requests): number {
  return connection.configuration.concurrency ?? S3_DEFAULTS.concurrency;
}

/**
 * Throws what keeps us from the bucket of `location`; `denied` where there is none. It is asked for one key of it: the
 * answer to HEAD would not say what is wrong.
 */
export async function requireBucket(requests: S3Requests, location: Location): Promise<void> {
  const where = formatLocation(location);
  const request = { prefix: location.path.slice(1) };
  const input = {
    ...bucketInput(requests, location),
    Prefix: request.prefix,
    MaxKeys: 1,
    EncodingType: 'url',
  } as const;
  try {
    pageOf(
      await send(requests, 'look at', location, (s3, options) => s3.listObjectsV2(input, options)),
      request,
      where,
    );
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || !isMissing(thrown)) throw thrown;
    throw new StorageError('denied', `there is no bucket ${location.authority} at the endpoint`, {
      where,
      next: 'check the name of the bucket, --s3-endpoint and --s3-region',
      cause: thrown,
    });
  }
}

/** Whether the store answered 404, whatever it meant. */
export function isMissing({ cause }: StorageError): boolean {
  return (
    (cause as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode === 404
  );
}
