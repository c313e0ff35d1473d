// Keyed state in RocksDB, a database for each subtask. Records are processed on what is in memory: the keys of a batch are
// read before it, changes are written back when a checkpoint begins or the memory is full. So state may be larger than
// memory, and no record waits for itself alone. Source: Flink RocksDBKeyedStateBackend.
import { writeCanonicalRows } from '../../../format/state/canonical-snapshot.js';
import { keyedHeaderBytes } from '../../../format/state/keyed-header.js';
import type { KeyedState, ValueKeyedState } from '../../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { keyGroupOf } from '../../../model/key-groups.js';
import type { KeyedStateHandle, KeyGroupRange } from '../../../model/metadata.js';
import { BugError } from '../../../support/errors.js';
import { type Contents, NamespacedContents, PlainContents } from '../contents.js';
import { sameBytes, sameKeyedState, twoTypes } from '../declared-state.js';
import type { KeyedBackendParts } from '../heap-columns.js';
import type {
  CheckpointStreams,
  KeyedStateBackend,
  KeyPrefetcher,
  SnapshotForm,
  SnapshotWriter,
  StateStreams,
} from '../keyed-backend.js';
import { rereadColumn } from '../reread.js';
import { TimerQueue } from '../timer-queue.js';
import { wrongKey } from '../wrong-type.js';
import { IncrementalSnapshots } from './incremental-snapshots.js';
import { type CachedColumn, KeyCache } from './key-cache.js';
import { KeyedTables } from './keyed-tables.js';
import type { LocalDatabases } from './local-database.js';
import { type RestoredDatabase, restoreDatabase } from './restore-database.js';
import type { RowBatch } from './row-batch.js';
import { keyGroupPrefix, rowKeyOf } from './state-rows.js';

/** How RocksDB is used by all subtasks of a job. */
export interface RocksDbSettings {
  readonly databases: LocalDatabases;
  readonly incremental: boolean;
  /** Memory for keys and values of one subtask, an estimate; the keys of one batch always fit. */
  readonly cacheBytes: number;
}

/** Of the memory so much stays in use when room is made. */
const KEPT_PART = 0.75;

export class RocksDbKeyedStateBackend implements KeyedStateBackend, KeyPrefetcher {
  readonly keyGroups: KeyGroupRange;
  readonly prefetcher = this;
  readonly #parts: KeyedBackendParts;
  readonly #settings: RocksDbSettings;
  readonly #cache: KeyCache;
  readonly #tables: KeyedTables;
  readonly #snapshots: IncrementalSnapshots;
  readonly #queues: TimerQueue[] = [];
  readonly #writing = new Set<Promise<unknown>>();
  /** Slots of the keys that were prefetched last. */
  #slots: number[] = [];

  constructor(parts: KeyedBackendParts, settings: RocksDbSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.keyGroups = parts.keyGroups;
    this.#cache = new KeyCache(parts.keyType);
    this.#snapshots = new IncrementalSnapshots(settings.incremental);
    const open = () => settings.databases.open(this.#stateNames());
    this.#tables = new KeyedTables({ ...parts, cache: this.#cache, queues: this.#queues, open });
  }

  /** Only a key of the batch that was prefetched last, or one that is in memory anyway. */
  setCurrentKey(key: unknown): void {
    const slot = this.#cache.find(key, this.#hashOf(key));
    if (slot < 0) throw new BugError(`a key of ${this.#parts.operatorName} was not prefetched`);
    this.#cache.slot = slot;
  }

  clearCurrentKey(): void {
    this.#cache.slot = -1;
  }

  get currentKey(): unknown {
    return this.#cache.keyOf(this.#cache.slot);
  }

  choose(position: number): void {
    this.#cache.slot = this.#slots[position]!;
  }

  prefetch(keys: readonly unknown[]): Promise<void> | undefined {
    this.#tables.expectSound();
    this.#cache.beginTurn();
    const missing: number[] = [];
    this.#slots = keys.map((key) => {
      const hash = this.#hashOf(key);
      const found = this.#cache.find(key, hash);
      if (found >= 0) return found;
      const added = this.#admit(key, hash);
      missing.push(added);
      return added;
    });
    const isFull = this.#cache.sizeBytes > this.#settings.cacheBytes;
    if (missing.length === 0 || !(isFull || this.#tables.holdsMore)) return undefined;
    return this.#load(missing, isFull);
  }

  contentsOf<C>(state: ValueKeyedState): Contents<C> {
    const column = this.#register(state);
    if (!column.hasNamespaces) return new PlainContents(this.#cache, column);
    return new NamespacedContents(this.#cache, column, state.namespace);
  }

  timerQueue(name: string, namespace: TypeSerializer<unknown>): TimerQueue {
    const existing = this.#queues.find(({ state }) => state.name === name);
    if (existing !== undefined) return existing;
    const queue = new TimerQueue(this.#parts, name, { namespace, noteChanges: true });
    this.#queues.push(queue);
    return queue;
  }

  async restore(handles: readonly KeyedStateHandle[], streams: StateStreams): Promise<void> {
    if (handles.length === 0) return;
    const declared = { key: this.#parts.keyType, states: this.#states() };
    const subtask = { ...this.#parts, databases: this.#settings.databases, streams, declared };
    const restored = await restoreDatabase(handles, subtask);
    this.#tables.adopt(restored.database);
    this.#adoptStates(restored);
    if (restored.base !== null && streams.owned === true) this.#snapshots.resume(restored.base);
  }

  snapshot(form: SnapshotForm): SnapshotWriter<KeyedStateHandle> {
    const states = this.#states();
    if (states.length === 0) return async () => null;
    const changes = this.#tables.takeChanges();
    return form === 'canonical' ? this.#canonical(states, changes) : this.#files(form, states, changes);
  }

  notifyCheckpointComplete(checkpointId: number): void {
    this.#snapshots.notifyCheckpointComplete(checkpointId);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writing);
    await this.#tables.close();
  }

  /** The files of the database. A native savepoint refers to none of earlier checkpoints, and no later one to its own. */
  #files(
    form: SnapshotForm,
    states: readonly KeyedState[],
    changes: readonly RowBatch[],
  ): SnapshotWriter<KeyedStateHandle> {
    const metaBytes = keyedHeaderBytes(this.#parts.keyType, states);
    const snapshots = form === 'native' ? new IncrementalSnapshots(false) : this.#snapshots;
    const parts = { base: snapshots.confirmed, keyGroups: this.keyGroups, metaBytes };
    const captured = this.#tables.inOrder(async (database) => {
      for (const batch of changes) await database.write(batch);
      return database.capture();
    });
    const write = async (streams: CheckpointStreams) => {
      const local = await captured;
      return snapshots.write(local, streams, parts).finally(() => local.release());
    };
    return (streams) => this.#track(write(streams));
  }

  /** Reads the whole database before anything else is written to it. */
  #canonical(states: readonly KeyedState[], changes: readonly RowBatch[]): SnapshotWriter<KeyedStateHandle> {
    const { keyType: key, maxParallelism } = this.#parts;
    const { keyGroups } = this;
    const written = this.#tables.inOrder(async (database) => {
      for (const batch of changes) await database.write(batch);
      const rowsOf = ({ name }: KeyedState, keyGroup: number) =>
        database.scan(name, keyGroupPrefix(keyGroup, maxParallelism));
      return writeCanonicalRows({ key, keyGroups, maxParallelism, states, rowsOf });
    });
    const write = async (streams: CheckpointStreams): Promise<KeyedStateHandle> => {
      const { bytes, offsets } = await written;
      const stream = await streams.write(bytes);
      return { kind: 'savepoint-key-groups', keyGroups, offsets, stream, stateHandleId: null };
    };
    return (streams) => this.#track(write(streams));
  }

  #states() {
    return [...this.#cache.columns, ...this.#queues].map(({ state }) => state);
  }

  #stateNames(): string[] {
    return this.#states().map(({ name }) => name);
  }

  #register(wanted: ValueKeyedState): CachedColumn {
    const existing = this.#cache.columns.find(({ state }) => state.name === wanted.name);
    if (existing === undefined) return this.#cache.addColumn(wanted);
    if (existing.isUndeclared && sameBytes(existing.state, wanted)) {
      rereadColumn(existing, existing.state, wanted);
      existing.state = wanted;
      existing.isUndeclared = false;
    }
    if (sameKeyedState(existing.state, wanted)) return existing;
    throw twoTypes(this.#parts.operatorName, wanted.name);
  }

  /** States that the job has not asked for go into the next snapshot too. */
  #adoptStates({ states, base, timers }: RestoredDatabase): void {
    const known = new Set(this.#stateNames());
    for (const state of states) {
      if (state.kind === 'PRIORITY_QUEUE') {
        const queue = this.timerQueue(state.name, state.timer.timerNamespace);
        for (const timer of timers.get(state.name) ?? [])
          base === null ? queue.add(timer) : queue.restore(timer);
      } else if (!known.has(state.name)) {
        this.#cache.addColumn(state).isUndeclared = true;
      }
    }
  }

  #hashOf(key: unknown): number {
    const { keyType, operatorName } = this.#parts;
    try {
      return keyType.javaHashCode(key);
    } catch (cause) {
      throw cause instanceof TypeError ? wrongKey(operatorName, keyType, cause) : cause;
    }
  }

  /** Gives a slot to a key that is not in memory, which may be a new one: then it is checked as nobody has before. */
  #admit(key: unknown, hash: number): number {
    const { keyType, operatorName, maxParallelism, keyGroups } = this.#parts;
    const keyGroup = keyGroupOf(hash, maxParallelism);
    if (keyGroup < keyGroups.first || keyGroup > keyGroups.last)
      throw new BugError(`key group ${keyGroup} does not belong to this subtask of ${operatorName}`);
    try {
      rowKeyOf(key, this.#parts);
    } catch (cause) {
      throw cause instanceof TypeError ? wrongKey(operatorName, keyType, cause) : cause;
    }
    return this.#cache.add(key, hash);
  }

  async #load(slots: readonly number[], isFull: boolean): Promise<void> {
    if (isFull) await this.#makeRoom();
    if (this.#tables.holdsMore) await this.#tables.load(slots);
  }

  async #makeRoom(): Promise<void> {
    const changes = this.#tables.takeChanges();
    await this.#tables.inOrder(async (database) => {
      for (const batch of changes) await database.write(batch);
    });
    const kept = KEPT_PART * this.#settings.cacheBytes;
    if (this.#cache.evict(kept, (key) => this.#hashOf(key)) > 0) this.#tables.holdsMore = true;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#writing.add(work);
    return work.finally(() => this.#writing.delete(work));
  }
}
