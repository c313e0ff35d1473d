// Giving local files other names. By synchronous calls, many times as fast as the promise API; the directories are forced to
// disk when all is done, each once.
import { lstatSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import { systemEventLoop } from '../../support/event-loop.js';
import type { Move } from '../storage.js';
import { conflictAt, filePath, localError } from './errors.js';
import { syncDirectory } from './sync-directory.js';

/** Files that are renamed in one turn of the event loop. */
const FILES_AT_ONCE = 100;

/** See StorageRemover.rename. */
export async function renameFile(from: Location, to: Location): Promise<void> {
  const [error] = await renameFiles([{ from, to }]);
  if (error) throw error;
}

/** See StorageRemover.renameAll. */
export async function renameFiles(moves: readonly Move[]): Promise<readonly (StorageError | null)[]> {
  const errors: (StorageError | null)[] = [];
  for (const move of moves) {
    errors.push(renameOne(move));
    if (errors.length % FILES_AT_ONCE === 0)
      await new Promise<void>((resolve) => systemEventLoop.nextTurn(resolve));
  }
  const renamed = moves.filter((_, index) => errors[index] === null);
  const unsynced = await syncAll(
    new Set(renamed.flatMap(({ from, to }) => [dirname(to.path), dirname(from.path)])),
  );
  return errors.map((error, index) => {
    const { from, to } = moves[index]!;
    return error ?? unsynced.get(dirname(to.path)) ?? unsynced.get(dirname(from.path)) ?? null;
  });
}

/** rename(2) replaces what is at `to`: it is looked for beforehand, which keeps nobody else from putting it there. */
function renameOne({ from, to }: Move): StorageError | null {
  const source = attempt('rename', from, (path) => {
    if (lstatSync(path).isDirectory()) throw conflictAt(from, 'it is a directory');
  });
  return (
    source ??
    attempt('rename to', to, (path) => {
      if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw takenAt(to);
      renameSync(from.path, path);
    })
  );
}

function attempt(verb: string, location: Location, action: (path: string) => void): StorageError | null {
  try {
    action(filePath(location));
    return null;
  } catch (thrown) {
    return localError(thrown, verb, location);
  }
}

function takenAt(location: Location): StorageError {
  const where = formatLocation(location);
  return new StorageError('already-exists', `${where} exists already`, { where });
}

/** Those that could not be forced to disk. */
async function syncAll(directories: ReadonlySet<string>): Promise<ReadonlyMap<string, StorageError>> {
  const errors = new Map<string, StorageError>();
  for (const path of directories) {
    const location: Location = { store: 'file', scheme: 'file', authority: '', path };
    await syncDirectory(path).catch((thrown) => errors.set(path, localError(thrown, 'rename', location)));
  }
  return errors;
}
