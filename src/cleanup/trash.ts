// What a run put aside below a root, and the paper that says what it was. Emptying has the order of deletion: `_metadata`
// first. Only what the paper names is touched; a snapshot in the trash keeps what it references until then.
import { z } from 'zod';
import type { Leftover, RunRecord } from '../model/cleanup-run.js';
import {
  baseName,
  canonicalKey,
  child,
  formatLocation,
  isWithin,
  type Location,
  parent,
  parseUri,
} from '../model/location.js';
import { TRASH_NAME, trashOf } from '../model/own-places.js';
import type { PlannedDeletion } from '../model/plan.js';
import type { StorageReader, StorageRemover, StorageWriter } from '../storage/storage.js';
import { RefusalError, StorageError } from '../support/errors.js';
import { batchesOf } from './order.js';
import { textAt } from './own-files.js';
import { plannedDeletion } from './plan-document.js';

const MANIFEST_NAME = 'manifest.json';

const manifestDocument = z.object({
  runId: z.string(),
  planId: z.string(),
  startedAt: z.iso.datetime(),
  /** The directory that holds the journal of the run. */
  journals: z.string(),
  files: z.array(plannedDeletion),
  references: z.array(z.strictObject({ snapshot: z.string(), files: z.array(z.string()) })),
});

/** What one run put aside, or was about to, below one root. */
export type Manifest = Readonly<z.output<typeof manifestDocument>>;

/** Writes down what `record` puts aside below `home`, before the first file is moved. */
export async function writeManifest(
  record: RunRecord,
  { home, journals }: { readonly home: Location; readonly journals: Location },
  storage: StorageWriter,
): Promise<void> {
  const { runId, startedAt, plan, references } = record;
  const skipped = new Set(record.skipped.map(({ path }) => path));
  const files = plan.deletions.filter(
    ({ path, kind }) => kind !== 'empty-directory' && !skipped.has(path) && isWithin(parseUri(path)!, home),
  );
  const manifest = manifestDocument.parse({
    runId,
    planId: plan.planId,
    startedAt,
    journals: formatLocation(journals),
    files,
    references,
  });
  const trash = trashOf(home, runId);
  await storage.makeDirectory(trash);
  await storage.put(child(trash, MANIFEST_NAME), Buffer.from(`${JSON.stringify(manifest)}\n`));
}

/** Null where there is none. Throws a RefusalError where it cannot be understood, or names what is not below `home`. */
export async function readManifest(
  home: Location,
  runId: string,
  storage: StorageReader,
): Promise<Manifest | null> {
  const at = child(trashOf(home, runId), MANIFEST_NAME);
  const text = await textAt(at, storage);
  if (text === null) return null;
  try {
    const manifest = manifestDocument.parse(JSON.parse(text));
    const stray = manifest.files.find(({ path }) => !isWithin(parseUri(path)!, home));
    if (stray !== undefined) throw new Error(`${stray.path} is not below the root`);
    return manifest;
  } catch (cause) {
    throw new RefusalError('manifest-unreadable', 'what says what is in the trash cannot be understood', {
      where: formatLocation(at),
      next: 'nothing was changed; look at the files in the trash, and move them by hand',
      cause,
    });
  }
}

/** Where a file below `home` is put by the run `runId`. */
export function placeInTrash(file: Location, home: Location, runId: string): Location {
  const below = file.path.slice(home.path === '/' ? 0 : home.path.length);
  return child(trashOf(home, runId), below);
}

/** Names of the runs that put something aside below `home`, in order. */
export async function runsInTrash(home: Location, storage: StorageReader): Promise<readonly string[]> {
  try {
    const entries = await storage.listDirectory(child(home, TRASH_NAME));
    return entries.map(({ path }) => baseName({ ...home, path }));
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return [];
    throw thrown;
  }
}

/** What came of emptying the trash. Files and bytes are those that this call removed. */
export interface Emptied {
  readonly files: number;
  readonly bytes: number;
  readonly failed: readonly Leftover[];
}

/** Removes for good what the run `runId` put aside below `home`. Call it again after any kill. */
export async function emptyTrash(
  runId: string,
  home: Location,
  storage: StorageRemover,
  beforeBatch: () => Promise<void> = async () => {},
): Promise<Emptied> {
  const { files } = (await readManifest(home, runId, storage)) ?? { files: [] };
  const failed: Leftover[] = [];
  const removed: PlannedDeletion[] = [];
  for (const { stage, deletions } of batchesOf(files)) {
    if (stage !== 'metadata' && failed.length > 0) break;
    await beforeBatch();
    const places = deletions.map(({ path }) => placeInTrash(parseUri(path)!, home, runId));
    for (const [index, { location, outcome, error }] of (await storage.remove(places)).entries()) {
      if (outcome === 'removed') removed.push(deletions[index]!);
      if (outcome === 'failed') failed.push({ path: formatLocation(location), reason: error!.message });
    }
  }
  if (failed.length === 0) await removeLeftovers({ runId, files }, home, storage);
  return { files: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0), failed };
}

/** Takes away the empty directories of a run in the trash, its manifest, and the trash itself where nothing else is in it. */
export async function removeLeftovers(
  { files, runId }: Pick<Manifest, 'files' | 'runId'>,
  home: Location,
  storage: StorageRemover,
): Promise<void> {
  const trash = trashOf(home, runId);
  for (const directory of directoriesOf(files, home, runId)) await removeIfEmpty(directory, storage);
  await storage.remove([child(trash, MANIFEST_NAME)]);
  await removeIfEmpty(trash, storage);
  await removeIfEmpty(parent(trash), storage);
}

/** Between the trash of the run and its files, the deepest first. */
function directoriesOf(
  files: readonly PlannedDeletion[],
  home: Location,
  runId: string,
): readonly Location[] {
  const trash = trashOf(home, runId);
  const directories = new Map<string, Location>();
  for (const { path } of files) {
    let at = parent(placeInTrash(parseUri(path)!, home, runId));
    for (; at.path !== trash.path && !directories.has(canonicalKey(at)); at = parent(at))
      directories.set(canonicalKey(at), at);
  }
  return [...directories.values()].sort((a, b) => b.path.length - a.path.length);
}

async function removeIfEmpty(directory: Location, storage: StorageRemover): Promise<void> {
  try {
    await storage.removeEmptyDirectory(directory);
  } catch (thrown) {
    if (!(thrown instanceof StorageError && thrown.kind === 'conflict')) throw thrown;
  }
}
