// The doors to S3, one for each right. The AWS SDK is loaded when the first is opened.
import type { Location } from '../../model/location.js';
import type { Clock } from '../../support/clock.js';
import type { Random } from '../../support/random.js';
import { PATIENCE, type RetryPolicy, retryBy, retryingReader, retryingStorage } from '../retrying.js';
import type { OpenUpload, OpenUploads, Pieces, StorageReader, StorageRemover } from '../storage.js';
import { connectS3 } from './client.js';
import type { S3Configuration } from './configuration.js';
import { keepsConditions, type RemovalLeaves, removalLeaves } from './facts.js';
import { S3Reader } from './reader.js';
import type { S3Requests } from './requests.js';
import { abortUpload, listUploads } from './uploads.js';
import { S3Remover } from './writer.js';

/** Where to, and how failures are tried again. */
export interface S3Options {
  readonly configuration: S3Configuration;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends requests and waits; its reason is thrown. */
  readonly signal?: RetryPolicy['signal'];
  readonly onRetry?: RetryPolicy['onRetry'];
  /** {@link PATIENCE} where it is left out. */
  readonly attempts?: number;
}

/** What S3 can tell beyond the interface. */
export interface S3Facts {
  removalLeaves(bucket: Location): Promise<RemovalLeaves>;
  listUploads(root: Location): Promise<OpenUploads>;
}

/** What S3 can do beyond the interface. */
export interface S3Acts {
  abortUpload(bucket: Location, upload: OpenUpload): Promise<void>;
  /** Whether `putIfAbsent` decides races here; writes and removes a probe below `directory`. */
  keepsConditions(directory: Location): Promise<boolean>;
}

/** Reads the buckets of an endpoint. */
export async function openS3Reader(options: S3Options): Promise<StorageReader & S3Facts> {
  const requests = await requestsOf(options);
  return { ...retryingReader(new S3Reader(requests), requests.retry), ...factsOf(requests) };
}

/** All rights to the buckets of an endpoint. */
export async function openS3Remover(options: S3Options): Promise<StorageRemover & S3Facts & S3Acts> {
  const requests = await requestsOf(options);
  const inner = new S3Remover(requests);
  const storage = {
    ...retryingStorage(inner, requests.retry),
    putPieces: (location: Location, pieces: Pieces) => inner.putPieces(location, pieces),
  };
  return {
    ...storage,
    ...factsOf(requests),
    abortUpload: (bucket, upload) => abortUpload(requests, bucket, upload),
    keepsConditions: (directory) => keepsConditions(storage, directory),
  };
}

function factsOf(requests: S3Requests): S3Facts {
  return {
    removalLeaves: (bucket) => removalLeaves(requests, bucket),
    listUploads: (root) => listUploads(requests, root),
  };
}

async function requestsOf(options: S3Options): Promise<S3Requests> {
  const { configuration, clock, random, signal, onRetry, attempts = PATIENCE.attempts } = options;
  const connection = await connectS3(configuration);
  const retry = retryBy({ ...PATIENCE, attempts, clock, random, signal, onRetry });
  return { connection, retry, signal };
}
