// Where a run keeps its lock, its trash and its journal: in the outermost of the roots.
import { canonicalKey, formatLocation, isWithin, type Location } from '../model/location.js';
import { BugError } from '../support/errors.js';

/** The roots that lie in no other root, each once, in the order of their keys. */
export function homesOf(roots: readonly Location[]): readonly Location[] {
  const distinct = [...new Map(roots.map((root) => [canonicalKey(root), root])).values()];
  return distinct
    .filter((root) => !distinct.some((other) => other !== root && isWithin(root, other)))
    .sort((a, b) => (canonicalKey(a) < canonicalKey(b) ? -1 : 1));
}

/** The home that `location` lies in. */
export function homeOf(location: Location, homes: readonly Location[]): Location {
  const home = homes.find((root) => isWithin(location, root));
  if (home === undefined) throw new BugError(`${formatLocation(location)} is below no root`);
  return home;
}
