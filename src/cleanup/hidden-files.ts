// Files that are put aside under a marker, in a store that keeps versions: what is removed without naming a version stays
// where it is and is hidden. The manifest names the version of each file before the first is hidden, so that no answer of
// the store need be kept; copies of the `_metadata` in the trash tell every survey what the hidden snapshots reference.
import { formatLocation, parseUri } from '../model/location.js';
import type { PlannedDeletion } from '../model/plan.js';
import type { RemovalResult, StorageRemover, StoredVersions, VersionName } from '../storage/storage.js';
import { RefusalError, StoppedError, StorageError } from '../support/errors.js';
import { type FileHistory, historiesOf, keyOf, stateOf } from './file-history.js';
import { type MetadataPins, metadataPins } from './metadata-pins.js';
import type { Quarantine, QuarantineScope, Settled, TrashedFile } from './quarantine.js';

export function hiddenFiles(scope: QuarantineScope): Quarantine {
  return new HiddenFiles(scope);
}

class HiddenFiles implements Quarantine {
  readonly #scope: QuarantineScope;
  readonly #storage: StorageRemover;
  readonly #versions: StoredVersions;
  readonly #pins: MetadataPins;
  #listed: Promise<ReadonlyMap<string, FileHistory>> | null = null;

  constructor(scope: QuarantineScope) {
    this.#scope = scope;
    this.#storage = scope.storage;
    this.#versions = scope.storage.versions!;
    this.#pins = metadataPins(scope);
  }

  async name(): Promise<readonly TrashedFile[]> {
    const histories = await this.#histories();
    return this.#scope.files.flatMap((file) => {
      const seen = histories.get(keyOf(file))?.contents.find(({ isLatest }) => isLatest);
      if (seen === undefined) return [];
      if (seen.sizeBytes !== file.bytes || seen.modifiedMs !== timeOf(file)) throw changed(file);
      return [{ ...file, version: seen.versionId }];
    });
  }

  async prepare(): Promise<void> {
    await this.#pins.put();
  }

  /** Where removing came to leave no marker, files would be lost. */
  async putAside(files: readonly PlannedDeletion[]): Promise<readonly Settled[]> {
    if ((await this.#storage.removalLeaves?.(this.#scope.home)) !== 'marker') throw stopped(this.#scope);
    const results = await this.#storage.remove(files.map(({ path }) => parseUri(path)!));
    return settledOf(files, results);
  }

  async bringBack(files: readonly TrashedFile[]): Promise<readonly Settled<TrashedFile>[]> {
    const histories = await this.#histories();
    const errors = new Map<TrashedFile, Error>();
    const owners: TrashedFile[] = [];
    const markers: VersionName[] = [];
    for (const file of files) {
      const state = stateOf(file, histories.get(keyOf(file)));
      if (state.kind === 'gone') errors.set(file, failure('its version is gone from the store', file));
      if (state.kind === 'covered') errors.set(file, failure('something else came to its place', file));
      if (state.kind !== 'hidden') continue;
      for (const { versionId } of state.markers) {
        owners.push(file);
        markers.push({ location: parseUri(file.path)!, versionId });
      }
    }
    for (const [index, { error }] of (await this.#versions.remove(markers)).entries())
      if (error !== undefined) errors.set(owners[index]!, error);
    return files.map((deletion) => ({ deletion, error: errors.get(deletion) ?? null }));
  }

  /**
   * The markers over a file go too, where they hide nothing else. Of `_metadata` the copies go last: what they keep is
   * needed as long as it could be brought back.
   */
  async removeForGood(files: readonly TrashedFile[]): Promise<readonly RemovalResult[]> {
    const histories = await this.#histories();
    const versions: VersionName[] = [];
    const indexes: number[] = [];
    const results: RemovalResult[] = files.map(({ path }) => ({
      location: parseUri(path)!,
      outcome: 'absent',
    }));
    for (const [index, file] of files.entries()) {
      const { kind } = stateOf(file, histories.get(keyOf(file)));
      if (kind === 'gone' || kind === 'in-sight') continue;
      indexes.push(index);
      versions.push({ location: parseUri(file.path)!, versionId: file.version! });
    }
    for (const [position, result] of (await this.#versions.remove(versions)).entries())
      results[indexes[position]!] = result;
    const removed = files.filter((_, index) => results[index]!.outcome !== 'failed');
    await this.#removeMarkers(removed);
    await this.#pins.remove(removed);
    return results;
  }

  async sweep(): Promise<void> {
    await this.#pins.remove(this.#scope.files);
  }

  /** Those that hide nothing any more. One that is left costs nothing, and goes with the next try. */
  async #removeMarkers(removed: readonly TrashedFile[]): Promise<void> {
    const histories = await this.#histories();
    const markers = removed.flatMap((file) => {
      const { contents, markers: above } = histories.get(keyOf(file)) ?? { contents: [], markers: [] };
      const hidesOthers = contents.some(({ versionId, isLatest }) => versionId !== file.version || isLatest);
      const location = parseUri(file.path)!;
      return hidesOthers ? [] : above.map(({ versionId }) => ({ location, versionId }));
    });
    await this.#versions.remove(markers);
  }

  /** Listed once: one pass over all versions below the root is cheaper than a question for each file. */
  #histories(): Promise<ReadonlyMap<string, FileHistory>> {
    const { files, home } = this.#scope;
    this.#listed ??= historiesOf(files, home, this.#versions);
    return this.#listed;
  }
}

function settledOf(files: readonly PlannedDeletion[], results: readonly RemovalResult[]): readonly Settled[] {
  return files.map((deletion, index) => {
    const { outcome, error } = results[index]!;
    return { deletion, error: outcome === 'failed' ? error! : null };
  });
}

function timeOf({ modified }: PlannedDeletion): number | null {
  return modified === null ? null : Date.parse(modified);
}

function failure(message: string, { path }: TrashedFile): StorageError {
  return new StorageError('conflict', message, { where: path });
}

function changed({ path }: PlannedDeletion): RefusalError {
  return new RefusalError('plan-stale', `${path} changed while the run began`, {
    where: path,
    next: 'nothing was changed; run the same command again',
  });
}

function stopped({ home, runId }: QuarantineScope): StoppedError {
  return new StoppedError(`stopped, since ${formatLocation(home)} does not keep versions any more`, {
    where: runId,
    next: 'what has gone is hidden, and ckpt undo brings it back; the same command goes on when versions are kept again',
  });
}
