// How a file goes: for good, or to the trash below its root. Each by its exact name; one that is gone already has gone.
import { canonicalKey, type Location, parseUri } from '../model/location.js';
import type { PlannedDeletion } from '../model/plan.js';
import type { OpenRemover } from '../storage/open.js';
import { homeOf } from './homes.js';
import type { Quarantine, Settled } from './quarantine.js';

/** Takes files away; one answer for each. */
export type TakeAway = (deletions: readonly PlannedDeletion[]) => Promise<readonly Settled[]>;

/** Removes files for good. */
export function removing(openRemover: OpenRemover, homes: readonly Location[]): TakeAway {
  return async (deletions) => {
    const taken: Settled[] = [];
    for (const group of byHome(deletions, homes)) {
      const storage = await openRemover(parseUri(group[0]!.path)!);
      const results = await storage.remove(group.map(({ path }) => parseUri(path)!));
      for (const [index, { outcome, error }] of results.entries())
        taken.push({ deletion: group[index]!, error: outcome === 'failed' ? error! : null });
    }
    return taken;
  };
}

/** Puts files aside, as the store of each home does it. */
export function puttingAside(
  quarantineAt: (home: Location) => Promise<Quarantine>,
  homes: readonly Location[],
): TakeAway {
  return async (deletions) => {
    const taken: Settled[] = [];
    for (const group of byHome(deletions, homes)) {
      const home = homeOf(parseUri(group[0]!.path)!, homes);
      taken.push(...(await (await quarantineAt(home)).putAside(group)));
    }
    return taken;
  };
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
