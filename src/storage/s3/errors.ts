// What S3 servers, the network and the SDK throw, as StorageErrors. Only a 404 about an object means `not-found`: a
// missing bucket is a wrong name or endpoint, and nobody may conclude from it that files are gone.
import { StorageError, type StorageErrorKind } from '../../support/errors.js';
import { connectionMessage } from '../agents.js';
import { ASK_THE_PROXY, REFUSED_BY_PROXY } from '../proxies.js';
import { isCertificateError, TRUST_IT } from '../trust.js';

/** What was attempted: `list`, `read` …, and the location. */
export interface S3Attempt {
  readonly operation: string;
  readonly where: string;
}

/** The parts of an SDK error that tell what happened; any may be missing. */
interface S3Failure {
  readonly name?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

interface Meaning {
  readonly kind: StorageErrorKind;
  readonly next?: string;
}

const CREDENTIALS =
  'check the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of this machine';
const THROTTLED: Meaning = { kind: 'throttled', next: 'run again later, or with a smaller --concurrency' };
const UNAVAILABLE: Meaning = { kind: 'unavailable', next: 'run again when the store can be reached' };
const UNREACHABLE: Meaning = {
  kind: 'unavailable',
  next: 'check --s3-endpoint and the network, then run again',
};
const REGION: Meaning = { kind: 'denied', next: 'give the region of the bucket with --s3-region' };
const CERTIFICATE: Meaning = { kind: 'denied', next: TRUST_IT };

/** Error codes of S3 (and of the SDK where it has no answer), whatever the status. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchKey: { kind: 'not-found' },
  NoSuchVersion: { kind: 'not-found' },
  NoSuchUpload: { kind: 'not-found' },
  NoSuchBucket: { kind: 'denied', next: 'check the name of the bucket, --s3-endpoint and --s3-region' },
  AccessDenied: {
    kind: 'denied',
    next: 'the credentials are good but lack the permission: see docs/storage.md',
  },
  InvalidAccessKeyId: { kind: 'denied', next: CREDENTIALS },
  SignatureDoesNotMatch: {
    kind: 'denied',
    next: 'check the secret key (AWS_SECRET_ACCESS_KEY or the profile)',
  },
  ExpiredToken: { kind: 'denied', next: 'get new credentials and run again; what was done stays done' },
  ExpiredTokenException: {
    kind: 'denied',
    next: 'get new credentials and run again; what was done stays done',
  },
  InvalidToken: { kind: 'denied', next: CREDENTIALS },
  CredentialsProviderError: { kind: 'denied', next: CREDENTIALS },
  TokenProviderError: { kind: 'denied', next: CREDENTIALS },
  RequestTimeTooSkewed: { kind: 'denied', next: "set this machine's clock" },
  RequestExpired: { kind: 'denied', next: "set this machine's clock" },
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  InvalidObjectState: { kind: 'denied', next: 'the object is archived: restore it first' },
  ObjectLocked: {
    kind: 'denied',
    next: 'wait until the retention of the object ends, or lift its legal hold',
  },
  PreconditionFailed: { kind: 'conflict' },
  KeyTooLongError: { kind: 'not-found' },
  SlowDown: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  TooManyRequestsException: THROTTLED,
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  ServiceUnavailable: THROTTLED,
  RequestTimeout: UNAVAILABLE,
  InternalError: UNAVAILABLE,
  OperationAborted: UNAVAILABLE,
  ConditionalRequestConflict: UNAVAILABLE,
  TimeoutError: UNREACHABLE,
  ECONNREFUSED: UNREACHABLE,
  ENOTFOUND: {
    kind: 'unavailable',
    next: 'check --s3-endpoint; a server without names for its buckets needs --s3-path-style',
  },
  EPROTO: {
    kind: 'denied',
    next: 'check --s3-endpoint: most likely the server speaks http there, and not https',
  },
  QuotaExceeded: { kind: 'no-space' },
  XMinioStorageFull: { kind: 'no-space' },
};

/** What servers say in words where their code is AccessDenied or InvalidRequest. */
const LOCKED = /object.?lock|legal hold|WORM|retention/i;

/** Anything that a call threw, as a StorageError; what an abort threw, as it is. */
export function storageErrorOf(thrown: unknown, { operation, where }: S3Attempt): unknown {
  if (thrown instanceof StorageError || isAbort(thrown)) return thrown;
  const failure = thrown as S3Failure;
  const status = failure.$metadata?.httpStatusCode ?? failure.$response?.statusCode;
  const { kind, next = 'see the cause' } = meaningOf(failure, status);
  const waitMs = retryAfterMs(failure);
  // it holds the answer, and with that the socket
  Reflect.deleteProperty(failure, '$response');
  return new StorageError(kind, `cannot ${operation} ${where}: ${said(failure, status)}`, {
    where,
    next,
    cause: thrown,
    retryAfterMs: waitMs,
  });
}

/** One line: code, status and message; of an answer without a body the status only. */
function said(failure: S3Failure, status: number | undefined): string {
  const code = codeOf(failure);
  const message = connectionMessage(failure);
  const name = UNTOLD.test(code) || code === `${status}` || message.includes(code) ? '' : code;
  const text = UNTOLD.test(message) ? '' : message;
  if (status !== undefined && name + text === '') return `the answer is ${status}, and says no more`;
  return [name, status ?? '', text].filter((part) => part !== '').join(', ');
}

/** What the SDK says where the answer says nothing. */
const UNTOLD = /^(Unknown|UnknownError|Error)$/;

/** The error of one key of a batch, from its code and message. */
export function keyErrorOf(code: string, message: string, attempt: S3Attempt): StorageError {
  return storageErrorOf({ name: code, message }, attempt) as StorageError;
}

function meaningOf(failure: S3Failure, status: number | undefined): Meaning {
  const code = codeOf(failure);
  if (/^(AccessDenied|InvalidRequest)$/.test(code) && LOCKED.test(failure.message ?? ''))
    return MEANINGS.ObjectLocked!;
  const known = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return known ?? (status === undefined ? meaningOfNetworkError(code) : meaningOfStatus(status));
}

/** For answers without a code of S3, as those to HEAD are. A 404 is judged by the caller, who knows what he asked. */
function meaningOfStatus(status: number): Meaning {
  if (status === 429 || status === 503) return THROTTLED;
  if (status === 507) return { kind: 'no-space' };
  if (status === 407) return { kind: 'denied', next: ASK_THE_PROXY };
  if (status >= 500 && status !== 501) return UNAVAILABLE;
  if (status === 301 || status === 307) return REGION;
  if (status === 401 || status === 403) return MEANINGS.AccessDenied!;
  if (status === 412) return MEANINGS.PreconditionFailed!;
  if (status >= 400 && status !== 404)
    return { kind: 'denied', next: 'check that the endpoint is an S3 server' };
  return { kind: 'corrupt', next: 'check that --s3-endpoint is an S3 server and no proxy is in between' };
}

/** Without any answer: the connection broke, or it could not be made. */
function meaningOfNetworkError(code: string): Meaning {
  if (isCertificateError(code)) return CERTIFICATE;
  if (code === REFUSED_BY_PROXY) return { kind: 'denied', next: ASK_THE_PROXY };
  return /^(HPE_|ERR_|SyntaxError$)/.test(code) ? { kind: 'corrupt', ...SCHEME } : UNAVAILABLE;
}

const SCHEME = { next: 'check the endpoint: http in place of https, or another port?' };

function codeOf({ name = '', code, Code }: S3Failure): string {
  return name === 'Error' || name === 'Unknown' || name === 'UnknownError' ? (Code ?? code ?? name) : name;
}

function retryAfterMs({ $response }: S3Failure): number | undefined {
  const seconds = Number($response?.headers?.['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
