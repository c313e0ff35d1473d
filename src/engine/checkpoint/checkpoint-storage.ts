// Where checkpoints of one job live: `<root>/chk-N/` with state files and, last of all, `_metadata`. Files are removed in
// the order that never leaves a `_metadata` without its files. Source: Flink FsCheckpointStorageAccess,
// FsCheckpointStreamFactory, CompletedCheckpoint (sequential discard).
import { child, formatLocation, type Location } from '../../model/location.js';
import type { StreamStateHandle } from '../../model/metadata.js';
import type { StorageRemover } from '../../storage/storage.js';
import { StorageError } from '../../support/errors.js';
import { type Random, randomUuid } from '../../support/random.js';
import type { CheckpointStreams, SnapshotForm } from '../state/keyed-backend.js';

const METADATA = '_metadata';
/** Directory of the files that several checkpoints may refer to. */
const SHARED = 'shared';

/** Something of a checkpoint that could not be removed and stays behind. */
export interface Leftover {
  readonly location: Location;
  readonly error: Error;
}

export interface CheckpointStorageParts {
  readonly storage: StorageRemover;
  /** The job's directory. */
  readonly root: Location;
  readonly random: Random;
  /** State up to this size is kept inside `_metadata`; infinite for Flink's jobmanager storage. */
  readonly inlineThresholdBytes: number;
}

export class CheckpointStorage {
  readonly #parts: CheckpointStorageParts;

  constructor(parts: CheckpointStorageParts) {
    this.#parts = parts;
  }

  get root(): Location {
    return this.#parts.root;
  }

  /** Makes the directories that Flink makes when a job starts; throws where they cannot be made. */
  async initialize(): Promise<void> {
    const { storage, root } = this.#parts;
    await storage.makeDirectory(child(root, SHARED));
    await storage.makeDirectory(child(root, 'taskowned'));
  }

  locationOf(checkpointId: number): CheckpointLocation {
    const directory = child(this.#parts.root, `chk-${checkpointId}`);
    return new CheckpointLocation(checkpointId, this.#parts, { directory, form: 'checkpoint' });
  }

  /** A savepoint, all of whose files are in its directory. */
  savepointAt(place: SnapshotPlace, checkpointId: number): CheckpointLocation {
    return new CheckpointLocation(checkpointId, this.#parts, place);
  }
}

/** Where a snapshot is written, and how. */
export interface SnapshotPlace {
  readonly directory: Location;
  readonly form: SnapshotForm;
}

/**
 * One checkpoint while it is being written. Its shared files too are its own until it is complete: no other checkpoint
 * refers to them before.
 */
export class CheckpointLocation implements CheckpointStreams {
  readonly checkpointId: number;
  readonly directory: Location;
  readonly form: SnapshotForm;
  readonly #parts: CheckpointStorageParts;
  readonly #files: Location[] = [];
  readonly #writing = new Set<Promise<unknown>>();
  /** What may have been written although writing it failed. */
  #attempted: Uint8Array | null = null;
  #closed = false;

  constructor(checkpointId: number, parts: CheckpointStorageParts, { directory, form }: SnapshotPlace) {
    this.checkpointId = checkpointId;
    this.directory = directory;
    this.form = form;
    this.#parts = parts;
  }

  /** State files written. */
  get files(): number {
    return this.#files.length;
  }

  make(): Promise<void> {
    return this.#track(this.#parts.storage.makeDirectory(this.directory));
  }

  newId(): string {
    return randomUuid(this.#parts.random);
  }

  async write(bytes: Uint8Array, scope: 'exclusive' | 'shared' = 'exclusive'): Promise<StreamStateHandle> {
    const name = this.newId();
    const location = child(scope === 'shared' ? child(this.#parts.root, SHARED) : this.directory, name);
    if (bytes.length <= this.#parts.inlineThresholdBytes) {
      return { kind: 'bytes', handleName: formatLocation(location), data: bytes };
    }
    if (this.#closed) throw new StorageError('conflict', 'the checkpoint has been given up');
    this.#files.push(location);
    await this.#track(this.#parts.storage.put(location, bytes));
    const sizeBytes = BigInt(bytes.length);
    if (scope === 'shared') return { kind: 'file', path: formatLocation(location), sizeBytes };
    return { kind: 'relative-file', relativePath: name, sizeBytes };
  }

  /** Makes the checkpoint complete. Never replaces a `_metadata` that is there. */
  async writeMetadata(bytes: Uint8Array): Promise<void> {
    this.#attempted = bytes;
    await this.#parts.storage.putIfAbsent(child(this.directory, METADATA), bytes);
  }

  /**
   * Gives the checkpoint up: waits for writes under way, then removes what was written. A `_metadata` goes first, also
   * one whose writing failed: it may be there all the same. One that another run wrote stays.
   */
  async discard(): Promise<readonly Leftover[]> {
    this.#closed = true;
    await Promise.allSettled(this.#writing);
    const { storage } = this.#parts;
    try {
      const metadata = (await this.#wroteMetadata()) ? child(this.directory, METADATA) : null;
      return await removeSnapshot(storage, { metadata, files: this.#files, directory: this.directory });
    } catch (error) {
      return [{ location: child(this.directory, METADATA), error: error as Error }];
    }
  }

  /** Whether the `_metadata` that is there is the one attempted. Throws where that cannot be told. */
  async #wroteMetadata(): Promise<boolean> {
    if (this.#attempted === null) return false;
    try {
      const found = await this.#parts.storage.read(child(this.directory, METADATA));
      return Buffer.compare(found, this.#attempted) === 0;
    } catch (thrown) {
      if (thrown instanceof StorageError && thrown.kind === 'not-found') return false;
      throw thrown;
    }
  }

  #track(writing: Promise<void>): Promise<void> {
    this.#writing.add(writing);
    return writing.finally(() => this.#writing.delete(writing));
  }
}

/**
 * Removes a checkpoint: `_metadata`, then its files, then the directory unless something else is in it. Stops where the
 * `_metadata` cannot be removed, for then the files are still needed.
 */
export async function removeSnapshot(
  storage: StorageRemover,
  snapshot: {
    /** Null where there is none of ours. */
    readonly metadata: Location | null;
    readonly files: readonly Location[];
    readonly directory: Location;
  },
): Promise<readonly Leftover[]> {
  const leftovers = await removeFiles(storage, snapshot.metadata === null ? [] : [snapshot.metadata]);
  if (leftovers.length > 0) return leftovers;
  leftovers.push(...(await removeFiles(storage, snapshot.files)));
  try {
    await storage.removeEmptyDirectory(snapshot.directory);
  } catch (error) {
    leftovers.push({ location: snapshot.directory, error: error as Error });
  }
  return leftovers;
}

/** Removes files; returns those that could not be. */
export async function removeFiles(storage: StorageRemover, files: readonly Location[]): Promise<Leftover[]> {
  if (files.length === 0) return [];
  try {
    const results = await storage.remove(files);
    return results.flatMap(({ location, outcome, error }) =>
      outcome === 'failed' ? [{ location, error: error ?? new Error('it could not be removed') }] : [],
    );
  } catch (error) {
    return files.map((location) => ({ location, error: error as Error }));
  }
}
