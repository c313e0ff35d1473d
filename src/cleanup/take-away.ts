// How a file goes: for good, or to the trash below its root. Each by its exact name; one that is gone already has gone.
import { type Location, parseUri } from '../model/location.js';
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
    for (const [home, group] of byHome(deletions, homes)) {
      const storage = await openRemover(home);
      const results = await storage.remove(group.map(({ at }) => at));
      for (const [index, { outcome, error }] of results.entries())
        taken.push({ deletion: group[index]!.deletion, error: outcome === 'failed' ? error! : null });
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
    for (const [home, group] of byHome(deletions, homes))
      taken.push(...(await (await quarantineAt(home)).putAside(group.map(({ deletion }) => deletion))));
    return taken;
  };
}

interface Located {
  readonly deletion: PlannedDeletion;
  readonly at: Location;
}

/** What lies below one home is in one store. */
function byHome(
  deletions: readonly PlannedDeletion[],
  homes: readonly Location[],
): ReadonlyMap<Location, readonly Located[]> {
  const groups = new Map<Location, Located[]>();
  for (const deletion of deletions) {
    const at = parseUri(deletion.path)!;
    const home = homeOf(at, homes);
    const group = groups.get(home);
    if (group === undefined) groups.set(home, [{ deletion, at }]);
    else group.push({ deletion, at });
  }
  return groups;
}
