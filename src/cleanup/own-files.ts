// The small files that a run keeps about itself, as text, and the directories they lie in.
import type { Location } from '../model/location.js';
import type { StorageReader, StorageRemover } from '../storage/storage.js';
import { StorageError } from '../support/errors.js';

/** The text of a file; null where it is not there. */
export async function textAt(at: Location, storage: StorageReader): Promise<string | null> {
  try {
    return Buffer.from(await storage.read(at)).toString();
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

/** Takes a directory away unless something is in it. */
export async function removeIfEmpty(directory: Location, storage: StorageRemover): Promise<void> {
  try {
    await storage.removeEmptyDirectory(directory);
  } catch (thrown) {
    if (!(thrown instanceof StorageError && thrown.kind === 'conflict')) throw thrown;
  }
}
