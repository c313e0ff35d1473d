// The interface to everything outside: bytes at locations. Split by right: who only reads is handed a StorageReader,
// and without a StorageWriter in the process nothing can be changed.
//
// What every store promises (test/contract checks it of each):
// - Only StorageError `not-found` means that something is absent. Every other failure is thrown as what it is; a
//   listing that could not be completed throws and never ends early.
// - A path is absolute, canonical (model/location) and taken literally. A path that no object can have (it runs
//   through a file, holds a NUL or half a surrogate pair) is `not-found`.
// - After a `put` has returned, every read and listing that begins later sees it (read-after-write).
// - `put` and `putIfAbsent` are atomic where `capabilities.atomicPut`: a reader sees the whole object or none. What a
//   dead writer leaves behind is a sibling named `.<name>.inprogress.<uuid>`, as Flink's own writers leave it.
// - Times are those of the store's clock, whole milliseconds since the epoch.
import type { Location } from '../model/location.js';
import type { StorageError } from '../support/errors.js';

/** What a listing and `stat` tell of a file or directory. */
export interface FileStatus {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Size in bytes; 0 for directories. */
  readonly sizeBytes: number;
  /** Modification time; null where the store does not tell one. */
  readonly modifiedMs: number | null;
  /** Changes whenever the content does, where the store has such a thing. */
  readonly etag: string | null;
  /** A file has further names (hard links): removing this one gives no room back. Only where the store has such a thing. */
  readonly linked?: true;
  /** The same for two paths that lead to one directory (a link, a mount); only of directories, where the store has it. */
  readonly directoryId?: string;
}

/** A directory or entry that could not be looked at: reported beside the entries, never skipped in silence. */
export interface ListingProblem {
  readonly path: string;
  readonly error: Error;
}

/** A portion of a recursive listing. */
export interface ListingBatch {
  readonly entries: readonly FileStatus[];
  readonly problems: readonly ListingProblem[];
}

/** An upload in parts that was begun and neither completed nor given up: it costs room, and no listing of files shows it. */
export interface OpenUpload {
  /** Path of the file that it would become. */
  readonly path: string;
  readonly uploadId: string;
  /** When it was begun, by the store's clock; null where the store does not tell. */
  readonly initiatedMs: number | null;
}

/** The open uploads below a directory. */
export interface OpenUploads {
  readonly uploads: readonly OpenUpload[];
  /** False where the server says that there are more and not where to go on (SeaweedFS). */
  readonly complete: boolean;
}

/** What a store can do beyond the promises above. */
export interface StorageCapabilities {
  /** `put` shows either nothing or all bytes. */
  readonly atomicPut: boolean;
  /** `putIfAbsent` decides a race for one winner. */
  readonly conditionalPut: boolean;
  /** There is `rename`: a file gets another name in one atomic step. Else it throws `conflict`. */
  readonly rename: boolean;
  /** There is `copy`: the store copies by itself, whatever the size. Else it throws `conflict`. */
  readonly copy: boolean;
  /** Directories exist on their own (else they are mere prefixes of keys). */
  readonly directories: boolean;
  /** `remove` cannot tell a file that it removed from one that was absent, and says `removed` of both. */
  readonly blindRemoval?: true;
}

/** Reads one store (one file system, one bucket's endpoint, one name service). */
export interface StorageReader {
  readonly capabilities: StorageCapabilities;
  /**
   * Everything below `root`, depth unlimited, in no particular order, `root` itself left out. Symbolic links are
   * reported and not followed, `root` excepted. Entries that vanish while the listing runs may be missing.
   * `not-found` where nothing is at `root`; `conflict` where that is a file and the store has directories.
   */
  list(root: Location): AsyncIterable<ListingBatch>;
  /** What lies directly in `directory`, in order of the names; errors as for `list`. */
  listDirectory(directory: Location): Promise<readonly FileStatus[]>;
  /** What opening `location` would meet: symbolic links are followed. Prefixes of keys are `not-found`. */
  stat(location: Location): Promise<FileStatus>;
  /** The whole content. Throws `corrupt` where the store delivers fewer bytes than it announced. */
  read(location: Location): Promise<Uint8Array>;
  /** `length` bytes from `offset`, fewer only where the file ends before. */
  readRange(location: Location, offset: number, length: number): Promise<Uint8Array>;
  /**
   * What the clock says by which the store that `location` is in tells `modifiedMs`: whole milliseconds since the epoch,
   * of some stores in whole seconds. Ages are reckoned by it, never by the clock of this machine.
   */
  nowMs(location: Location): Promise<number>;
  /**
   * What a removal leaves in the store that `location` is in: a `marker` that hides the file, whose bytes go on costing, or
   * `nothing`. Stores without versions do not have this.
   */
  removalLeaves?(location: Location): Promise<'nothing' | 'marker' | 'unknown'>;
  /** Open uploads of files below `root`. Stores without such do not have this. */
  listUploads?(root: Location): Promise<OpenUploads>;
}

/** What is too large to be held. */
export interface Pieces {
  /** What the pieces come to in all. */
  readonly sizeBytes: number;
  /** The bytes from the first on; begun anew at each call. It throws where there are more or fewer than said. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** Changes one store. Removing is not part of this interface: see StorageRemover. */
export interface StorageWriter extends StorageReader {
  /** Makes the directory and its parents; no error where it exists. Does nothing where there are no directories. */
  makeDirectory(location: Location): Promise<void>;
  /**
   * Writes or replaces. The bytes are durable when the promise resolves. Where there are directories, that of
   * `location` must be there: else `not-found`, so that a directory that vanished does not come back half empty.
   */
  put(location: Location, content: Uint8Array): Promise<void>;
  /** Like `put`; holds no more than a few of the pieces at once. What they throw is thrown, and nothing is written. */
  putPieces(location: Location, pieces: Pieces): Promise<void>;
  /** Writes where nothing is; else throws `already-exists` and changes nothing. Otherwise like `put`. */
  putIfAbsent(location: Location, content: Uint8Array): Promise<void>;
  /**
   * Copies a file within the store, replacing what is at `to`; as atomic as `put`. Throws `conflict` where the file
   * changes meanwhile, or the store has no such thing.
   */
  copy(from: Location, to: Location): Promise<void>;
}

/** One version of a file, in a store that keeps them: content, or a marker that hides the versions before it. */
export interface FileVersion {
  readonly path: string;
  readonly versionId: string;
  readonly isMarker: boolean;
  /** No other version of the path is newer: the content that is read, or the marker that hides the file. */
  readonly isLatest: boolean;
  /** 0 for markers. */
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
}

/** A version by its exact name. */
export interface VersionName {
  readonly location: Location;
  readonly versionId: string;
}

/** What a store keeps of files that were replaced or removed, where `removalLeaves` says `marker`. */
export interface StoredVersions {
  /**
   * All versions of files below `root`; those with content of one path come from the newest to the oldest. Nothing where
   * nothing is; a name that no path can have is left out.
   */
  list(root: Location): AsyncIterable<readonly FileVersion[]>;
  /** Removes exactly these for good; one result per version, in the order given. */
  remove(versions: readonly VersionName[]): Promise<readonly RemovalResult[]>;
}

/** Outcome of one key of {@link StorageRemover.remove}; `absent` is a success. */
export interface RemovalResult {
  readonly location: Location;
  readonly outcome: 'removed' | 'absent' | 'failed';
  readonly error?: Error;
}

/** Which name a file has, and which it is to have. */
export interface Move {
  readonly from: Location;
  readonly to: Location;
}

/** Takes things away, each by its exact name. Never recursive. */
export interface StorageRemover extends StorageWriter {
  /** Removes files, each by exact key; one result per location, in the order given. */
  remove(locations: readonly Location[]): Promise<readonly RemovalResult[]>;
  /** Removes an empty directory; `conflict` where something is in it, no error where it is gone already. */
  removeEmptyDirectory(location: Location): Promise<void>;
  /**
   * Gives a file the name `to` in the same store; its directory must be there. Throws `already-exists` where something
   * is at `to`, and `conflict` where the store has no such thing.
   */
  rename(from: Location, to: Location): Promise<void>;
  /**
   * The same of many files, where that takes less time; for each in the order given null, or what `rename` throws. Stores
   * for which it is all the same do not have this.
   */
  renameAll?(moves: readonly Move[]): Promise<readonly (StorageError | null)[]>;
  /** Gives up an open upload to the store that `location` is in; no error where it is gone already. */
  abortUpload?(location: Location, upload: OpenUpload): Promise<void>;
  /** Stores that cannot keep versions do not have this. */
  readonly versions?: StoredVersions;
}
