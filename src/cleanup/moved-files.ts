// Files that are put aside by another name: below the root the trash keeps the tree as it was. One atomic step for each.
import { canonicalKey, type Location, parent, parseUri } from '../model/location.js';
import { placeInTrash, trashOf } from '../model/own-places.js';
import type { PlannedDeletion } from '../model/plan.js';
import type { Move, StorageRemover } from '../storage/storage.js';
import { mapConcurrently } from '../support/concurrency.js';
import { StorageError } from '../support/errors.js';
import { removeIfEmpty } from './own-files.js';
import type { Quarantine, QuarantineScope, Settled, TrashedFile } from './quarantine.js';

const RENAMES_AT_ONCE = 16;

export function movedFiles(scope: QuarantineScope): Quarantine {
  const { storage, files } = scope;
  const placeOf = (file: PlannedDeletion) => placeInTrash(parseUri(file.path)!, scope.home, scope.runId);
  const made = new Set<string>();
  return {
    name: async () => files,
    prepare: async () => undefined,
    putAside: async (going) => {
      const moves = going.map((deletion) => ({ from: parseUri(deletion.path)!, to: placeOf(deletion) }));
      for (const { to } of moves) {
        const directory = parent(to);
        if (!made.has(directory.path)) await storage.makeDirectory(directory);
        made.add(directory.path);
      }
      const errors = await renameAll(moves, storage);
      return going.map((deletion, index) => ({ deletion, error: unlessGone(errors[index]!) }));
    },
    bringBack: async (coming) => {
      const settled: Settled<TrashedFile>[] = [];
      for (const deletion of coming)
        settled.push({ deletion, error: await moveBack(storage, placeOf(deletion), deletion) });
      return settled;
    },
    removeForGood: (going) => storage.remove(going.map(placeOf)),
    sweep: async () => {
      for (const directory of directoriesOf(scope)) await removeIfEmpty(directory, storage);
    },
  };
}

async function renameAll(
  moves: readonly Move[],
  storage: StorageRemover,
): Promise<readonly (StorageError | null)[]> {
  if (storage.renameAll !== undefined) return storage.renameAll(moves);
  return mapConcurrently(moves, RENAMES_AT_ONCE, ({ from, to }) => errorOf(storage.rename(from, to)));
}

async function errorOf(call: Promise<void>): Promise<StorageError | null> {
  try {
    await call;
    return null;
  } catch (thrown) {
    if (thrown instanceof StorageError) return thrown;
    throw thrown;
  }
}

/** What is gone was put aside before. */
function unlessGone(error: StorageError | null): StorageError | null {
  return error?.kind === 'not-found' ? null : error;
}

/** What is not in the trash was never moved there, or is back already. */
async function moveBack(
  storage: StorageRemover,
  trashed: Location,
  { path }: TrashedFile,
): Promise<Error | null> {
  const place = parseUri(path)!;
  try {
    await storage.makeDirectory(parent(place));
    await storage.rename(trashed, place);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    return thrown.kind === 'not-found' ? absenceOf(place, storage) : thrown;
  }
}

/** Null where something is in place. */
async function absenceOf(place: Location, storage: StorageRemover): Promise<Error | null> {
  try {
    await storage.stat(place);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    return thrown.kind === 'not-found'
      ? new StorageError('not-found', 'it is not in the trash any more', { cause: thrown })
      : thrown;
  }
}

/** Between the trash of the run and its files, the deepest first. */
function directoriesOf({ files, home, runId }: QuarantineScope): readonly Location[] {
  const trash = trashOf(home, runId);
  const directories = new Map<string, Location>();
  for (const { path } of files) {
    let at = parent(placeInTrash(parseUri(path)!, home, runId));
    for (; at.path !== trash.path && !directories.has(canonicalKey(at)); at = parent(at))
      directories.set(canonicalKey(at), at);
  }
  return [...directories.values()].sort((a, b) => b.path.length - a.path.length);
}
