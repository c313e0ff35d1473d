// How a client of S3 is set up, as a value. Where settings come from (flags, environment, Flink's configuration) is
// decided elsewhere; what is left out here, the AWS SDK takes from its own sources: AWS_REGION, AWS_ENDPOINT_URL_S3,
// AWS_PROFILE, ~/.aws/config, and the whole chain of credentials.
import type { ProxySettings } from '../proxies.js';

/** Credentials given outright, as Flink's `s3.access-key` and `s3.secret-key` give them. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Settings of one endpoint; all may be left out. Times in milliseconds. */
export interface S3Configuration {
  /** `https://minio.example:9000` */
  readonly endpoint?: string;
  readonly region?: string;
  /** `endpoint/bucket/key` in place of `bucket.endpoint/key`. */
  readonly pathStyle?: boolean;
  /** A section of ~/.aws/config and ~/.aws/credentials. */
  readonly profile?: string;
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** We pay for requests to a bucket of somebody else. */
  readonly requesterPays?: boolean;
  /** A file of PEM certificates to trust beside the system's; NODE_EXTRA_CA_CERTS works without it. */
  readonly caFile?: string;
  readonly proxies?: ProxySettings;
  readonly connectTimeoutMs?: number;
  /** Until the head of an answer is there. */
  readonly requestTimeoutMs?: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs?: number;
  readonly maxSockets?: number;
  /** Requests at a time of one listing or removal. */
  readonly concurrency?: number;
  /** False where the server is known to ignore `If-None-Match: *` (Garage, rclone); see detectConditionalPut. */
  readonly conditionalPut?: boolean;
}

export const S3_DEFAULTS = {
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  maxSockets: 64,
  concurrency: 16,
} as const;
