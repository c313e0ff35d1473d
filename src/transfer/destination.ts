// Where a copy goes: a directory that is empty, or that holds part of the very same copy and nothing else. Files there
// are whole, since each appeared under its name in one step; what a dead process was writing bears another name.
import { baseName, child, formatLocation, type Location } from '../model/location.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { FileStatus, StorageReader } from '../storage/storage.js';
import { RefusalError, StorageError } from '../support/errors.js';
import type { CarriedFile } from './copy-plan.js';

/** What of a copy is at its place already. */
export interface Destination {
  readonly present: ReadonlySet<string>;
  readonly hasMetadata: boolean;
  /** What a copy that was killed had not finished writing. */
  readonly unfinished: readonly Location[];
}

/** A copy as its directory will hold it. */
export interface WantedCopy {
  readonly files: readonly CarriedFile[];
  readonly metadataBytes: Uint8Array;
}

const IN_PROGRESS = /^\.(.+)\.inprogress\.[0-9a-f-]{36}$/;

/** Looks at `directory`. Throws a RefusalError where it holds anything that is not of this copy. */
export async function lookAtDestination(
  directory: Location,
  { files, metadataBytes }: WantedCopy,
  storage: StorageReader,
): Promise<Destination> {
  const wanted = new Map(files.map(({ name, sizeBytes }) => [name, sizeBytes]));
  wanted.set(METADATA_NAME, metadataBytes.length);
  const present = new Set<string>();
  const unfinished: Location[] = [];
  for (const { path, type, sizeBytes } of await entriesOf(directory, storage)) {
    const at = { ...directory, path };
    const name = baseName(at);
    const isFile = type === 'file';
    if (isFile && wanted.get(name) === sizeBytes) present.add(name);
    else if (isFile && wanted.has(IN_PROGRESS.exec(name)?.[1] ?? '')) unfinished.push(at);
    else throw notEmpty(directory, name);
  }
  const hasMetadata = present.delete(METADATA_NAME);
  if (hasMetadata) {
    const found = await storage.read(child(directory, METADATA_NAME));
    if (!Buffer.from(metadataBytes).equals(found)) throw notEmpty(directory, METADATA_NAME);
  }
  return { present, hasMetadata, unfinished };
}

async function entriesOf(directory: Location, storage: StorageReader): Promise<readonly FileStatus[]> {
  try {
    return await storage.listDirectory(directory);
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return [];
    throw thrown;
  }
}

function notEmpty(directory: Location, name: string): RefusalError {
  const where = formatLocation(directory);
  return new RefusalError('destination-not-empty', `${where} holds ${name}, which is not of this copy`, {
    where,
    next: 'copy to a directory that is empty or does not exist; nothing was changed',
  });
}
