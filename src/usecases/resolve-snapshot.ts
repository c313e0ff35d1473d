// What `-s` was given: a snapshot, or something from which the user meant one.
import { baseName, child, formatLocation, type Location, parent } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import { statusAt } from '../storage/status-at.js';
import type { FileStatus, StorageReader } from '../storage/storage.js';
import { StorageError, UsageError } from '../support/errors.js';
import { isSnapshotDirectory, METADATA_NAME } from '../survey/layout.js';

/**
 * The directory of the snapshot at `location`, which is that directory or its `_metadata` file. Throws a UsageError that
 * names the newest snapshot nearby where it is neither. Does not look into the snapshot.
 */
export async function resolveSnapshot(location: Location, openReader: OpenReader): Promise<Location> {
  const reader = await openReader(location);
  const where = formatLocation(location);
  const status = await statusAt(location, reader);
  if (status?.type === 'file' && baseName(location) === METADATA_NAME) return parent(location);
  if ((await statusAt(child(location, METADATA_NAME), reader)) !== null) return location;
  if (status === null && (await entriesIn(location, reader)).length === 0) {
    throw new UsageError(`there is no snapshot at ${where}`, {
      where,
      next: await nextFor(parent(location), reader),
    });
  }
  const incomplete = isSnapshotDirectory(baseName(location));
  const message = incomplete
    ? `${where} was never completed: it has no _metadata`
    : `${where} is no snapshot`;
  throw new UsageError(message, {
    where,
    next: await nextFor(incomplete ? parent(location) : location, reader),
  });
}

/** The snapshot written last in the directory of a job, or of jobs; null where none is found, or nobody may look. */
export async function newestSnapshot(location: Location, openReader: OpenReader): Promise<Location | null> {
  try {
    return await newestIn(location, await openReader(location));
  } catch (thrown) {
    if (thrown instanceof StorageError) return null;
    throw thrown;
  }
}

async function nextFor(directory: Location, reader: StorageReader): Promise<string> {
  const newest = await newestIn(directory, reader);
  if (newest === null) return 'give -s the directory of a checkpoint or savepoint, as ckpt list shows it';
  return `did you mean its newest complete one, -s ${formatLocation(newest)}?`;
}

/** The snapshot with the youngest `_metadata` in the directory of a job, or of jobs. */
async function newestIn(directory: Location, reader: StorageReader): Promise<Location | null> {
  let newest: { readonly location: Location; readonly modifiedMs: number } | null = null;
  for (const location of await snapshotsIn(directory, reader)) {
    const metadata = await statusAt(child(location, METADATA_NAME), reader);
    const modifiedMs = metadata?.modifiedMs ?? 0;
    if (metadata !== null && (newest === null || modifiedMs > newest.modifiedMs))
      newest = { location, modifiedMs };
  }
  return newest?.location ?? null;
}

async function snapshotsIn(directory: Location, reader: StorageReader): Promise<Location[]> {
  const inner = await directoriesIn(directory, reader);
  const below = await Promise.all(inner.map((location) => directoriesIn(location, reader)));
  return [...inner, ...below.flat()].filter((location) => isSnapshotDirectory(baseName(location)));
}

async function directoriesIn(directory: Location, reader: StorageReader): Promise<Location[]> {
  const entries = await entriesIn(directory, reader);
  return entries.filter(({ type }) => type === 'directory').map(({ path }) => ({ ...directory, path }));
}

/** None where nothing is, or a file. Where directories are only parts of names, their entries are all there is of them. */
async function entriesIn(directory: Location, reader: StorageReader): Promise<readonly FileStatus[]> {
  try {
    return await reader.listDirectory(directory);
  } catch (thrown) {
    const isNone =
      thrown instanceof StorageError && (thrown.kind === 'not-found' || thrown.kind === 'conflict');
    if (!isNone) throw thrown;
    return [];
  }
}
