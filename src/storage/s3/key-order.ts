// The orders in which servers list keys: by the bytes of the whole key (Amazon, MinIO) or segment by segment, as
// stores that keep directories do (SeaweedFS). They differ only around `/`: `a-b/x` comes before `a/x` in the first
// and after it in the second.

/** Where one sibling comes relative to another: the same in every order in use, or `unclear`. */
export type RelativePlace = 'before' | 'after' | 'unclear';

const SLASH = 0x2f;
/** From here on UTF-16 and UTF-8 order text differently. */
const FIRST_SURROGATE = 0xd800;

/** Whether `key` may come after `previous` in some order in use. */
export function follows(previous: string, key: string): boolean {
  if (previous < key || bySegments(previous) < bySegments(key)) return true;
  return Buffer.compare(Buffer.from(previous), Buffer.from(key)) < 0;
}

/** The place of `name` relative to the directory `directory`, which ends in `/`; both begin with the same prefix. */
export function placeBeside(directory: string, name: string): RelativePlace {
  let at = 0;
  while (at < name.length && name.charCodeAt(at) === directory.charCodeAt(at)) at++;
  if (at === name.length) return 'before';
  const theirs = directory.charCodeAt(at);
  const ours = name.charCodeAt(at);
  if (theirs >= FIRST_SURROGATE || ours >= FIRST_SURROGATE) return 'unclear';
  if (theirs === SLASH) return ours > SLASH ? 'after' : 'unclear';
  if (ours === SLASH) return theirs > SLASH ? 'before' : 'unclear';
  return ours > theirs ? 'after' : 'before';
}

function bySegments(key: string): string {
  return key.replaceAll('/', '\0');
}
