// Files that are put aside by copies in another place of their store, where a user asks for it: for stores that neither rename
// nor keep versions. A file goes only when its copy is whole, and a copy only when its file is back.
import { child, type Location, parent, parseUri } from '../model/location.js';
import { TRASH_NAME } from '../model/own-places.js';
import type { PlannedDeletion } from '../model/plan.js';
import { statusAt } from '../storage/status-at.js';
import type { StorageRemover } from '../storage/storage.js';
import { mapConcurrently } from '../support/concurrency.js';
import { StorageError } from '../support/errors.js';
import { metadataPins } from './metadata-pins.js';
import type { Quarantine, QuarantineScope } from './quarantine.js';

const COPIES_AT_ONCE = 16;
const PIECE_BYTES = 4 * 1024 * 1024;

/** `copiesTo` is outside of all roots, in the store of `home`. */
export function copiedFiles(scope: QuarantineScope, copiesTo: Location): Quarantine {
  const { runId, files, storage } = scope;
  const pins = metadataPins(scope);
  const copyOf = ({ path }: PlannedDeletion) => placeOfCopy(parseUri(path)!, copiesTo, runId);
  return {
    name: async () => files,
    prepare: () => pins.put(),
    putAside: (going) =>
      settling(going, async (file) => {
        const place = parseUri(file.path)!;
        if ((await statusAt(place, storage)) !== null) await carry(place, copyOf(file), file, storage);
      }),
    bringBack: (coming) =>
      settling(coming, async (file) => {
        const [place, copy] = [parseUri(file.path)!, copyOf(file)];
        const [there, aside] = [await statusAt(place, storage), await statusAt(copy, storage)];
        if (aside === null && there === null) throw failure('it is not in the trash any more', file);
        if (aside === null) return;
        if (there === null) return carry(copy, place, file, storage);
        if (!(await isSame(place, copy, file, storage)))
          throw failure('something else came to its place', file);
        await removeOne(copy, storage);
      }),
    removeForGood: async (going) => {
      const results = await storage.remove(going.map(copyOf));
      await pins.remove(going.filter((_, index) => results[index]!.outcome !== 'failed'));
      return results;
    },
    sweep: () => pins.remove(files),
  };
}

/** Whatever is below the trash of a place counts for no survey. Roots of several buckets may share the place. */
function placeOfCopy({ authority, path }: Location, copiesTo: Location, runId: string): Location {
  return child(copiesTo, `${TRASH_NAME}/${runId}/${authority}${path}`);
}

/** Copies, looks whether the copy is whole, removes what was copied. */
async function carry(
  from: Location,
  to: Location,
  file: PlannedDeletion,
  storage: StorageRemover,
): Promise<void> {
  await storage.makeDirectory(parent(to));
  await storage.copy(from, to);
  const { sizeBytes } = await storage.stat(to);
  if (sizeBytes !== file.bytes) throw failure(`its copy has ${sizeBytes} of ${file.bytes} bytes`, file);
  await removeOne(from, storage);
}

async function removeOne(at: Location, storage: StorageRemover): Promise<void> {
  const [result] = await storage.remove([at]);
  if (result?.outcome === 'failed') throw result.error!;
}

/** One answer for each, in order; what is no error of the store is thrown. */
function settling<F extends PlannedDeletion>(files: readonly F[], act: (file: F) => Promise<void>) {
  return mapConcurrently(files, COPIES_AT_ONCE, async (deletion) => {
    try {
      await act(deletion);
      return { deletion, error: null };
    } catch (thrown) {
      if (!(thrown instanceof StorageError)) throw thrown;
      return { deletion, error: thrown };
    }
  });
}

/** Both are there after a kill, and where somebody wrote into the place: what they hold decides. */
async function isSame(
  place: Location,
  copy: Location,
  { bytes }: PlannedDeletion,
  storage: StorageRemover,
): Promise<boolean> {
  if ((await storage.stat(place)).sizeBytes !== bytes) return false;
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, bytes - offset);
    const [there, aside] = [
      await storage.readRange(place, offset, length),
      await storage.readRange(copy, offset, length),
    ];
    if (Buffer.compare(there, aside) !== 0) return false;
  }
  return true;
}

function failure(message: string, { path }: PlannedDeletion): StorageError {
  return new StorageError('conflict', message, { where: path });
}
