// A tree that was moved or is mounted elsewhere: what its snapshots miss lies under another directory, with the same names.
import { baseName, formatLocation, type Location } from '../model/location.js';
import type { ReportedError } from '../model/snapshot.js';

/** A file that is missing, and one of the same name that is there. */
export interface Namesakes {
  readonly missing: Location;
  readonly found: Location;
}

/** What to say where files that are missing may have been found elsewhere. */
export function movedTree({ missing, found }: Namesakes, missingFiles: number): ReportedError {
  const { from, to } = rewriteOf({ missing, found });
  const hint = `if the tree was moved, say --rewrite ${from}=${to}`;
  return {
    code: 'files-lie-elsewhere',
    message:
      `${missingFiles} files are missing, such as ${formatLocation(missing)}, ` +
      `and ${formatLocation(found)} is called alike: ${hint}`,
    where: formatLocation(missing),
    next: hint,
  };
}

/** The directories that remain of both when all that they end in alike is taken away. */
function rewriteOf({ missing, found }: Namesakes): { readonly from: string; readonly to: string } {
  const [from, to] = [missing.path.split('/'), found.path.split('/')];
  while (from.length > 2 && to.length > 2 && from.at(-1) === to.at(-1)) {
    from.pop();
    to.pop();
  }
  return {
    from: formatLocation({ ...missing, path: from.join('/') }),
    to: formatLocation({ ...found, path: to.join('/') }),
  };
}

/** The first of `missing` that is called like `found`. */
export function namesakesOf(
  found: Location,
  missing: Iterable<{ readonly location: Location }>,
): Namesakes | null {
  const name = baseName(found);
  for (const { location } of missing) if (baseName(location) === name) return { missing: location, found };
  return null;
}
