// The files that a run keeps about itself, as text, and the directories they lie in.
import type { Location } from '../model/location.js';
import type { StorageReader, StorageRemover, StorageWriter } from '../storage/storage.js';
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

/** Read at once of a file that may be long. */
const PIECE_BYTES = 1024 * 1024;

/** The content of a file, piece by piece. */
export async function* piecesAt(at: Location, storage: StorageReader): AsyncGenerator<Uint8Array> {
  for (let offset = 0, length = PIECE_BYTES; length === PIECE_BYTES; offset += length) {
    const piece = await storage.readRange(at, offset, PIECE_BYTES);
    length = piece.length;
    yield piece;
  }
}

/** Writes a long text; `text` makes it anew each time. */
export async function putText(
  at: Location,
  text: () => Iterable<string>,
  storage: StorageWriter,
): Promise<void> {
  let sizeBytes = 0;
  for (const piece of text()) sizeBytes += Buffer.byteLength(piece);
  const read = async function* () {
    for (const piece of text()) yield Buffer.from(piece);
  };
  await storage.putPieces(at, { sizeBytes, read });
}

/** Takes a directory away unless something is in it. */
export async function removeIfEmpty(directory: Location, storage: StorageRemover): Promise<void> {
  try {
    await storage.removeEmptyDirectory(directory);
  } catch (thrown) {
    if (!(thrown instanceof StorageError && thrown.kind === 'conflict')) throw thrown;
  }
}
