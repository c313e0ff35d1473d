// What this tool itself writes into a store that it cleans. Nothing there is ever a candidate for deletion.
import { baseName, child, type Location } from './location.js';

/** Below a root: where files are put aside instead of being removed. */
export const TRASH_NAME = '.ckpt-trash';
/** Below a root: what runs wrote down before they began, and how they ended. */
export const JOURNAL_NAME = '.ckpt-journal';
/** Directly in a root, while a run changes it. */
export const LOCK_NAME = '.ckpt-lock';

/** A lock, or what is left of one whose writer was killed: `..ckpt-lock.inprogress.<uuid>`. */
const LOCK = /^(?:\.ckpt-lock|\.\.ckpt-lock\.inprogress\.[0-9a-f-]{36})$/;
const OWN_DIRECTORY = /\/\.ckpt-(?:trash|journal)(?:\/|$)/;

/** Whether a file of this name is a lock, finished or not. */
export function isLockName(name: string): boolean {
  return LOCK.test(name);
}

/** Whether `location` is, or lies in, something of this tool. */
export function isOwnPlace(location: Location): boolean {
  return OWN_DIRECTORY.test(location.path) || LOCK.test(baseName(location));
}

/** Whether something was put aside by this tool. */
export function isInTrash({ path }: Location): boolean {
  return path.includes(`/${TRASH_NAME}/`);
}

/** Where the run `runId` puts aside what lies below `root`. */
export function trashOf(root: Location, runId: string): Location {
  return child(root, `${TRASH_NAME}/${runId}`);
}

/** Where the run `runId` puts aside the file at `file`, which lies below `root`. */
export function placeInTrash(file: Location, root: Location, runId: string): Location {
  return child(trashOf(root, runId), file.path.slice(root.path === '/' ? 0 : root.path.length));
}
