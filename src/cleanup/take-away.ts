// How a file goes: for good, or to the trash below its root. Each by its exact name; one that is gone already has gone.
import { canonicalKey, type Location, parent, parseUri } from '../model/location.js';
import type { PlannedDeletion } from '../model/plan.js';
import type { OpenRemover } from '../storage/open.js';
import type { StorageRemover } from '../storage/storage.js';
import { mapConcurrently } from '../support/concurrency.js';
import { StorageError } from '../support/errors.js';
import { homeOf } from './homes.js';
import { placeInTrash } from './trash.js';

const RENAMES_AT_ONCE = 16;

/** `error` is null where the file is not there any more. */
export interface TakenAway {
  readonly deletion: PlannedDeletion;
  readonly error: Error | null;
}

/** Takes files away; one answer for each. */
export type TakeAway = (deletions: readonly PlannedDeletion[]) => Promise<readonly TakenAway[]>;

/** Removes files for good. */
export function removing(openRemover: OpenRemover, homes: readonly Location[]): TakeAway {
  return async (deletions) => {
    const taken: TakenAway[] = [];
    for (const group of byHome(deletions, homes)) {
      const storage = await openRemover(parseUri(group[0]!.path)!);
      const results = await storage.remove(group.map(({ path }) => parseUri(path)!));
      for (const [index, { outcome, error }] of results.entries())
        taken.push({ deletion: group[index]!, error: outcome === 'failed' ? error! : null });
    }
    return taken;
  };
}

/** Puts files aside, one atomic step for each; for stores that can rename. */
export function puttingAside(openRemover: OpenRemover, homes: readonly Location[], runId: string): TakeAway {
  const made = new Set<string>();
  return (deletions) =>
    mapConcurrently(deletions, RENAMES_AT_ONCE, async (deletion) => {
      const from = parseUri(deletion.path)!;
      const to = placeInTrash(from, homeOf(from, homes), runId);
      const storage = await openRemover(from);
      const directory = parent(to);
      if (!made.has(canonicalKey(directory))) await storage.makeDirectory(directory);
      made.add(canonicalKey(directory));
      return { deletion, error: await renameUnlessGone(storage, from, to) };
    });
}

/** The error that is no success. */
async function renameUnlessGone(
  storage: StorageRemover,
  from: Location,
  to: Location,
): Promise<Error | null> {
  try {
    await storage.rename(from, to);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    return thrown.kind === 'not-found' ? null : thrown;
  }
}

/** What lies below one home is in one store. */
function byHome(
  deletions: readonly PlannedDeletion[],
  homes: readonly Location[],
): Iterable<readonly PlannedDeletion[]> {
  const groups = new Map<string, PlannedDeletion[]>();
  for (const deletion of deletions) {
    const key = canonicalKey(homeOf(parseUri(deletion.path)!, homes));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [deletion]);
    else group.push(deletion);
  }
  return groups.values();
}
