// `ckpt unlock`: takes a lock away that nobody will give back. By people alone: whoever holds it and lives stops.
import { homesOf } from '../cleanup/homes.js';
import { type LockDocument, type LockOwner, readLock } from '../cleanup/lock.js';
import { child, formatLocation, type Location } from '../model/location.js';
import { LOCK_NAME } from '../model/own-places.js';
import type { UnlockReport } from '../model/trash.js';
import type { OpenReader, OpenRemover } from '../storage/open.js';
import { LockError } from '../support/errors.js';
import { rootsOf } from './surroundings.js';

export interface UnlockWorld {
  readonly openReader: OpenReader;
  readonly openRemover: OpenRemover;
  readonly hasEnded: LockOwner['hasEnded'];
}

/**
 * Takes away the lock of what is at `location`. Throws a LockError where its holder may be alive, or nobody can tell who it
 * is, unless `evenIfHeld`.
 */
export async function unlock(
  location: Location,
  { evenIfHeld }: { readonly evenIfHeld: boolean },
  { openReader, openRemover, hasEnded }: UnlockWorld,
): Promise<UnlockReport> {
  const [home] = homesOf(await rootsOf([location], openReader));
  const at = child(home!, LOCK_NAME);
  const storage = await openRemover(at);
  const holder = await readLock(at, storage).catch((thrown: unknown) => {
    if (evenIfHeld && thrown instanceof LockError) return null;
    throw thrown;
  });
  const isHeld =
    holder !== null && !hasEnded(holder) && (await storage.nowMs(at)) < Date.parse(holder.expiresAt);
  if (isHeld && !evenIfHeld) throw stillHeld(holder, at);
  const path = formatLocation(at);
  const shown = holder && shownHolder(holder);
  if (holder === null && !evenIfHeld) return { path, holder: shown, removed: false };
  const [result] = await storage.remove([at]);
  if (result?.error !== undefined) throw result.error;
  return { path, holder: shown, removed: result?.outcome === 'removed' };
}

function shownHolder({ runId, host, processId, heartbeatAt, expiresAt }: LockDocument) {
  return { runId, host, processId, heartbeatAt, expiresAt };
}

function stillHeld({ runId, host, processId, expiresAt }: LockDocument, at: Location): LockError {
  return new LockError('locked', `run ${runId} (process ${processId} on ${host}) may be alive`, {
    where: formatLocation(at),
    next: `wait until its lock expires, at ${expiresAt}; or, where you know that it has ended, say --force`,
  });
}
