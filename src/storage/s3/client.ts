// A client of the AWS SDK set up as we need it, loaded when the first S3 location is opened. The SDK signs, sends and
// parses; attempts, waits and the meaning of errors are ours.
import type { S3, S3ClientConfig } from '@aws-sdk/client-s3';
import { type Agents, agentsFor } from '../agents.js';
import { trustedCertificates } from '../trust.js';
import { S3_DEFAULTS, type S3Configuration } from './configuration.js';
import { readListingsQuickly } from './list-answer.js';

/** A client, and the time of the store's clock as its latest answer told it. */
export interface S3Connection {
  readonly s3: S3;
  readonly configuration: S3Configuration;
  /** Milliseconds since the epoch, in whole seconds; null before the first answer. */
  latestDateMs(): number | null;
}

/** Connects to one endpoint. Nothing is sent. Throws a UsageError where a file of certificates can't be read. */
export async function connectS3(configuration: S3Configuration): Promise<S3Connection> {
  // The SDK would print a warning about the version of Node among our output.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const sdk = await import('@aws-sdk/client-s3');
  const options = clientOptions(configuration, await agentsOf(configuration));
  let s3 = new sdk.S3(options);
  if (!(await hasRegion(s3))) s3 = new sdk.S3({ ...options, region: 'us-east-1' });
  // it describes every answer at length, for a logger that we do not have
  s3.middlewareStack.remove('loggerMiddleware');
  readListingsQuickly(s3);
  let latestDateMs: number | null = null;
  s3.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const dateMs = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(dateMs)) latestDateMs = dateMs;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'storeDate' },
  );
  return { s3, configuration, latestDateMs: () => latestDateMs };
}

/** Whether some source of the SDK names a region; servers other than Amazon's seldom care. */
async function hasRegion(s3: S3): Promise<boolean> {
  try {
    return (await s3.config.region()) !== '';
  } catch {
    return false;
  }
}

function clientOptions(configuration: S3Configuration, agents: Agents): S3ClientConfig {
  const { endpoint, region, pathStyle, profile, credentials } = configuration;
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(pathStyle === undefined ? {} : { forcePathStyle: pathStyle }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 1,
    followRegionRedirects: true,
    // Old servers know no checksums; others send that of the whole object with a part of it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: quiet,
    requestHandler: {
      httpAgent: agents.http,
      httpsAgent: agents.https,
      connectionTimeout: configuration.connectTimeoutMs ?? S3_DEFAULTS.connectTimeoutMs,
      requestTimeout: configuration.requestTimeoutMs ?? S3_DEFAULTS.requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: configuration.idleTimeoutMs ?? S3_DEFAULTS.idleTimeoutMs,
      logger: quiet,
    },
  };
}

function agentsOf(configuration: S3Configuration): Promise<Agents> {
  const { maxSockets = S3_DEFAULTS.maxSockets, caFile, proxies = {} } = configuration;
  const options = { keepAlive: true, maxSockets };
  return agentsFor(proxies, caFile === undefined ? options : { ...options, ca: trustedCertificates(caFile) });
}
