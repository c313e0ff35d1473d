// Listings that people make with common tools: `rclone lsjson -R --no-mimetype` and `find -printf '%y %s %T@ %p\n'`.
import { formatLocation, type Location, normalizePath } from '../../model/location.js';
import type { FileStatus } from '../../storage/storage.js';
import { damaged, linesOf, type StoredText } from './lines.js';

const NUL = 0;

/** The entries of `rclone lsjson` run at `root`: an array, one object a line. */
export async function* rcloneEntries(
  text: StoredText,
  root: Location,
): AsyncGenerator<readonly FileStatus[]> {
  let ended = false;
  for await (const lines of linesOf(text)) {
    ended = lines.at(-1)?.trimEnd().endsWith(']') ?? ended;
    yield lines.flatMap((line) =>
      objectsIn(line, text.location).map((entry) => rcloneEntry(entry, root, text)),
    );
  }
  if (!ended) throw damaged(text.location, 'ends before its list does');
}

/** The entries of `find -printf` with type, size, time and path in any order, the path last. */
export async function* findEntries(
  text: StoredText,
  { root, head }: { readonly root: Location; readonly head: Buffer },
): AsyncGenerator<readonly FileStatus[]> {
  const separator = head.includes(NUL) ? NUL : undefined;
  for await (const lines of linesOf(text, separator)) yield lines.map((line) => findEntry(line, root, text));
}

function objectsIn(line: string, location: Location): readonly unknown[] {
  const text = line
    .trim()
    .replace(/^\[/, '')
    .replace(/[\],]+$/, '');
  if (text === '') return [];
  try {
    return JSON.parse(`[${text}]`) as unknown[];
  } catch (cause) {
    throw damaged(location, `a line is no JSON: ${line.slice(0, 200)}`, cause);
  }
}

function rcloneEntry(entry: unknown, root: Location, text: StoredText): FileStatus {
  const { Path, Size, ModTime, IsDir } = (entry ?? {}) as Record<string, unknown>;
  if (typeof Path !== 'string' || typeof Size !== 'number')
    throw damaged(text.location, 'an entry has no Path or no Size');
  const modifiedMs = typeof ModTime === 'string' ? Date.parse(ModTime) : Number.NaN;
  return {
    path: pathBelow(Path, root),
    type: IsDir === true ? 'directory' : 'file',
    sizeBytes: Math.max(0, Size),
    modifiedMs: Number.isNaN(modifiedMs) ? null : modifiedMs,
    etag: null,
  };
}

const TYPES: Readonly<Record<string, FileStatus['type']>> = { f: 'file', d: 'directory', l: 'symlink' };
const FIND_FIELD = /^(?:([a-zA-Z])|(\d+)|(\d+\.\d+))[ \t]/;

function findEntry(line: string, root: Location, text: StoredText): FileStatus {
  let rest = line;
  let [type, size, time] = ['', '', ''];
  for (let match = FIND_FIELD.exec(rest); match !== null; match = FIND_FIELD.exec(rest)) {
    if (match[1] !== undefined && type === '') type = match[1];
    else if (match[2] !== undefined && size === '') size = match[2];
    else if (match[3] !== undefined && time === '') time = match[3];
    else break;
    rest = rest.slice(match[0].length);
  }
  if (type === '' || size === '' || rest === '')
    throw damaged(text.location, `a line has no type, size or path: ${line.slice(0, 200)}`);
  return {
    path: pathBelow(rest, root),
    type: TYPES[type] ?? 'other',
    sizeBytes: type === 'd' ? 0 : Number(size),
    modifiedMs: time === '' ? null : Math.floor(Number(time) * 1000),
    etag: null,
  };
}

/** Absolute paths stand for themselves, others begin at the root. */
function pathBelow(path: string, root: Location): string {
  return path.startsWith('/') ? normalizePath(path) : normalizePath(`${root.path}/${path}`);
}

/** How such listings are made, for messages. */
export function howToList(root: Location): string {
  return `rclone lsjson -R --no-mimetype REMOTE, or find ${formatLocation(root)} -printf '%y %s %T@ %p\\n'`;
}
