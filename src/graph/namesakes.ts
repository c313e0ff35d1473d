// Files that are called alike in two places, and what to say of them: a tree that was moved or is mounted elsewhere, or one
// that is met by two paths which its store does not tell apart.
import { baseName, formatLocation, type Location } from '../model/location.js';
import type { ReportedError } from '../model/snapshot.js';

/** What snapshots name, and a file of the same name in another place. */
export interface Namesakes {
  readonly named: Location;
  readonly found: Location;
}

/** What to say where files that are missing may have been found elsewhere. */
export function movedTree({ named, found }: Namesakes, missingFiles: number): ReportedError {
  const { from, to } = rewriteOf({ named, found });
  const hint = `if the tree was moved, say --rewrite ${from}=${to}`;
  return {
    code: 'files-lie-elsewhere',
    message:
      `${missingFiles} files are missing, such as ${formatLocation(named)}, ` +
      `and ${formatLocation(found)} is called alike: ${hint}`,
    where: formatLocation(named),
    next: hint,
  };
}

/** What to say where a file that nothing references is called like one that snapshots need. */
export function secondName({ named, found }: Namesakes): ReportedError {
  const where = formatLocation(found);
  const hint = 'give a place by one path only, and a copy of a tree in a command of its own';
  return {
    code: 'names-met-twice',
    message:
      `${where} is called like ${formatLocation(named)}, which snapshots need: ` +
      `it may be that very file by another path, and stays; ${hint}`,
    where,
    next: hint,
  };
}

/** The first of `files` that is called like `found`. */
export function namesakesOf(
  found: Location,
  files: Iterable<{ readonly location: Location }>,
): Namesakes | null {
  const name = baseName(found);
  for (const { location } of files) if (baseName(location) === name) return { named: location, found };
  return null;
}

/** The directories that remain of both when all that they end in alike is taken away. */
function rewriteOf({ named, found }: Namesakes): { readonly from: string; readonly to: string } {
  const [from, to] = [named.path.split('/'), found.path.split('/')];
  while (from.length > 2 && to.length > 2 && from.at(-1) === to.at(-1)) {
    from.pop();
    to.pop();
  }
  return {
    from: formatLocation({ ...named, path: from.join('/') }),
    to: formatLocation({ ...found, path: to.join('/') }),
  };
}
