// Copies of `_metadata` in the trash below the root, for forms of quarantine that leave no files there: they tell every survey
// what the snapshots reference that were put aside, so that it stays until they are emptied.
import { type Location, parseUri } from '../model/location.js';
import { placeInTrash } from '../model/own-places.js';
import type { PlannedDeletion } from '../model/plan.js';
import { mapConcurrently } from '../support/concurrency.js';
import { StorageError } from '../support/errors.js';
import type { QuarantineScope } from './quarantine.js';

const COPIES_AT_ONCE = 16;

export interface MetadataPins {
  /** One copy for each `_metadata` of the run; of what is gone there is none. */
  put(): Promise<void>;
  /** Those of the `_metadata` among `files`. */
  remove(files: readonly PlannedDeletion[]): Promise<void>;
}

export function metadataPins({ runId, home, files, storage }: QuarantineScope): MetadataPins {
  const pinOf = (place: Location) => placeInTrash(place, home, runId);
  return {
    put: async () => {
      await mapConcurrently(metadataOf(files), COPIES_AT_ONCE, async (place) => {
        try {
          await storage.copy(place, pinOf(place));
        } catch (thrown) {
          if (!(thrown instanceof StorageError && thrown.kind === 'not-found')) throw thrown;
        }
      });
    },
    remove: async (gone) => {
      await storage.remove(metadataOf(gone).map(pinOf));
    },
  };
}

function metadataOf(files: readonly PlannedDeletion[]): readonly Location[] {
  return files.filter(({ kind }) => kind === 'metadata').map(({ path }) => parseUri(path)!);
}
