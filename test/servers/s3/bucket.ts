// Fresh buckets on the server of a test file.
import { S3 } from '@aws-sdk/client-s3';
import { type Location, parseLocation } from '../../../src/model/location.js';
import type { S3Configuration } from '../../../src/storage/s3/configuration.js';
import { openS3Remover, type S3Options } from '../../../src/storage/s3/open.js';
import { systemClock } from '../../../src/support/clock.js';
import { seededRandom } from '../../../src/support/random.js';
import type { S3Server } from './server.js';

/** A client of the SDK, for what the storage itself does not do: making buckets, policies, locks. */
export function adminClient({ endpoint, admin }: S3Server): S3 {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: admin });
}

let buckets = 0;

/** A new bucket, and its root as a location. */
export async function newBucket(
  server: S3Server,
  options: { readonly locked?: boolean } = {},
): Promise<Location> {
  const bucket = `b${process.pid}-${buckets++}`;
  await adminClient(server).createBucket({
    Bucket: bucket,
    ObjectLockEnabledForBucket: options.locked ?? false,
  });
  return parseLocation(`s3://${bucket}/`, '/');
}

/** Settings for the server, or for a proxy in front of it. */
export function configurationOf(
  { endpoint, admin }: S3Server,
  more: Partial<S3Configuration> = {},
): S3Configuration {
  const ignoring = process.env.CKPT_TEST_S3_CONDITIONAL_PUT === 'false' ? { conditionalPut: false } : {};
  return { endpoint, region: 'us-east-1', pathStyle: true, credentials: admin, ...ignoring, ...more };
}

/** How the command line reaches the server. */
export function environmentOf({ endpoint, admin }: S3Server): Readonly<Record<string, string>> {
  return {
    CKPT_S3_ENDPOINT: endpoint,
    CKPT_S3_PATH_STYLE: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
  };
}

/** All rights, with quick retries. */
export function openAt(configuration: S3Configuration, more: Partial<S3Options> = {}) {
  return openS3Remover({ configuration, clock: systemClock, random: quick, ...more });
}

/** Draws the shortest waits. */
const quick = { ...seededRandom(1), next: () => 0.01 };
