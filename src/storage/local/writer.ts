// Writing to and removing from the local file system. A file appears whole or not at all, also when the power fails:
// its bytes go to a hidden sibling, are forced to disk, and then get their name (Flink LocalRecoverableWriter).
import { unlinkSync } from 'node:fs';
import { constants, copyFile, link, mkdir, open, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import { systemEventLoop } from '../../support/event-loop.js';
import { type Random, randomUuid, systemRandom } from '../../support/random.js';
import type { RemovalResult, StorageRemover, StorageWriter } from '../storage.js';
import { conflictAt, errnoOf, filePath, localError } from './errors.js';
import { attempt, localReader } from './reader.js';
import { renameFile, renameFiles } from './rename.js';
import { syncDirectory } from './sync-directory.js';

/** Files that are removed in one turn of the event loop. */
const FILES_AT_ONCE = 100;

/** A writer to the local file system. `random` names the files in progress. */
export function localWriter(random: Random = systemRandom): StorageWriter {
  return {
    ...localReader(),
    makeDirectory: (location) => attempt('make the directory', location, (path) => makeDirectory(path)),
    put: (location, content) =>
      attempt('write', location, (path) =>
        throughSibling(path, { write: writing([content]), random, place: rename }),
      ),
    putPieces: (location, { read }) =>
      attempt('write', location, (path) =>
        throughSibling(path, { write: writing(read()), random, place: rename }),
      ),
    putIfAbsent: (location, content) =>
      attempt('write', location, (path) =>
        throughSibling(path, { write: writing([content]), random, place: link }),
      ),
    copy: (from, to) => copy(from, to, random),
  };
}

/** A writer that can also remove. */
export function localRemover(random: Random = systemRandom): StorageRemover {
  return {
    ...localWriter(random),
    remove: removeFiles,
    removeEmptyDirectory: (location) => attempt('remove the directory', location, removeDirectory),
    rename: renameFile,
    renameAll: renameFiles,
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
  /** Makes the sibling, its bytes forced to disk. */
  readonly write: (sibling: string) => Promise<void>;
  readonly random: Random;
  /** Gives the finished sibling its name. Unlike a rename, a link refuses a name that is taken. */
  readonly place: (sibling: string, path: string) => Promise<void>;
}

async function throughSibling(path: string, { write, random, place }: Placement): Promise<void> {
  const sibling = join(dirname(path), `.${basename(path)}.inprogress.${randomUuid(random)}`);
  try {
    await write(sibling);
    await place(sibling, path);
  } finally {
    await unlink(sibling).catch(() => undefined);
  }
  await syncDirectory(dirname(path));
}

/** Forces to disk what comes in these pieces. */
function writing(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Placement['write'] {
  return async (path) => {
    const file = await open(path, 'wx');
    try {
      for await (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
  };
}

/** The copy shares its blocks with the original where the file system can do that. */
async function copy(from: Location, to: Location, random: Random): Promise<void> {
  const write = (sibling: string) =>
    attempt('copy', from, async (path) => {
      // Else a directory is said to be of no use for copying, by many names.
      if ((await stat(path)).isDirectory()) throw conflictAt(from, 'it is a directory');
      await copyFile(path, sibling, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await syncFile(sibling);
    });
  await attempt('write', to, (path) => throughSibling(path, { write, random, place: rename }));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** By synchronous calls, ten times as fast as the promise API; between two pieces everybody else gets a turn. */
async function removeFiles(locations: readonly Location[]): Promise<readonly RemovalResult[]> {
  const results: RemovalResult[] = [];
  for (const location of locations) {
    results.push(removeFile(location));
    if (results.length % FILES_AT_ONCE === 0)
      await new Promise<void>((resolve) => systemEventLoop.nextTurn(resolve));
  }
  return results;
}

function removeFile(location: Location): RemovalResult {
  try {
    unlinkSync(filePath(location));
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
