// `ckpt trash list` and `ckpt trash empty`: what runs put aside, and removing it for good when it has lain there long enough.
// The manifest of a run is the journal of its emptying: it goes last.
import { homesOf } from '../cleanup/homes.js';
import type { LockOwner } from '../cleanup/lock.js';
import { LockSet } from '../cleanup/lock-set.js';
import { removeIfEmpty } from '../cleanup/own-files.js';
import { type Emptied, emptyTrash, readManifest, runsInTrash } from '../cleanup/trash.js';
import { child, formatLocation, type Location, parseUri } from '../model/location.js';
import { LOCK_NAME, TRASH_NAME } from '../model/own-places.js';
import type { EmptyReport, TrashedRun } from '../model/trash.js';
import type { OpenReader, OpenRemover } from '../storage/open.js';
import type { StorageReader } from '../storage/storage.js';
import { rootsOf } from './surroundings.js';

/** What holds the lock while the trash is emptied. */
const LOCK_OWNER = 'trash-empty';

export interface EmptyWorld {
  readonly openReader: OpenReader;
  readonly openRemover: OpenRemover;
  readonly owner: Omit<LockOwner, 'runId'>;
  readonly signal: AbortSignal;
}

/** What lies in the trash below `locations`, the oldest first. Throws a RefusalError where a manifest cannot be read. */
export async function listTrash(
  locations: readonly Location[],
  openReader: OpenReader,
): Promise<readonly TrashedRun[]> {
  const found: TrashedRun[] = [];
  for (const home of homesOf(await rootsOf(locations, openReader)))
    found.push(...(await runsBelow(home, await openReader(home))));
  return found.sort((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
}

/** Whether a run has lain in the trash for `olderThanMs`; of what has no manifest nobody knows. */
export function isOlder({ ageMs }: TrashedRun, olderThanMs: number): boolean {
  return ageMs !== null && ageMs >= olderThanMs;
}

/** Empties the trash below `locations` of what has lain there for `olderThanMs`; what failed stays. */
export async function emptyOldTrash(
  locations: readonly Location[],
  olderThanMs: number,
  world: EmptyWorld,
): Promise<EmptyReport> {
  const homes = homesOf(await rootsOf(locations, world.openReader));
  const places = homes.map((home) => child(home, LOCK_NAME));
  const locks = await LockSet.acquire(places, world.openRemover, { ...world.owner, runId: LOCK_OWNER });
  try {
    const runs = await listTrash(locations, world.openReader);
    const going = runs.filter((run) => isOlder(run, olderThanMs));
    // Where the manifest is gone, an emptying that was killed may have left empty directories.
    const hollow = runs.filter(({ startedAt }) => startedAt === null);
    const emptied: Emptied[] = [];
    for (const { runId, root } of [...going, ...hollow]) {
      const home = parseUri(root)!;
      const beforeBatch = async () => {
        world.signal.throwIfAborted();
        await locks.confirm();
      };
      await beforeBatch();
      emptied.push(await emptyTrash(runId, home, await world.openRemover(home), beforeBatch));
    }
    // One that was killed just before its last step leaves the trash itself, with no run in it.
    for (const home of homes) await removeIfEmpty(child(home, TRASH_NAME), await world.openRemover(home));
    const kept = runs.filter((run) => !isOlder(run, olderThanMs));
    return reportOf(going, kept, emptied);
  } finally {
    await locks.release();
  }
}

function reportOf(
  emptied: readonly TrashedRun[],
  kept: readonly TrashedRun[],
  outcomes: readonly Emptied[],
): EmptyReport {
  return {
    emptied,
    kept,
    files: outcomes.reduce((sum, { files }) => sum + files, 0),
    bytesFreed: outcomes.reduce((sum, { bytes }) => sum + bytes, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
  };
}

async function runsBelow(home: Location, storage: StorageReader): Promise<readonly TrashedRun[]> {
  const nowMs = await storage.nowMs(home);
  const runs: TrashedRun[] = [];
  for (const runId of await runsInTrash(home, storage)) {
    const manifest = await readManifest(home, runId, storage);
    const { files = [], startedAt = null, form = null } = manifest ?? {};
    runs.push({
      runId,
      root: formatLocation(home),
      startedAt,
      form,
      ageMs: startedAt === null ? null : nowMs - Date.parse(startedAt),
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      snapshots: files.flatMap(({ kind, snapshot }) => (kind === 'metadata' ? [snapshot!] : [])).sort(),
    });
  }
  return runs;
}
