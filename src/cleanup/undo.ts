// Bringing back what a run put aside: files first, each `_metadata` when all that it needs is there again. Nothing that is
// in place is ever overwritten. Killed at any point, the same call goes on.
import type { Leftover } from '../model/cleanup-run.js';
import { child, formatLocation, type Location, parseUri } from '../model/location.js';
import { LOCK_NAME } from '../model/own-places.js';
import type { OpenRemover } from '../storage/open.js';
import type { StorageRemover } from '../storage/storage.js';
import { messageOf, StorageError } from '../support/errors.js';
import { Journal, journalsOf } from './journal.js';
import type { LockOwner } from './lock.js';
import { LockSet } from './lock-set.js';
import type { Quarantine, TrashedFile } from './quarantine.js';
import { closeTrash, type Manifest, quarantineOf, readManifest } from './trash.js';

export interface UndoOptions {
  readonly openRemover: OpenRemover;
  readonly owner: Omit<LockOwner, 'runId'>;
  readonly signal: AbortSignal;
}

export interface Undone {
  /** Files that are in their place again. */
  readonly restored: number;
  /** Still in the trash. */
  readonly failed: readonly Leftover[];
  /** Directories of the snapshots that are back. */
  readonly snapshots: readonly string[];
}

/** Files moved between two looks at the lock. */
const BATCH = 200;

/** Brings back what the run `runId` put aside below `home`. */
export async function undoRun(runId: string, home: Location, options: UndoOptions): Promise<Undone> {
  const { openRemover, owner } = options;
  const storage = await openRemover(home);
  const locks = await LockSet.acquire([child(home, LOCK_NAME)], openRemover, { ...owner, runId });
  try {
    const manifest = await readManifest(home, runId, storage);
    if (manifest === null) {
      await closeTrash(runId, home, { aside: null, storage });
      return { restored: 0, failed: [], snapshots: [] };
    }
    await forbidResuming(manifest, options);
    await leaveWord(manifest, home, storage);
    return await new Undo(manifest, home, storage).run(async () => {
      options.signal.throwIfAborted();
      await locks.confirm();
    });
  } finally {
    await locks.release();
  }
}

/** A run that is undone must not be finished by somebody who finds its journal. */
async function forbidResuming(
  { journals, runId, planId }: Manifest,
  { openRemover }: UndoOptions,
): Promise<void> {
  const at = parseUri(journals)!;
  const journal = new Journal(at, runId, await openRemover(at));
  if ((await journal.record()) === null || (await journal.outcome()) !== null) return;
  const nothing = {
    deleted: 0,
    quarantined: 0,
    uploads: 0,
    skipped: [],
    failed: [],
    bytesFreed: 0,
    verified: 0,
  };
  await journal.end({ runId, planId, ...nothing });
}

/** Where the journal lies elsewhere: so that the same command, given again, knows the run. A full store may refuse it. */
async function leaveWord(
  { journals, runId }: Manifest,
  home: Location,
  storage: StorageRemover,
): Promise<void> {
  const at = journalsOf(home);
  if (journals === formatLocation(at)) return;
  try {
    await new Journal(at, runId, storage).noteUndone();
  } catch (thrown) {
    if (!(thrown instanceof StorageError && thrown.kind === 'no-space')) throw thrown;
  }
}

class Undo {
  readonly #manifest: Manifest;
  readonly #home: Location;
  readonly #storage: StorageRemover;
  readonly #aside: Quarantine;
  readonly #failed = new Map<string, string>();
  #restored = 0;

  constructor(manifest: Manifest, home: Location, storage: StorageRemover) {
    this.#manifest = manifest;
    this.#home = home;
    this.#storage = storage;
    this.#aside = quarantineOf(manifest, { runId: manifest.runId, home, storage });
  }

  async run(beforeBatch: () => Promise<void>): Promise<Undone> {
    const { files, runId } = this.#manifest;
    const [metadata, others] = partition(files);
    await this.#bringBack(others, beforeBatch);
    await this.#bringBack(this.#whole(metadata), beforeBatch);
    await beforeBatch();
    if (this.#failed.size === 0)
      await closeTrash(runId, this.#home, { aside: this.#aside, storage: this.#storage });
    return {
      restored: this.#restored,
      failed: [...this.#failed].map(([path, reason]) => ({ path, reason })),
      snapshots: metadata.flatMap(({ path, snapshot }) => (this.#failed.has(path) ? [] : [snapshot!])),
    };
  }

  async #bringBack(files: readonly TrashedFile[], beforeBatch: () => Promise<void>): Promise<void> {
    for (let start = 0; start < files.length; start += BATCH) {
      await beforeBatch();
      for (const { deletion, error } of await this.#aside.bringBack(files.slice(start, start + BATCH))) {
        if (error === null) this.#restored++;
        else this.#failed.set(deletion.path, messageOf(error));
      }
    }
  }

  /** The `_metadata` of snapshots all of whose files are back. */
  #whole(metadata: readonly TrashedFile[]): readonly TrashedFile[] {
    const torn = new Set(
      this.#manifest.references
        .filter((references) => references.files.some((path) => this.#failed.has(path)))
        .map(({ snapshot }) => snapshot),
    );
    for (const { path, snapshot } of metadata)
      if (torn.has(snapshot!)) this.#failed.set(path, 'files that it needs are not back');
    return metadata.filter(({ snapshot }) => !torn.has(snapshot!));
  }
}

function partition(files: readonly TrashedFile[]) {
  const isMetadata = ({ kind }: TrashedFile) => kind === 'metadata';
  return [files.filter(isMetadata), files.filter((file) => !isMetadata(file))] as const;
}
