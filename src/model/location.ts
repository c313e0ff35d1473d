// Where bytes live: one canonical identity for the many spellings of a location, and the user's spelling kept for
// output. Paths are taken literally as Flink's Path takes them: nothing is percent-decoded or encoded (Flink
// `org.apache.flink.core.fs.Path`).
import { UsageError } from '../support/errors.js';

/** The stores that locations can name. `file`, `s3` and `hdfs` have aliases, see {@link STORE_OF_SCHEME}. */
export type StoreKind = 'file' | 's3' | 'hdfs' | 'memory';

/** Schemes as users and `_metadata` write them, and the store that each names. */
export const STORE_OF_SCHEME: Readonly<Record<string, StoreKind>> = {
  file: 'file',
  s3: 's3',
  s3a: 's3',
  s3p: 's3',
  s3n: 's3',
  hdfs: 'hdfs',
  webhdfs: 'hdfs',
  swebhdfs: 'hdfs',
  memory: 'memory',
};

/** An absolute location. `path` begins with `/`, has no `.`/`..`/empty segments and no trailing slash but in the root. */
export interface Location {
  readonly store: StoreKind;
  /** The scheme as written: `s3a` stays `s3a` in output. */
  readonly scheme: string;
  /** Bucket, or host and port; empty for local files and the default HDFS. */
  readonly authority: string;
  readonly path: string;
}

const URI = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s;

/**
 * Reads an absolute URI as `_metadata` and users write it: `file:/a`, `file:///a`, `s3://bucket/key`, `hdfs:///a`.
 * Returns null for text that is no URI of a known store.
 */
export function parseUri(text: string): Location | null {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  const store = Object.hasOwn(STORE_OF_SCHEME, scheme) ? STORE_OF_SCHEME[scheme] : undefined;
  if (store === undefined) return null;
  const rest = text.slice(colon + 1);
  if (!rest.startsWith('//')) {
    return rest.startsWith('/') ? { store, scheme, authority: '', path: normalizePath(rest) } : null;
  }
  const slash = rest.indexOf('/', 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  const path = normalizePath(slash < 0 ? '/' : rest.slice(slash));
  const local = store === 'file' && authority === 'localhost';
  return { store, scheme, authority: local ? '' : authority, path };
}

/**
 * Reads a location that a user typed: a URI, or a local path taken relative to `workingDirectory`. An unknown scheme
 * is a UsageError and never a local path.
 */
export function parseLocation(text: string, workingDirectory: string): Location {
  if (text === '')
    throw new UsageError('a location is empty', { next: 'give a path or a URI such as s3://bucket/prefix' });
  const uri = parseUri(text);
  if (uri !== null) return uri;
  const match = URI.exec(text);
  if (match !== null && (match[2]!.startsWith('/') || match[1]!.length > 1)) {
    const known = Object.keys(STORE_OF_SCHEME).filter((scheme) => scheme !== 'memory');
    throw new UsageError(`unknown or malformed location ${text}`, {
      where: text,
      next: `use a path or one of ${known.map((scheme) => `${scheme}://`).join(', ')}; write ./${text} for a local path`,
    });
  }
  const absolute = text.startsWith('/') ? text : `${workingDirectory}/${text}`;
  return { store: 'file', scheme: 'file', authority: '', path: normalizePath(absolute) };
}

/** `a//b/./c/../d/` becomes `/a/b/d`; `..` never climbs above the root. */
export function normalizePath(path: string): string {
  const isPlain = path.startsWith('/') && !path.includes('//') && !path.includes('/.') && !path.endsWith('/');
  if (isPlain || path === '/') return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** An absolute URI in the user's scheme: `file:///a/b`, `s3a://bucket/key`. */
export function formatLocation(location: Location): string {
  return `${location.scheme}://${location.authority}${location.path}`;
}

/** The identity of what a location names: equal for all spellings of one object within one configuration. */
export function canonicalKey(location: Location): string {
  return `${location.store}://${location.authority}${location.path}`;
}

/** The location `relative` below `base`; `relative` may hold slashes. */
export function child(base: Location, relative: string): Location {
  return { ...base, path: normalizePath(`${base.path}/${relative}`) };
}

/** The directory that holds `location`; the root is its own parent. */
export function parent(location: Location): Location {
  const slash = location.path.lastIndexOf('/');
  return { ...location, path: slash <= 0 ? '/' : location.path.slice(0, slash) };
}

/** The last segment of the path. */
export function baseName(location: Location): string {
  return location.path.slice(location.path.lastIndexOf('/') + 1);
}

/** Whether `location` is `ancestor` or lies below it. */
export function isWithin(location: Location, ancestor: Location): boolean {
  if (location.store !== ancestor.store || location.authority !== ancestor.authority) return false;
  if (ancestor.path === '/') return true;
  return location.path === ancestor.path || location.path.startsWith(`${ancestor.path}/`);
}
