// A store in memory: for tests, and the plainest reading of what the interface promises. It can be a file system
// (directories exist on their own) or an object store (directories are prefixes of keys).
import { formatLocation, type Location, parent } from '../model/location.js';
import { type Clock, systemClock } from '../support/clock.js';
import { StorageError, type StorageErrorKind } from '../support/errors.js';
import type {
  FileStatus,
  ListingBatch,
  Pieces,
  RemovalResult,
  StorageCapabilities,
  StorageRemover,
} from './storage.js';

/** How a store in memory behaves. */
export interface MemoryOptions {
  readonly clock?: Clock;
  /** False for an object store. */
  readonly directories?: boolean;
  /** Entries in a batch of a listing. */
  readonly pageEntries?: number;
}

export interface MemoryFile {
  readonly content: Uint8Array;
  readonly modifiedMs: number;
  readonly version: number;
}

const MESSAGES: Partial<Record<StorageErrorKind, string>> = {
  'not-found': 'nothing is there',
  'already-exists': 'it exists already',
  conflict:
    'it is a directory, a file in place of one, or a directory that is not empty; or the store cannot do it',
};

/** One store; authorities of locations are not told apart. */
export class MemoryStorage implements StorageRemover {
  readonly capabilities: StorageCapabilities;
  /** By path. */
  protected readonly files = new Map<string, MemoryFile>();
  readonly #directories = new Set<string>(['/']);
  readonly #clock: Clock;
  readonly #pageEntries: number;
  #versions = 0;

  constructor({ clock = systemClock, directories = true, pageEntries = 1000 }: MemoryOptions = {}) {
    this.capabilities = {
      atomicPut: true,
      conditionalPut: true,
      rename: directories,
      copy: true,
      directories,
    };
    this.#clock = clock;
    this.#pageEntries = pageEntries;
  }

  async *list(root: Location): AsyncGenerator<ListingBatch> {
    this.#requireDirectory(root);
    const below = this.#below(root);
    const entries = this.capabilities.directories ? below : below.filter(({ type }) => type === 'file');
    for (let start = 0; start < entries.length; start += this.#pageEntries) {
      yield { entries: entries.slice(start, start + this.#pageEntries), problems: [] };
    }
  }

  async listDirectory(directory: Location): Promise<readonly FileStatus[]> {
    this.#requireDirectory(directory);
    return this.#below(directory).filter(({ path }) => parentPath(path) === directory.path);
  }

  async stat(location: Location): Promise<FileStatus> {
    const file = this.files.get(location.path);
    if (file !== undefined) return fileStatus(location.path, file);
    if (this.capabilities.directories && this.#directories.has(location.path))
      return directoryStatus(location.path);
    throw failure('not-found', location);
  }

  async read(location: Location): Promise<Uint8Array> {
    return this.#file(location).content.slice();
  }

  async readRange(location: Location, offset: number, length: number): Promise<Uint8Array> {
    return this.#file(location).content.slice(offset, offset + length);
  }

  async makeDirectory(location: Location): Promise<void> {
    if (!this.capabilities.directories) return;
    if (this.files.has(location.path)) throw failure('already-exists', location);
    if (this.#directories.has(location.path)) return;
    await this.makeDirectory(parent(location));
    this.#directories.add(location.path);
  }

  async put(location: Location, content: Uint8Array): Promise<void> {
    if (this.capabilities.directories) {
      if (!this.#directories.has(parent(location).path)) throw failure('not-found', parent(location));
      if (this.#directories.has(location.path)) throw failure('conflict', location);
    }
    const version = ++this.#versions;
    this.files.set(location.path, { content: content.slice(), modifiedMs: this.#clock.now(), version });
  }

  async putPieces(location: Location, { read }: Pieces): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of read()) pieces.push(piece.slice());
    await this.put(location, Buffer.concat(pieces));
  }

  async putIfAbsent(location: Location, content: Uint8Array): Promise<void> {
    if (this.files.has(location.path)) throw failure('already-exists', location);
    await this.put(location, content);
  }

  async remove(locations: readonly Location[]): Promise<readonly RemovalResult[]> {
    return locations.map((location) => {
      if (this.files.delete(location.path)) return { location, outcome: 'removed' };
      if (!this.capabilities.directories || !this.#directories.has(location.path))
        return { location, outcome: 'absent' };
      return { location, outcome: 'failed', error: failure('conflict', location) };
    });
  }

  async removeEmptyDirectory(location: Location): Promise<void> {
    if (this.files.has(location.path) || this.#below(location).length > 0)
      throw failure('conflict', location);
    this.#directories.delete(location.path);
  }

  async nowMs(): Promise<number> {
    return this.#clock.now();
  }

  async copy(from: Location, to: Location): Promise<void> {
    await this.put(to, this.#file(from).content);
  }

  async rename(from: Location, to: Location): Promise<void> {
    if (!this.capabilities.rename) throw failure('conflict', from);
    const file = this.#file(from);
    if (this.files.has(to.path) || this.#directories.has(to.path)) throw failure('already-exists', to);
    if (!this.#directories.has(parent(to).path)) throw failure('not-found', parent(to));
    this.files.delete(from.path);
    this.files.set(to.path, file);
  }

  #file(location: Location): MemoryFile {
    const file = this.files.get(location.path);
    if (file !== undefined) return file;
    const isDirectory = this.capabilities.directories && this.#directories.has(location.path);
    throw failure(isDirectory ? 'conflict' : 'not-found', location);
  }

  #requireDirectory(location: Location): void {
    const { directories } = this.capabilities;
    if (directories ? this.#directories.has(location.path) : this.#below(location).length > 0) return;
    throw failure(directories && this.files.has(location.path) ? 'conflict' : 'not-found', location);
  }

  /** Files and directories below `root`, in the order of their paths. */
  #below(root: Location): readonly FileStatus[] {
    const prefix = root.path === '/' ? '/' : `${root.path}/`;
    const files = [...this.files].filter(([path]) => path.startsWith(prefix));
    const paths = files.map(([path]) => path);
    const directories = this.capabilities.directories
      ? [...this.#directories].filter((path) => path.startsWith(prefix) && path !== '/')
      : prefixesBelow(paths, prefix);
    return [...files.map(([path, file]) => fileStatus(path, file)), ...directories.map(directoryStatus)].sort(
      (a, b) => (a.path < b.path ? -1 : 1),
    );
  }
}

function prefixesBelow(paths: readonly string[], prefix: string): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) {
    for (let at = parentPath(path); at.startsWith(prefix) && at !== '/'; at = parentPath(at)) found.add(at);
  }
  return [...found];
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function fileStatus(path: string, { content, modifiedMs, version }: MemoryFile): FileStatus {
  return { path, type: 'file', sizeBytes: content.length, modifiedMs, etag: `"${version}"` };
}

function directoryStatus(path: string): FileStatus {
  return { path, type: 'directory', sizeBytes: 0, modifiedMs: null, etag: null };
}

function failure(kind: StorageErrorKind, location: Location): StorageError {
  const where = formatLocation(location);
  return new StorageError(kind, `cannot use ${where}: ${MESSAGES[kind]}`, { where });
}
