// Writing to and removing from the local file system. A file appears whole or not at all, also when the power fails:
// its bytes go to a hidden sibling, are forced to disk, and then get their name (Flink LocalRecoverableWriter).
import { link, mkdir, open, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import { type Random, randomUuid, systemRandom } from '../../support/random.js';
import type { RemovalResult, StorageRemover, StorageWriter } from '../storage.js';
import { errnoOf, localError } from './errors.js';
import { attempt, localReader } from './reader.js';

/** A writer to the local file system. `random` names the files in progress. */
export function localWriter(random: Random = systemRandom): StorageWriter {
  return {
    ...localReader(),
    makeDirectory: (location) => attempt('make the directory', location, (path) => makeDirectory(path)),
    put: (location, content) =>
      attempt('write', location, (path) => throughSibling(path, { content, random, place: rename })),
    putIfAbsent: (location, content) =>
      attempt('write', location, (path) => throughSibling(path, { content, random, place: link })),
  };
}

/** A writer that can also remove. */
export function localRemover(random: Random = systemRandom): StorageRemover {
  return {
    ...localWriter(random),
    remove: async (locations) => {
      const results: RemovalResult[] = [];
      for (const location of locations) results.push(await removeFile(location));
      return results;
    },
    removeEmptyDirectory: (location) => attempt('remove the directory', location, removeDirectory),
  };
}

/**
 * Makes what is missing, and forces the entry of each new directory to disk. One by one: Node's recursive mkdir goes on
 * for ever where a file system such as /proc says of an existing parent that there is none.
 */
async function makeDirectory(path: string): Promise<void> {
  try {
    await makeOneDirectory(path);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    await makeDirectory(dirname(path));
    await makeOneDirectory(path).catch((thrownAgain) => refuseEntry(path, thrownAgain));
  }
}

async function makeOneDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if (await isDirectory(path)) return;
    throw thrown;
  }
  await syncDirectory(dirname(path));
}

async function isDirectory(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  return status?.isDirectory() ?? false;
}

/** The parent is there by now. */
function refuseEntry(path: string, thrown: unknown): never {
  if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  throw new StorageError(
    'denied',
    `cannot make the directory ${path}: its file system takes no new ones there`,
    {
      where: path,
      next: 'choose a directory on a disk',
      cause: thrown,
    },
  );
}

interface Placement {
  readonly content: Uint8Array;
  readonly random: Random;
  /** Gives the finished sibling its name. Unlike a rename, a link refuses a name that is taken. */
  readonly place: (sibling: string, path: string) => Promise<void>;
}

async function throughSibling(path: string, { content, random, place }: Placement): Promise<void> {
  const sibling = join(dirname(path), `.${basename(path)}.inprogress.${randomUuid(random)}`);
  try {
    await writeDurably(sibling, content);
    await place(sibling, path);
  } finally {
    await unlink(sibling).catch(() => undefined);
  }
  await syncDirectory(dirname(path));
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (thrown) {
    // Some file systems cannot force a directory to disk, and have no more to give.
    if (errnoOf(thrown) !== 'EINVAL' && errnoOf(thrown) !== 'ENOTSUP') throw thrown;
  } finally {
    await directory.close();
  }
}

async function removeFile(location: Location): Promise<RemovalResult> {
  try {
    await attempt('remove', location, unlink);
    return { location, outcome: 'removed' };
  } catch (thrown) {
    const error = localError(thrown, 'remove', location);
    return error.kind === 'not-found'
      ? { location, outcome: 'absent' }
      : { location, outcome: 'failed', error };
  }
}

async function removeDirectory(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
}
