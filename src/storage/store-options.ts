// What the doors to storage need beside a location: how each store is reached, and the time, chance and signal of who asks.
import type { Location } from '../model/location.js';
import { type Clock, systemClock } from '../support/clock.js';
import { type Random, systemRandom } from '../support/random.js';
import type { ProxySettings } from './proxies.js';
import type { RetryPolicy } from './retrying.js';
import type { S3Configuration } from './s3/configuration.js';
import type { S3Options } from './s3/open.js';

/** How the stores are reached. What is left out, a driver takes from its own sources or has a default for. */
export interface StoreSettings {
  /** Requests at a time of one listing or removal. */
  readonly concurrency?: number;
  /** A file of PEM certificates to trust beside the well-known ones. */
  readonly caFile?: string;
  readonly proxies?: ProxySettings;
  readonly s3?: Pick<
    S3Configuration,
    'endpoint' | 'region' | 'pathStyle' | 'profile' | 'credentials' | 'requesterPays' | 'conditionalPut'
  >;
  readonly hdfs?: HdfsStoreSettings;
}

export interface HdfsStoreSettings {
  readonly user?: string;
  readonly delegationToken?: string;
  /** Where Hadoop keeps tokens; `delegationToken` wins. */
  readonly tokenFile?: Location;
  /** `HOST:PORT` of each NameNode of a pair. */
  readonly webhdfs?: readonly string[];
  /** Where core-site.xml and hdfs-site.xml are. */
  readonly configurationDirectory?: Location;
}

export interface StoreOptions extends Pick<RetryPolicy, 'clock' | 'random' | 'signal' | 'onRetry'> {
  readonly settings: StoreSettings;
  readonly clock: Clock;
  readonly random: Random;
}

/** No settings at all. */
export const PLAIN_STORES: StoreOptions = { settings: {}, clock: systemClock, random: systemRandom };

/** What the doors to S3 take. */
export function s3Options({ settings, ...world }: StoreOptions): S3Options {
  const { concurrency, caFile, proxies, s3 } = settings;
  const configuration = {
    ...s3,
    ...(concurrency !== undefined && { concurrency }),
    ...(caFile !== undefined && { caFile }),
    ...(proxies !== undefined && { proxies }),
  };
  return { configuration, ...world };
}
