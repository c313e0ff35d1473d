// The recursive listing of a local directory. Synchronous calls: with sizes and times they are more than twice as fast
// as the promise API. Between two batches everybody else gets a turn. Memory is flat: directories are read in chunks,
// and only the names of directories still to be visited are kept.
import { type Dir, existsSync, lstatSync, opendirSync, type Stats } from 'node:fs';
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import { type EventLoop, systemEventLoop } from '../../support/event-loop.js';
import type { FileStatus, ListingBatch, ListingProblem } from '../storage.js';
import { errnoOf, filePath, localError } from './errors.js';

/** What Node puts for bytes that are not UTF-8: a path with it may name another file, or none. */
const REPLACEMENT = '\uFFFD';

/** How a walk goes. */
export interface WalkOptions {
  readonly batchEntries?: number;
  readonly eventLoop?: EventLoop;
}

/** Everything below `root`; see StorageReader.list. */
export async function* walk(
  root: Location,
  { batchEntries = 1000, eventLoop = systemEventLoop }: WalkOptions = {},
): AsyncGenerator<ListingBatch> {
  const visit = visitTree(root);
  for (;;) {
    const batch = nextBatch(visit, batchEntries);
    if (batch === null) return;
    yield batch;
    await new Promise<void>((resolve) => eventLoop.nextTurn(resolve));
  }
}

/** The status of an entry from what lstat or stat told. */
export function statusOf(path: string, stats: Stats): FileStatus {
  const type = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'symlink'
        : 'other';
  const modifiedMs = Math.floor(stats.mtimeMs);
  if (type !== 'directory')
    return { path, type, sizeBytes: stats.size, modifiedMs, etag: null, ...linkOf(type, stats) };
  return { path, type, sizeBytes: 0, modifiedMs, etag: null, ...directoryIdOf(stats) };
}

function linkOf(type: FileStatus['type'], { nlink }: Stats): Pick<FileStatus, 'linked'> {
  return type === 'file' && nlink > 1 ? { linked: true } : {};
}

/** None where a number does not hold the inode exactly, nor where the file system has none. */
function directoryIdOf({ dev, ino }: Stats): Pick<FileStatus, 'directoryId'> {
  return Number.isSafeInteger(ino) && ino > 0 ? { directoryId: `${dev}:${ino}` } : {};
}

/** Whether a name was read from bytes that are not UTF-8 (or holds the character that stands for such). */
export function isMangled(name: string): boolean {
  return name.includes(REPLACEMENT);
}

type Finding = { readonly entry: FileStatus } | { readonly problem: ListingProblem };

function nextBatch(visit: Iterator<Finding>, limit: number): ListingBatch | null {
  const entries: FileStatus[] = [];
  const problems: ListingProblem[] = [];
  while (entries.length + problems.length < limit) {
    const next = visit.next();
    if (next.done === true) break;
    if ('entry' in next.value) entries.push(next.value.entry);
    else problems.push(next.value.problem);
  }
  return entries.length + problems.length === 0 ? null : { entries, problems };
}

function* visitTree(root: Location): Generator<Finding> {
  const rootPath = filePath(root);
  const pending: string[] = [];
  yield* visitDirectory(openRoot(root), rootPath, pending);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    let directory: Dir;
    try {
      directory = opendirSync(path, { bufferSize: 1024 });
    } catch (thrown) {
      if (!hasVanished(thrown)) yield { problem: problemAt(root, path, thrown) };
      continue;
    }
    yield* visitDirectory(directory, path, pending);
  }

  function* visitDirectory(directory: Dir, path: string, found: string[]): Generator<Finding> {
    const prefix = path === '/' ? '/' : `${path}/`;
    try {
      for (let dirent = directory.readSync(); dirent !== null; dirent = directory.readSync()) {
        const finding = look(root, prefix, dirent.name);
        if (finding === null) continue;
        if ('entry' in finding && finding.entry.type === 'directory') found.push(finding.entry.path);
        yield finding;
      }
    } catch (thrown) {
      yield { problem: problemAt(root, path, thrown) };
    } finally {
      directory.closeSync();
    }
  }
}

function look(root: Location, prefix: string, name: string): Finding | null {
  const path = prefix + name;
  if (isMangled(name)) return { problem: { path, error: mangled(path) } };
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : { entry: statusOf(path, stats) };
  } catch (thrown) {
    return hasVanished(thrown) ? null : { problem: problemAt(root, path, thrown) };
  }
}

/** Opens the directory that was asked for: here nothing is forgiven. */
function openRoot(root: Location): Dir {
  try {
    return opendirSync(filePath(root), { bufferSize: 1024 });
  } catch (thrown) {
    throw rootError(root, thrown);
  }
}

/** ENOTDIR is said both of a file and of a path that runs through one; only the second is absent. */
export function rootError(root: Location, thrown: unknown): StorageError {
  const error = localError(thrown, 'list', root);
  if (errnoOf(thrown) !== 'ENOTDIR' || !existsSync(root.path)) return error;
  const where = formatLocation(root);
  return new StorageError('conflict', `cannot list ${where}: it is no directory`, { where, cause: thrown });
}

/** Gone, or replaced by something that is no directory, since its entry was read. */
function hasVanished(thrown: unknown): boolean {
  return errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ENOTDIR';
}

function problemAt(root: Location, path: string, thrown: unknown): ListingProblem {
  return { path, error: localError(thrown, 'look at', { ...root, path }) };
}

function mangled(path: string): StorageError {
  return new StorageError('corrupt', `the name of ${JSON.stringify(path)} is not UTF-8`, {
    where: path,
    next: 'rename it: what it is cannot be told',
  });
}
