// Whether something is there: of all failures only not-found means that it is not.
import type { Location } from '../model/location.js';
import { StorageError } from '../support/errors.js';
import type { FileStatus, StorageReader } from './storage.js';

/** Null where nothing but, perhaps, a prefix of keys is there; every other failure is thrown. */
export async function statusAt(
  location: Location,
  reader: Pick<StorageReader, 'stat'>,
): Promise<FileStatus | null> {
  try {
    return await reader.stat(location);
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}
