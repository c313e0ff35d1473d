// Snapshots that need files beyond the given locations and their own job's directory: a tree that was copied still refers to
// the place that it was copied from, and restores only as long as that is there.
import { checkpointOf } from '../model/entropy.js';
import { formatLocation, isWithin, type Location, parent } from '../model/location.js';
import type { ReportedError } from '../model/snapshot.js';
import type { ReadSnapshot, SnapshotPlace, SurveyedRoot } from '../model/survey.js';
import type { SnapshotNode } from './graph.js';

/** One problem for all such snapshots of `nodes`, none where there is no such snapshot. */
export function outsideFiles(
  nodes: readonly SnapshotNode[],
  roots: readonly SurveyedRoot[],
): readonly ReportedError[] {
  const within = roots.map(({ location, takenFor }) =>
    takenFor === 'metadata' ? parent(location) : location,
  );
  const outside = nodes.flatMap((node) => {
    const directory =
      'resolution' in node && node.restorable ? directoryOutside(node.snapshot, within) : null;
    return directory === null ? [] : [formatLocation(directory)];
  });
  const [first] = outside;
  if (first === undefined) return [];
  const next =
    'where a tree was copied, --rewrite FROM=TO looks at the copy, and ckpt copy makes one that stands alone';
  const who = outside.length === 1 ? '1 snapshot restores' : `${outside.length} snapshots restore`;
  return [
    {
      code: 'files-outside',
      message: `${who} only with files outside of the given locations, such as in ${first}; ${next}`,
      where: first,
      next,
    },
  ];
}

function directoryOutside({ contents, place }: ReadSnapshot, within: readonly Location[]): Location | null {
  const inside = [...within, homeOf(place)];
  for (const { directory } of contents.references.files.parents()) {
    if (!inside.some((known) => isWithin(directory, known)) && !isTwin(directory, place)) return directory;
  }
  return null;
}

/** A checkpoint shares files below its job's directory; a savepoint has its own. */
function homeOf({ directory, kind }: SnapshotPlace): Location {
  return kind === 'checkpoint' ? parent(directory) : directory;
}

/** With entropy in its path a checkpoint's data lies in directories of other prefixes. */
function isTwin(directory: Location, place: SnapshotPlace): boolean {
  const checkpoint = checkpointOf(directory);
  return directory.store !== 'file' && checkpoint !== null && checkpoint === checkpointOf(place.directory);
}
