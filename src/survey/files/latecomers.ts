// Snapshots that completed while the listing ran. Their `_metadata` may name old files that were listed, so that without
// them such files would look unneeded; and those that they subsume vanish. Only directories that hold snapshots or jobs
// are looked at again, without their contents.
import { baseName, canonicalKey, child, isWithin, type Location, parent } from '../../model/location.js';
import type { FileStatus } from '../../storage/storage.js';
import { mapConcurrently } from '../../support/concurrency.js';
import { StorageError } from '../../support/errors.js';
import { isJobDirectory, isSnapshotDirectory, METADATA_NAME } from '../layout.js';
import type { Listing } from '../listing.js';
import type { Readers } from '../readers.js';

export interface LookAgain {
  readonly readers: Readers;
  readonly concurrency: number;
}

/** Adds to `listing` what has come under its roots since. Throws as listings do, but for what is gone. */
export async function addLatecomers(listing: Listing, { readers, concurrency }: LookAgain): Promise<void> {
  const known = new Set(listing.metadata.map(({ location }) => canonicalKey(location)));
  const directories = new Map(listing.snapshotDirectories.map((at) => [canonicalKey(at), at]));
  const found = await mapConcurrently(holdersOf(listing), concurrency, (at) => snapshotsIn(at, readers));
  for (const at of found.flat()) directories.set(canonicalKey(at), at);
  const withoutMetadata = [...directories.values()]
    .map((directory) => child(directory, METADATA_NAME))
    .filter((location) => !known.has(canonicalKey(location)));
  await mapConcurrently(withoutMetadata, concurrency, async (location) => {
    listing.noteDirectory(parent(location));
    const status = await unlessGone(readers.of(location).then((reader) => reader.stat(location)));
    if (status !== null) listing.addMetadata({ location, status });
  });
}

/** The directories that snapshots and jobs appear in: below the roots, each once. */
function holdersOf(listing: Listing): readonly Location[] {
  const roots = listing.roots
    .filter(({ takenFor }) => takenFor !== 'metadata')
    .map(({ location }) => location);
  const holders = new Map<string, Location>();
  const add = (at: Location) => {
    if (roots.some((root) => isWithin(at, root))) holders.set(canonicalKey(at), at);
  };
  for (const root of roots) add(root);
  for (const directory of listing.snapshotDirectories) {
    const holder = parent(directory);
    add(holder);
    if (isJobDirectory(baseName(holder))) add(parent(holder));
  }
  return [...holders.values()];
}

/** Directories of snapshots in `holder`, and in the directories of jobs in it. */
async function snapshotsIn(holder: Location, readers: Readers): Promise<readonly Location[]> {
  const names = await directoryNames(holder, readers);
  const jobs = names.filter(isJobDirectory).map((name) => child(holder, name));
  const below = await mapConcurrently(jobs, 4, (job) => snapshotsDirectlyIn(job, readers));
  return [...below.flat(), ...snapshotsAmong(names, holder)];
}

async function snapshotsDirectlyIn(directory: Location, readers: Readers): Promise<readonly Location[]> {
  return snapshotsAmong(await directoryNames(directory, readers), directory);
}

function snapshotsAmong(names: readonly string[], directory: Location): readonly Location[] {
  return names.filter(isSnapshotDirectory).map((name) => child(directory, name));
}

async function directoryNames(directory: Location, readers: Readers): Promise<readonly string[]> {
  const reader = await readers.of(directory);
  const entries = (await unlessGone<readonly FileStatus[]>(reader.listDirectory(directory))) ?? [];
  return entries
    .filter(({ type }) => type === 'directory')
    .map(({ path }) => baseName({ ...directory, path }));
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}
