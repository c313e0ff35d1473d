// What the errors of the operating system mean for us. Only errors that prove absence become `not-found`.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError, type StorageErrorKind } from '../../support/errors.js';

interface Meaning {
  readonly kind: StorageErrorKind;
  readonly what: string;
  readonly next?: string;
}

const NOT_FOUND: Meaning = { kind: 'not-found', what: 'there is no such file or directory' };
const DENIED: Meaning = {
  kind: 'denied',
  what: 'permission denied',
  next: 'check the owner and the permissions, or run as another user',
};
const NO_SPACE: Meaning = {
  kind: 'no-space',
  what: 'no space left on the device',
  next: 'free some space and try again',
};
const TOO_MANY_OPEN: Meaning = {
  kind: 'unavailable',
  what: 'too many files are open',
  next: 'raise the limit with ulimit -n',
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: NOT_FOUND,
  ENOTDIR: { kind: 'not-found', what: 'its path runs through a file' },
  ENAMETOOLONG: { kind: 'not-found', what: 'its name is longer than the file system allows' },
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: { kind: 'denied', what: 'the file system is read-only' },
  ENOSPC: NO_SPACE,
  EDQUOT: { ...NO_SPACE, what: 'the disk quota is used up' },
  EFBIG: { kind: 'no-space', what: 'the file would be larger than the file system allows' },
  EEXIST: { kind: 'already-exists', what: 'it exists already' },
  ENOTEMPTY: { kind: 'conflict', what: 'the directory is not empty' },
  EISDIR: { kind: 'conflict', what: 'it is a directory' },
  ELOOP: { kind: 'corrupt', what: 'its symbolic links lead in a circle' },
  EMFILE: TOO_MANY_OPEN,
  ENFILE: TOO_MANY_OPEN,
};

/** The StorageError for something thrown by node:fs while doing `action` ("read", "list"…) at `location`. */
export function localError(thrown: unknown, action: string, location: Location): StorageError {
  if (thrown instanceof StorageError) return thrown;
  const code = errnoOf(thrown);
  const meaning = MEANINGS[code] ?? {
    kind: 'unavailable',
    what: thrown instanceof Error ? thrown.message : String(thrown),
    next: 'check the disk and the mount, then try again',
  };
  const where = formatLocation(location);
  return new StorageError(meaning.kind, `cannot ${action} ${where}: ${meaning.what}`, {
    where,
    cause: thrown,
    ...(meaning.next === undefined ? {} : { next: meaning.next }),
  });
}

/** Something of the wrong kind is at `location`. */
export function conflictAt(location: Location, what: string): StorageError {
  const where = formatLocation(location);
  return new StorageError('conflict', `cannot use ${where}: ${what}`, { where });
}

/** The errno name of anything thrown; empty where it has none. */
export function errnoOf(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return code ?? '';
}

/** A file name of Unix holds no NUL; of half a surrogate pair Node would make another name. */
const IMPOSSIBLE = /\0|\p{Surrogate}/u;

/** The path to hand to node:fs. Throws `not-found` for a path that no file can have. */
export function filePath(location: Location): string {
  if (!IMPOSSIBLE.test(location.path)) return location.path;
  const where = formatLocation(location);
  throw new StorageError('not-found', `cannot open ${JSON.stringify(where)}: no file can have this name`, {
    where,
  });
}
