// Whether a plan names only what it may: every path lies below a root, is written in the one way that names it, stands there
// once, and is of the kind that it says.
import { formatLocation, isWithin, type Location, parent, parseUri } from '../model/location.js';
import { isOwnPlace } from '../model/own-places.js';
import { identityOf, type Plan, type PlannedDeletion } from '../model/plan.js';
import { METADATA_NAME } from '../model/snapshot.js';
import { planRefusal } from './plan-refusal.js';

/** Throws a RefusalError where something in the plan, which is at `where`, may not be there. */
export function requireOwnPaths({ roots, deletions, snapshots }: Plan, where: string): void {
  const places = roots.map((root) => requireCanonical(root, where));
  const seen = new Set<string>();
  let directory: string | null = null;
  for (const deletion of deletions) {
    const { path } = deletion;
    const slash = path.lastIndexOf('/');
    if (directory === null || !isLikeTheLast(path, slash, directory)) {
      requirePlace(path, places, where);
      directory = path.slice(0, slash);
    }
    const identity = identityOf(deletion);
    if (seen.has(identity)) throw planRefusal('plan-unreadable', where, `${path} stands there twice`);
    seen.add(identity);
    if (!isRightKind(deletion, path.slice(slash + 1)))
      throw planRefusal('plan-unreadable', where, `${path} cannot be ${deletion.kind}`);
  }
  const going = new Set(snapshots.filter(({ action }) => action === 'delete').map(({ path }) => path));
  const stray = deletions.find(({ snapshot: owner }) => owner !== undefined && !going.has(owner));
  if (stray !== undefined)
    throw planRefusal('plan-unreadable', where, `${stray.path} goes with a snapshot that does not`);
}

/** What holds of a path holds of all others in its directory whose names are not empty and do not begin with a dot. */
function isLikeTheLast(path: string, slash: number, directory: string): boolean {
  const isBeside = slash === directory.length && path.startsWith(directory);
  return isBeside && slash + 1 < path.length && path[slash + 1] !== '.';
}

function requirePlace(path: string, roots: readonly Location[], where: string): void {
  const at = requireCanonical(path, where);
  if (!roots.some((root) => isBelow(at, root)))
    throw planRefusal('plan-leaves-its-roots', where, `${path} is not below its roots`);
  if (isOwnPlace(at)) throw planRefusal('plan-of-own-files', where, `${path} belongs to this tool`);
}

function isRightKind({ path, kind, uploadId, snapshot: owner }: PlannedDeletion, name: string): boolean {
  const isOwned = kind === 'metadata' || kind === 'exclusive';
  const isUpload = kind === 'open-upload';
  if (isOwned !== (owner !== undefined) || isUpload !== (uploadId !== undefined)) return false;
  if (kind === 'metadata' && owner !== formatLocation(parent(parseUri(path)!))) return false;
  return isUpload || (name === METADATA_NAME) === (kind === 'metadata');
}

function requireCanonical(path: string, where: string): Location {
  const location = parseUri(path);
  if (location !== null && formatLocation(location) === path) return location;
  throw planRefusal('plan-unreadable', where, `${path} is no absolute location`);
}

function isBelow(location: Location, root: Location): boolean {
  return location.path !== root.path && isWithin(location, root);
}
