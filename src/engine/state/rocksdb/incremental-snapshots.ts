// How the files of a database become a checkpoint. Incremental: tables that the last confirmed checkpoint has are
// referred to again, the others go to `shared/`. Full: all files go to the checkpoint's own directory.
// Source: Flink RocksIncrementalSnapshotStrategy, RocksNativeFullSnapshotStrategy, RocksDBStateUploader.
import type {
  HandleAndLocalPath,
  IncrementalHandle,
  KeyGroupRange,
  StreamStateHandle,
} from '../../../model/metadata.js';
import { mapConcurrently } from '../../../support/concurrency.js';
import type { CheckpointStreams } from '../keyed-backend.js';
import type { LocalSnapshot } from './local-database.js';

/** Files that are written at a time: each is in memory while it is. */
const CONCURRENT_UPLOADS = 2;

/** Tables in `shared/` by their name in the database. */
type UploadedTables = ReadonlyMap<string, StreamStateHandle>;

export class IncrementalSnapshots {
  readonly #incremental: boolean;
  /** What checkpoints that may yet become complete have uploaded, by their id. */
  readonly #uploaded = new Map<number, UploadedTables>();
  #confirmed: UploadedTables = new Map();
  #backendId: string | null = null;

  constructor(incremental: boolean) {
    this.#incremental = incremental;
  }

  /** The database began as that of `handle`, whose shared files the job owns. */
  resume(handle: IncrementalHandle): void {
    this.#backendId = handle.backendId;
    const reusable = handle.shared.filter(({ stream }) => stream.kind === 'file');
    this.#confirmed = new Map(reusable.map(({ localPath, stream }) => [localPath, stream]));
  }

  /** The base of a checkpoint that begins now. */
  get confirmed(): UploadedTables {
    return this.#confirmed;
  }

  /** Only a complete checkpoint is built upon: what another one uploaded goes when that is given up. */
  notifyCheckpointComplete(checkpointId: number): void {
    const uploaded = this.#uploaded.get(checkpointId);
    if (uploaded === undefined) return;
    this.#confirmed = uploaded;
    for (const id of [...this.#uploaded.keys()]) if (id <= checkpointId) this.#uploaded.delete(id);
  }

  /** Writes what `base` does not have. */
  async write(
    snapshot: LocalSnapshot,
    streams: CheckpointStreams,
    { base, keyGroups, metaBytes }: SnapshotParts,
  ): Promise<IncrementalHandle> {
    this.#backendId ??= streams.newId();
    const scope = this.#incremental ? 'shared' : 'exclusive';
    const metaStream = await streams.write(metaBytes);
    const fresh = snapshot.tables.filter((name) => !this.#incremental || !base.has(name));
    const written = await mapConcurrently(fresh, CONCURRENT_UPLOADS, async (localPath) => ({
      localPath,
      stream: await streams.write(await snapshot.readTable(localPath), scope),
    }));
    const others: HandleAndLocalPath[] = [];
    for (const { name: localPath, bytes } of snapshot.others) {
      others.push({ localPath, stream: await streams.write(bytes, scope) });
    }
    const reused = snapshot.tables
      .filter((name) => !fresh.includes(name))
      .map((localPath) => ({ localPath, stream: base.get(localPath)! }));
    const tables = [...reused, ...written];
    if (this.#incremental) this.#note(streams.checkpointId, tables);
    return {
      kind: 'incremental',
      checkpointId: BigInt(streams.checkpointId),
      backendId: this.#backendId,
      keyGroups,
      checkpointedSizeBytes: [...written, ...others].reduce(
        (sum, { stream }) => sum + sizeOf(stream),
        sizeOf(metaStream),
      ),
      metaStream,
      shared: this.#incremental ? tables : [],
      private: this.#incremental ? others : [...tables, ...others],
      stateHandleId: streams.newId(),
    };
  }

  #note(checkpointId: number, tables: readonly HandleAndLocalPath[]): void {
    this.#uploaded.set(checkpointId, new Map(tables.map(({ localPath, stream }) => [localPath, stream])));
  }
}

interface SnapshotParts {
  readonly base: UploadedTables;
  readonly keyGroups: KeyGroupRange;
  /** Description of the states. */
  readonly metaBytes: Uint8Array;
}

function sizeOf(stream: StreamStateHandle): bigint {
  if (stream.kind === 'bytes') return BigInt(stream.data.length);
  return stream.kind === 'file' || stream.kind === 'relative-file' ? stream.sizeBytes : 0n;
}
