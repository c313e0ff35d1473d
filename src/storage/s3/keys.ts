// Keys of S3 and paths of locations: the path `/a/b` is the key `a/b`, and a directory is a prefix `a/b/`. S3 has keys
// that no canonical path can name (`a//b`, `a/../b`, `/a`): they are reported, and never taken for another key.
import { formatLocation, type Location, normalizePath } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { FileStatus, ListingBatch, ListingProblem } from '../storage.js';

/** An object as a listing tells of it. */
export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly etag: string | null;
}

const LONGEST_KEY_BYTES = 1024;

/** The key of an object. Throws `not-found` where no object can have it. */
export function keyOf(location: Location): string {
  const key = location.path.slice(1);
  const impossible =
    key === '' || /[\0\p{Surrogate}]/u.test(key) || Buffer.byteLength(key) > LONGEST_KEY_BYTES;
  if (!impossible) return key;
  const where = formatLocation(location);
  throw new StorageError('not-found', `no object can be named ${JSON.stringify(where)}`, { where });
}

/** What the keys of everything below `directory` begin with; empty for the bucket itself. */
export function prefixOf(directory: Location): string {
  return directory.path === '/' ? '' : `${keyOf(directory)}/`;
}

/** Objects as entries of a listing below `root`; a marker of `root` itself is left out. */
export function batchOf(objects: readonly StoredObject[], root: Location): ListingBatch {
  const entries: FileStatus[] = [];
  const problems: ListingProblem[] = [];
  for (const object of objects) {
    const entry = entryOf(object);
    if (entry === null) problems.push(unnameable(object.key, root));
    else if (entry.path !== root.path) entries.push(entry);
  }
  return { entries, problems };
}

/** The directory that a common prefix stands for; null where no path can name it. */
export function directoryOf(prefix: string): FileStatus | null {
  return entryOf({ key: prefix, sizeBytes: 0, modifiedMs: null, etag: null });
}

/** The problem of a key that no path can name. */
export function unnameable(key: string, root: Location): ListingProblem {
  const path = `/${key}`;
  const where = `${root.scheme}://${root.authority}${path}`;
  const error = new StorageError(
    'corrupt',
    `the key ${JSON.stringify(key)} is no path that Flink could name`,
    {
      where,
      next: 'look at it with a client of the store; it is left alone here',
    },
  );
  return { path, error };
}

/** A key that ends in `/` is a marker that tools leave for a directory. */
function entryOf({ key, sizeBytes, modifiedMs, etag }: StoredObject): FileStatus | null {
  const isMarker = key.endsWith('/');
  const path = isMarker ? `/${key.slice(0, -1)}` : `/${key}`;
  if (path === '/' || normalizePath(path) !== path) return null;
  if (isMarker) return { path, type: 'directory', sizeBytes: 0, modifiedMs, etag };
  return { path, type: 'file', sizeBytes, modifiedMs, etag };
}
