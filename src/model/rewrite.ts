// `--rewrite FROM=TO`: references that start with FROM are looked up at TO, for a tree that was moved or is mounted
// elsewhere. FROM matches whole path segments, in whatever spelling the `_metadata` has.
import { UsageError } from '../support/errors.js';
import {
  canonicalKey,
  child,
  formatLocation,
  isWithin,
  type Location,
  normalizePath,
  parent,
  parseLocation,
  parseUri,
} from './location.js';

/** One `--rewrite`. */
export interface Rewrite {
  /** A location, or the plain form of a URI whose scheme we do not know: `gs:/bucket/dir` for `gs://bucket/dir/`. */
  readonly from: Location | string;
  readonly to: Location;
}

const URI = /^([A-Za-z][A-Za-z0-9+.-]+):(\/.*)$/s;

/** Reads `FROM=TO`; the first `=` parts them. Local paths are taken relative to `workingDirectory`. */
export function parseRewrite(text: string, workingDirectory: string): Rewrite {
  const equals = text.indexOf('=');
  if (equals <= 0 || equals === text.length - 1) {
    throw new UsageError(`a rewrite must have the form FROM=TO: ${text}`, {
      where: '--rewrite',
      next: 'give, for example, --rewrite s3://bucket/flink=/mnt/copy',
    });
  }
  const from = text.slice(0, equals);
  const plain = parseUri(from) === null ? plainUri(from) : null;
  return {
    from: plain ?? parseLocation(from, workingDirectory),
    to: parseLocation(text.slice(equals + 1), workingDirectory),
  };
}

/** `FROM=TO` that {@link parseRewrite} reads as the same, wherever it is read. */
export function formatRewrite({ from, to }: Rewrite): string {
  return `${typeof from === 'string' ? from : formatLocation(from)}=${formatLocation(to)}`;
}

/**
 * Where an absolute path of a `_metadata` is to be looked up: the first rewrite that fits decides, else the path names
 * the place itself. Null where it is no URI of a known store.
 */
export function resolvePath(path: string, rewrites: readonly Rewrite[]): Location | null {
  const location = parseUri(path);
  for (const { from, to } of rewrites) {
    const below =
      typeof from === 'string' ? textBelow(plainUri(path), from) : location && pathBelow(location, from);
    if (below !== null) return child(to, below);
  }
  return location;
}

/** Whether a rewrite may be of the file that `path` names alone, or of another in its directory, and not of all of them. */
export function isRewrittenAlone(path: string, rewrites: readonly Rewrite[]): boolean {
  const location = parseUri(path);
  const directory = location && canonicalKey(parent(location));
  const plain = directoryOf(plainUri(path) ?? '');
  return rewrites.some(({ from }) =>
    typeof from === 'string' ? directoryOf(from) === plain : canonicalKey(parent(from)) === directory,
  );
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** One spelling for all of a URI of any scheme; null for what is none. */
function plainUri(text: string): string | null {
  const match = URI.exec(text);
  return match && `${match[1]!.toLowerCase()}:${normalizePath(match[2]!)}`;
}

/** What follows `from` in `path`; null where `path` does not lie below. */
function textBelow(path: string | null, from: string): string | null {
  return path === from || path?.startsWith(`${from}/`) ? path.slice(from.length) : null;
}

function pathBelow(location: Location, from: Location): string | null {
  return isWithin(location, from) ? location.path.slice(from.path === '/' ? 0 : from.path.length) : null;
}
