// Moves the bytes of a copy, and writes its `_metadata` when all of them are there with the right size. Holds a few pieces
// of a few files at a time. Killed at any point, the same call finishes what was begun.
import { child, formatLocation, type Location } from '../model/location.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { OpenReader } from '../storage/open.js';
import type { StorageReader, StorageRemover } from '../storage/storage.js';
import { mapConcurrently } from '../support/concurrency.js';
import { StorageError } from '../support/errors.js';
import type { CarriedFile } from './copy-plan.js';
import { type Destination, lookAtDestination, type WantedCopy } from './destination.js';

/** Read at once of one file. */
const PIECE_BYTES = 8 * 1024 ** 2;
/** More would need more memory, and one connection for each is what stores are fastest with. */
const MOST_AT_ONCE = 8;

export interface CarryOptions {
  readonly openReader: OpenReader;
  /** The store of the copy. */
  readonly storage: StorageRemover;
  readonly concurrency: number;
  /** Aborted: nothing further is begun, and its reason is thrown. */
  readonly signal: AbortSignal;
  /** Told of every file when it is there. */
  readonly onFile: (file: CarriedFile) => void;
}

/** Makes the copy in `directory`, of which `found` is there already. */
export async function carry(
  directory: Location,
  copy: WantedCopy,
  found: Destination,
  options: CarryOptions,
): Promise<void> {
  const { storage, concurrency, signal, onFile } = options;
  await storage.makeDirectory(directory);
  await removeUnfinished(found.unfinished, storage);
  const missing = copy.files.filter(({ name }) => !found.present.has(name));
  await mapConcurrently(missing, Math.min(concurrency, MOST_AT_ONCE), async (file) => {
    signal.throwIfAborted();
    await carryFile(file, child(directory, file.name), options);
    onFile(file);
  });
  signal.throwIfAborted();
  if (found.hasMetadata) return;
  await requireAll(directory, copy, storage);
  await storage.putIfAbsent(child(directory, METADATA_NAME), copy.metadataBytes);
}

async function removeUnfinished(unfinished: readonly Location[], storage: StorageRemover): Promise<void> {
  for (const { error } of await storage.remove(unfinished)) if (error !== undefined) throw error;
}

async function carryFile(file: CarriedFile, to: Location, options: CarryOptions): Promise<void> {
  const { openReader, storage, signal } = options;
  try {
    // No store that copies by itself has parts that cannot reach each other.
    if (file.startPos === null && file.from.store === to.store && storage.capabilities.copy)
      return await storage.copy(file.from, to);
    const reader = await openReader(file.from);
    const read = () => piecesOf(file, reader, signal);
    await storage.putPieces(to, { sizeBytes: file.sizeBytes, read });
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

async function* piecesOf(
  { from, startPos, sizeBytes }: CarriedFile,
  reader: StorageReader,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < sizeBytes; ) {
    signal.throwIfAborted();
    const length = Math.min(PIECE_BYTES, sizeBytes - done);
    const piece = await reader.readRange(from, (startPos ?? 0) + done, length);
    if (piece.length !== length) throw endedEarly(from);
    done += length;
    yield piece;
  }
}

/** Every file is there as it should be: else the `_metadata` must not come. */
async function requireAll(directory: Location, copy: WantedCopy, storage: StorageRemover): Promise<void> {
  const { present } = await lookAtDestination(directory, copy, storage);
  const lost = copy.files.find(({ name }) => !present.has(name));
  if (lost === undefined) return;
  const where = formatLocation(child(directory, lost.name));
  throw new StorageError('corrupt', `${where} was written and is not there`, {
    where,
    next: 'the copy is not complete, and has no _metadata: run the same command again',
  });
}

function endedEarly(location: Location): StorageError {
  const where = formatLocation(location);
  return new StorageError('corrupt', `${where} ends before it should`, {
    where,
    next: 'somebody changed it meanwhile: see ckpt verify',
  });
}
