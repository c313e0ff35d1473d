// The first half of a survey: everything that lies under the given roots, by name, size and time. No file is opened.
import { checkpointOf } from '../model/entropy.js';
import { baseName, canonicalKey, formatLocation, type Location, parent } from '../model/location.js';
import { isInTrash } from '../model/own-places.js';
import { type ReportedError, reportError } from '../model/snapshot.js';
import type { SurveyedRoot } from '../model/survey.js';
import { statusAt } from '../storage/status-at.js';
import type { FileStatus, StorageReader } from '../storage/storage.js';
import { CkptError, messageOf } from '../support/errors.js';
import { hasPrefix } from '../support/prefix.js';
import { isSnapshotDirectory, METADATA_NAME, rootKindOf } from './layout.js';

const METADATA_PATH = `/${METADATA_NAME}`;

/** Is told of every file that lies under the roots; more than once where roots overlap. */
export interface FileSink {
  file(root: Location, file: Pick<FileStatus, 'path' | 'sizeBytes' | 'modifiedMs' | 'linked'>): void;
}

/** Something that is called `_metadata`, or that the user named as one. */
export interface MetadataCandidate {
  readonly location: Location;
  readonly status: FileStatus;
}

/** What lies under the roots. Roots may overlap: nothing is counted twice. */
export class Listing {
  readonly roots: SurveyedRoot[] = [];
  readonly problems: ReportedError[] = [];
  readonly #metadata = new Map<string, MetadataCandidate>();
  readonly #snapshotDirectories = new Map<string, Location>();
  /** Where each directory was met first. */
  readonly #directories = new Map<string, Location>();
  readonly #files: FileSink;
  /** The directory that a store without directories told of last. */
  #lastParent = '';
  /** What the path of the last entry began with, up to the slash behind the first name below its root. */
  #lastChild = '/';

  constructor(files: FileSink) {
    this.#files = files;
  }

  /** Adds what is at `location`. Throws the StorageError of a location that is absent or cannot be looked at. */
  async add(location: Location, reader: StorageReader): Promise<void> {
    const status = await statusAt(location, reader);
    if (status?.type === 'file') return this.#addMetadataFile(location, status);
    if (status !== null) this.#noteIdentity(location, status);
    await this.#addDirectory(location, reader);
  }

  /** All directories called like those of snapshots. */
  get snapshotDirectories(): readonly Location[] {
    return [...this.#snapshotDirectories.values()];
  }

  get metadata(): readonly MetadataCandidate[] {
    return [...this.#metadata.values()];
  }

  /** Directories of snapshots that hold nothing called `_metadata`, nor does another of the same checkpoint. */
  get incomplete(): readonly Location[] {
    const holders = this.metadata.map(({ location }) => parent(location));
    const withMetadata = new Set(holders.map(canonicalKey));
    const complete = new Set(holders.filter((at) => !isInTrash(at)).map(checkpointOf));
    const isComplete = (key: string, at: Location) => {
      const checkpoint = checkpointOf(at);
      return withMetadata.has(key) || (checkpoint !== null && complete.has(checkpoint));
    };
    return [...this.#snapshotDirectories].filter(([key, at]) => !isComplete(key, at)).map(([, at]) => at);
  }

  #addMetadataFile(location: Location, status: FileStatus): void {
    this.addMetadata({ location, status });
    this.#files.file(location, status);
    this.roots.push({ location, takenFor: 'metadata' });
  }

  /** Adds what others listed below `root`, file by file; returns how many entries there were. */
  async addEntries(
    root: Location,
    batches: AsyncIterable<readonly FileStatus[]>,
    { flat }: { readonly flat: boolean },
  ): Promise<number> {
    const children = new Set<string>();
    let count = 0;
    this.#lastChild = '/';
    this.noteDirectory(root);
    for await (const entries of batches) {
      count += entries.length;
      for (const entry of entries) {
        this.#note(root, entry);
        if (flat) this.#noteParent(root, entry);
        this.#noteChild(root, entry, children);
      }
    }
    this.roots.push({ location: root, takenFor: rootKindOf(root, children) });
    return count;
  }

  async #addDirectory(root: Location, reader: StorageReader): Promise<void> {
    const flat = !reader.capabilities.directories;
    await this.addEntries(root, this.#entriesOf(root, reader), { flat });
  }

  /** The entries of a listing, its problems noted. */
  async *#entriesOf(root: Location, reader: StorageReader): AsyncGenerator<readonly FileStatus[]> {
    for await (const { entries, problems } of reader.list(root)) {
      yield entries;
      for (const { path, error } of problems) this.problems.push(problemAt({ ...root, path }, error));
    }
  }

  #note(root: Location, entry: FileStatus): void {
    if (entry.path.endsWith(METADATA_PATH))
      this.addMetadata({ location: { ...root, path: entry.path }, status: entry });
    if (entry.type === 'file') this.#files.file(root, entry);
    else if (entry.type === 'directory') this.#noteListedDirectory({ ...root, path: entry.path }, entry);
    else this.problems.push(notFollowed({ ...root, path: entry.path }, entry));
  }

  #noteListedDirectory(directory: Location, status: FileStatus): void {
    this.noteDirectory(directory);
    this.#noteIdentity(directory, status);
  }

  /** One directory under two paths: what is needed by one name looks like nobody's by the other. */
  #noteIdentity(directory: Location, { directoryId }: FileStatus): void {
    if (directoryId === undefined) return;
    const first = this.#directories.get(directoryId);
    if (first === undefined) this.#directories.set(directoryId, directory);
    else if (canonicalKey(first) !== canonicalKey(directory)) this.problems.push(metTwice(directory, first));
  }

  /** A store without directories tells of them only by what lies in them. */
  #noteParent(root: Location, { path }: FileStatus): void {
    const directory = path.slice(0, path.lastIndexOf('/'));
    if (directory === this.#lastParent) return;
    this.#lastParent = directory;
    this.noteDirectory({ ...root, path: directory || '/' });
  }

  /** Keeps the first name below `root` on the way to `entry`. */
  #noteChild(root: Location, entry: FileStatus, children: Set<string>): void {
    const start = root.path === '/' ? 1 : root.path.length + 1;
    if (this.#lastChild.length > start && hasPrefix(entry.path, this.#lastChild)) return;
    const slash = entry.path.indexOf('/', start);
    const isMetadata = slash < 0 && entry.path.endsWith(METADATA_PATH);
    if (slash < 0 && entry.type !== 'directory' && !isMetadata) return;
    const name = entry.path.slice(start, slash < 0 ? undefined : slash);
    children.add(name);
    this.#lastChild = `${entry.path.slice(0, start)}${name}/`;
  }

  /** Whether `directory` is called like that of a snapshot and was met before. */
  knowsDirectory(directory: Location): boolean {
    return this.#snapshotDirectories.has(canonicalKey(directory));
  }

  addMetadata(candidate: MetadataCandidate): void {
    this.#metadata.set(canonicalKey(candidate.location), candidate);
  }

  noteDirectory(directory: Location): void {
    if (isSnapshotDirectory(baseName(directory))) {
      this.#snapshotDirectories.set(canonicalKey(directory), directory);
    }
  }
}

function problemAt(location: Location, error: Error): ReportedError {
  const where = formatLocation(location);
  if (error instanceof CkptError) return { ...reportError(error), where };
  return { code: 'bug', message: messageOf(error), where, next: null };
}

function metTwice(directory: Location, first: Location): ReportedError {
  const where = formatLocation(directory);
  return {
    code: 'directory-met-twice',
    message: `${where} is ${formatLocation(first)} by another path: nothing in either may be deleted`,
    where,
    next: 'give the directory by one path only: leave out the link, or take the mount away',
  };
}

function notFollowed(location: Location, entry: FileStatus): ReportedError {
  const where = formatLocation(location);
  const what =
    entry.type === 'symlink' ? 'a symbolic link, which is not followed' : 'neither file nor directory';
  return {
    code: 'not-followed',
    message: `${where} is ${what}`,
    where,
    next: 'if it leads to checkpoints, give what it points to as a location of its own',
  };
}
