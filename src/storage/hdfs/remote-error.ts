// What an answer of WebHDFS that is no success means for us: by the class of its RemoteException, else by its status.
// Never by its text. A 404 without an exception of HDFS is not `not-found`: it says that no WebHDFS is there.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError, type StorageErrorKind } from '../../support/errors.js';
import { ASK_THE_PROXY } from '../proxies.js';
import type { HttpAnswer } from './http.js';

/** What was tried, and where: "list", "read"… */
export interface Attempted {
  readonly verb: string;
  readonly location: Location;
  /** See Credentials. */
  readonly noToken?: string | undefined;
}

/** An exception that the NameNode or DataNode reported. */
export class RemoteError extends StorageError {
  /** Java's simple class name, `FileNotFoundException`; empty where the answer names none. */
  readonly exception: string;
  readonly status: number;

  constructor(kind: StorageErrorKind, what: string, from: Attempted & RemoteDetails) {
    const where = formatLocation(from.location);
    const next = from.next ?? NEXT[kind];
    const { retryAfterMs } = from;
    super(kind, `cannot ${from.verb} ${where}: ${what}`, { where, retryAfterMs, ...(next && { next }) });
    this.exception = from.exception;
    this.status = from.status;
  }
}

interface RemoteDetails {
  readonly exception: string;
  readonly status: number;
  readonly next?: string;
  readonly retryAfterMs?: number | undefined;
}

const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  FileNotFoundException: 'not-found',
  PathNotFoundException: 'not-found',
  ParentNotDirectoryException: 'not-found',
  FileAlreadyExistsException: 'already-exists',
  AccessControlException: 'denied',
  SnapshotAccessControlException: 'denied',
  AuthorizationException: 'denied',
  AuthenticationException: 'denied',
  SecurityException: 'denied',
  InvalidToken: 'denied',
  InvalidEncryptionKeyException: 'denied',
  PathIsNotEmptyDirectoryException: 'conflict',
  PathIsDirectoryException: 'conflict',
  PathIsNotDirectoryException: 'conflict',
  SnapshotException: 'conflict',
  AlreadyBeingCreatedException: 'conflict',
  LeaseExpiredException: 'conflict',
  RecoveryInProgressException: 'conflict',
  InvalidPathException: 'conflict',
  IllegalArgumentException: 'conflict',
  PathComponentTooLongException: 'conflict',
  UnsupportedOperationException: 'conflict',
  QuotaExceededException: 'no-space',
  NSQuotaExceededException: 'no-space',
  DSQuotaExceededException: 'no-space',
  QuotaByStorageTypeExceededException: 'no-space',
  MaxDirectoryItemsExceededException: 'no-space',
  DiskOutOfSpaceException: 'no-space',
};

const NEXT: Partial<Record<StorageErrorKind, string>> = {
  denied: 'check the permissions and the user (--hdfs-user, HADOOP_USER_NAME)',
  unavailable: 'check that the NameNode and the DataNodes are up, then try again',
};

/** Whether the NameNode says that another one is to be asked. */
export function isStandby(answer: HttpAnswer): boolean {
  const exception = remoteException(answer)?.exception;
  return exception === 'StandbyException' || exception === 'ObserverRetryOnActiveException';
}

/** The error that an answer other than a success stands for. */
export function remoteError(answer: HttpAnswer, attempted: Attempted): RemoteError {
  const remote = remoteException(answer);
  const { status } = answer;
  if (remote !== null) {
    // Every other exception, IOException above all, says that it could not be done: not why, and not that nothing is
    // there.
    const kind = KINDS[remote.exception] ?? 'unavailable';
    const what = `${firstLine(remote.message)} (${remote.exception})`;
    const next = remote.exception === 'InvalidToken' ? { next: NEW_TOKEN } : {};
    return new RemoteError(kind, what, { ...attempted, ...next, exception: remote.exception, status });
  }
  const { kind, ...rest } = meaningOfStatus(answer, attempted);
  return new RemoteError(kind, rest.what, { ...attempted, ...rest, exception: '', status });
}

interface StatusMeaning {
  readonly kind: StorageErrorKind;
  readonly what: string;
  readonly next?: string;
  readonly retryAfterMs?: number;
}

const NO_KERBEROS =
  'give a delegation token: a file of "hdfs fetchdt" in HADOOP_TOKEN_FILE_LOCATION, or the token itself in CKPT_HDFS_DELEGATION_TOKEN (tickets are not used: see docs/storage.md)';
const NEW_TOKEN =
  'get a new delegation token ("hdfs fetchdt", HADOOP_TOKEN_FILE_LOCATION): this one is expired, cancelled, or of another cluster';

function meaningOfStatus({ status, headers, body }: HttpAnswer, { noToken }: Attempted): StatusMeaning {
  const challenge = headers['www-authenticate'];
  if (status === 401 && challenge !== undefined && /negotiate/i.test(challenge)) {
    const what = `the server asks for a Kerberos ticket${noToken === undefined ? '' : `; ${noToken}`}`;
    return { kind: 'denied', what, next: NO_KERBEROS };
  }
  if (status === 407) return { kind: 'denied', what: 'the proxy asks for a login', next: ASK_THE_PROXY };
  if (status === 401 || status === 403) {
    return { kind: 'denied', what: `the server refuses with status ${status}` };
  }
  const waitSeconds = Number(headers['retry-after']);
  if (status === 429 || (status === 503 && waitSeconds >= 0)) {
    const busy = { kind: 'throttled', what: `the server is busy (status ${status})` } as const;
    return {
      ...busy,
      next: 'try again with less --concurrency',
      ...(waitSeconds >= 0 && { retryAfterMs: waitSeconds * 1000 }),
    };
  }
  if (body.includes('Hadoop IPC port')) {
    const next = 'give the port at which the NameNode speaks HTTP, mostly 9870';
    return { kind: 'denied', what: 'it is the RPC port of the NameNode', next };
  }
  const next = 'check that the address is that of a NameNode and that WebHDFS is enabled';
  return { kind: 'unavailable', what: `the answer is no WebHDFS (status ${status})`, next };
}

interface RemoteException {
  readonly exception: string;
  readonly message: string;
}

function remoteException({ body }: HttpAnswer): RemoteException | null {
  try {
    const remote = JSON.parse(body.toString('utf8'))?.RemoteException;
    if (typeof remote?.exception !== 'string') return null;
    return { exception: remote.exception, message: String(remote.message ?? '') };
  } catch {
    return null;
  }
}

/** A DataNode sends its stack trace in the message. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] || 'no reason given';
}
