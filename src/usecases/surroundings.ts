// Where a cleanup works, and where it has to look. A part of a job's directory cannot be judged without the whole of it;
// and a job that was restored in claim mode goes on using files in the directory of the job before, which lies beside its
// own.
import { baseName, canonicalKey, type Location, parent } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import { StorageError } from '../support/errors.js';
import { isJobDirectory, isSnapshotDirectory } from '../survey/layout.js';

/** A directory of a job, or a place in it. */
const IN_JOB = /^(.*\/[0-9a-f]{32})\/(?:chk-\d+|shared|taskowned|dstl)(?:\/|$)/;
const PARTS_OF_JOB = ['shared', 'taskowned', 'dstl'];

/** The directories to work in for locations that a user gave, each once; throws the StorageError of one that is not there. */
export async function rootsOf(
  locations: readonly Location[],
  openReader: OpenReader,
): Promise<readonly Location[]> {
  const roots = await Promise.all(locations.map((location) => rootFor(location, openReader)));
  return [...new Map(roots.map((root) => [canonicalKey(root), root])).values()];
}

/**
 * The directory to work in for a location that the user gave: itself, but of what lies in a job's directory that directory,
 * and of a savepoint the directory that it lies in. Throws
 * the StorageError of a location that is not there.
 */
async function rootFor(location: Location, openReader: OpenReader): Promise<Location> {
  const isFile = await requireThere(location, openReader);
  const inJob = IN_JOB.exec(location.path)?.[1];
  if (inJob !== undefined) return { ...location, path: inJob };
  const directory = isFile ? parent(location) : location;
  const name = baseName(directory);
  return isSnapshotDirectory(name) || PARTS_OF_JOB.includes(name) ? parent(directory) : directory;
}

/** `roots`, and the directories of jobs that lie beside those of jobs among them. */
export async function surroundingsOf(
  roots: readonly Location[],
  openReader: OpenReader,
): Promise<readonly Location[]> {
  const places = new Map(roots.map((root) => [canonicalKey(root), root]));
  for (const root of roots) {
    if (!isJobDirectory(baseName(root)) || !(await holdsParts(root, openReader))) continue;
    for (const { path, type } of await (await openReader(root)).listDirectory(parent(root))) {
      const beside = { ...root, path };
      if (type === 'directory' && isJobDirectory(baseName(beside)))
        places.set(canonicalKey(beside), places.get(canonicalKey(beside)) ?? beside);
    }
  }
  return [...places.values()];
}

/** Directories with the name of a job that are something else are not surrounded by jobs. */
async function holdsParts(root: Location, openReader: OpenReader): Promise<boolean> {
  const entries = await (await openReader(root)).listDirectory(root);
  return entries
    .map(({ path }) => baseName({ ...root, path }))
    .some((name) => isSnapshotDirectory(name) || PARTS_OF_JOB.includes(name));
}

/** Whether it is a file. */
async function requireThere(location: Location, openReader: OpenReader): Promise<boolean> {
  const reader = await openReader(location);
  try {
    return (await reader.stat(location)).type === 'file';
  } catch (thrown) {
    if (!(thrown instanceof StorageError && thrown.kind === 'not-found')) throw thrown;
    await reader.listDirectory(location); // a prefix of keys, or nothing
    return false;
  }
}
