// An object store in memory that keeps what is replaced and removed, as a bucket with versions does. What counts of each
// path is in MemoryStorage; here is its history.
import type { Location } from '../../src/model/location.js';
import { type MemoryFile, MemoryStorage } from '../../src/storage/memory.js';
import type {
  FileVersion,
  RemovalResult,
  StorageReader,
  StoredVersions,
  VersionName,
} from '../../src/storage/storage.js';
import { type Clock, systemClock } from '../../src/support/clock.js';

interface Version {
  readonly versionId: string;
  readonly modifiedMs: number;
  /** Null for a marker. */
  readonly file: MemoryFile | null;
}

export class VersionedMemory extends MemoryStorage {
  readonly #clock: Clock;
  /** The newest last. */
  readonly #history = new Map<string, Version[]>();
  readonly #made = new Map<string, number>();
  leaves: Awaited<ReturnType<NonNullable<StorageReader['removalLeaves']>>> = 'marker';

  constructor(clock: Clock = systemClock) {
    super({ clock, directories: false });
    this.#clock = clock;
  }

  readonly versions: StoredVersions = {
    list: (root) => this.#list(root),
    remove: async (versions) => versions.map((version) => this.#removeVersion(version)),
  };

  async removalLeaves() {
    return this.leaves;
  }

  override async put(location: Location, content: Uint8Array): Promise<void> {
    await super.put(location, content);
    this.#add(location, this.files.get(location.path)!);
  }

  override async remove(locations: readonly Location[]): Promise<readonly RemovalResult[]> {
    const results = await super.remove(locations);
    for (const location of locations) this.#add(location, null);
    return results;
  }

  #add({ path }: Location, file: MemoryFile | null): void {
    const number = (this.#made.get(path) ?? 0) + 1;
    this.#made.set(path, number);
    const version = { versionId: `v${number}`, modifiedMs: this.#clock.now(), file };
    this.#history.set(path, [...(this.#history.get(path) ?? []), version]);
  }

  async *#list(root: Location): AsyncGenerator<readonly FileVersion[]> {
    const prefix = root.path === '/' ? '/' : `${root.path}/`;
    for (const [path, history] of this.#history) {
      if (!path.startsWith(prefix)) continue;
      yield [...history].reverse().map(({ versionId, modifiedMs, file }, index) => ({
        ...{ path, versionId, modifiedMs, isMarker: file === null, isLatest: index === 0 },
        sizeBytes: file?.content.length ?? 0,
      }));
    }
  }

  #removeVersion({ location, versionId }: VersionName): RemovalResult {
    const history = this.#history.get(location.path) ?? [];
    const left = history.filter((version) => version.versionId !== versionId);
    if (left.length === 0) this.#history.delete(location.path);
    else this.#history.set(location.path, left);
    const file = left.at(-1)?.file ?? null;
    if (file === null) this.files.delete(location.path);
    else this.files.set(location.path, file);
    return { location, outcome: 'removed' };
  }
}
