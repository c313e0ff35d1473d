// Keyed state in memory. One map leads from a key to everything that all states have of it, so a record costs one
// look-up however many states it touches, and a key's group is computed once. Snapshots are Flink's heap format.
// Source: Flink HeapKeyedStateBackend, HeapSnapshotStrategy, HeapRestoreOperation.
import { openCanonicalSnapshot } from '../../format/state/canonical-snapshot.js';
import { openHeapSnapshot, writeHeapSnapshot } from '../../format/state/heap-snapshot.js';
import type { KeyedEntry, KeyedSnapshot, KeyedState } from '../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { KeyedStateHandle, KeyGroupRange } from '../../model/metadata.js';
import { UsageError } from '../../support/errors.js';
import type {
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  StateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from '../job/state.js';
import { declaredState, sameKeyedState } from './declared-state.js';
import { HeapListState, HeapMapState, HeapValueState } from './heap-states.js';
import { type KeyContext, KeyContexts } from './key-contexts.js';
import type { KeyedStateBackend, SnapshotWriter, StateStreams } from './keyed-backend.js';

/** What a backend must know of its operator and subtask. */
export interface KeyedBackendParts {
  readonly operatorName: string;
  readonly keyType: TypeSerializer<unknown>;
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
}

export class HeapKeyedStateBackend implements KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
  readonly #parts: KeyedBackendParts;
  readonly #contexts: KeyContexts;
  /** Position = cell in every key's context. */
  readonly #states: KeyedState[] = [];

  constructor(parts: KeyedBackendParts) {
    this.#parts = parts;
    this.keyGroups = parts.keyGroups;
    this.#contexts = new KeyContexts(parts);
  }

  setCurrentKey(key: unknown): void {
    this.#contexts.setCurrent(key);
  }

  get currentKey(): unknown {
    return this.#contexts.current.key;
  }

  getValueState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    return new HeapValueState<T>(this.#contexts, this.#register(descriptor as StateDescriptor));
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    return new HeapListState<T>(this.#contexts, this.#register(descriptor as StateDescriptor));
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    return new HeapMapState<K, V>(this.#contexts, this.#register(descriptor as StateDescriptor));
  }

  async restore(handles: readonly KeyedStateHandle[], streams: StateStreams): Promise<void> {
    for (const handle of handles) this.#load(await this.#open(handle, streams));
  }

  snapshot(): SnapshotWriter<KeyedStateHandle> {
    if (this.#states.length === 0) return async () => null;
    const { bytes, offsets } = this.#write();
    return async (streams) => ({
      kind: 'key-groups',
      keyGroups: this.keyGroups,
      offsets,
      stream: await streams.write(bytes),
      stateHandleId: streams.newId(),
    });
  }

  #register(descriptor: StateDescriptor): number {
    const wanted = declaredState(descriptor);
    const at = this.#states.findIndex((state) => state.name === wanted.name);
    if (at < 0) return this.#addState(wanted);
    const existing = this.#states[at]!;
    if (sameKeyedState(existing, wanted)) return at;
    throw new UsageError(`operator ${this.#parts.operatorName} uses the state name ${wanted.name} with two types`, {
      where: `state ${wanted.name}`,
      next: 'give each state a name of its own',
    });
  }

  async #open(handle: KeyedStateHandle, streams: StateStreams): Promise<KeyedSnapshot> {
    if (handle.kind !== 'key-groups' && handle.kind !== 'savepoint-key-groups') throw this.#unreadable(handle.kind);
    const bytes = await streams.read(handle.stream);
    const declared = { key: this.#parts.keyType, states: this.#states };
    if (handle.kind === 'key-groups') return openHeapSnapshot(bytes, handle, declared);
    return openCanonicalSnapshot(bytes, { ...handle, maxParallelism: this.#parts.maxParallelism }, declared);
  }

  #load(snapshot: KeyedSnapshot): void {
    if (snapshot.kind !== 'readable') throw this.#unreadable(snapshot.kind);
    const cells = new Map(snapshot.states.map((state) => [state, this.#cellOf(state)]));
    for (const entry of snapshot.entries(this.keyGroups)) {
      const context = this.#contexts.restored(entry.key, entry.keyGroup);
      context.cells[cells.get(entry.state)!] = entry.value;
    }
  }

  /** A state that the job has not asked for keeps its contents, and goes into the next snapshot with them. */
  #cellOf(state: KeyedState): number {
    const at = this.#states.findIndex((other) => other.name === state.name);
    return at >= 0 ? at : this.#addState(state);
  }

  #addState(state: KeyedState): number {
    this.#contexts.cellCount = this.#states.push(state);
    return this.#states.length - 1;
  }

  #unreadable(kind: string): UsageError {
    return new UsageError(`operator ${this.#parts.operatorName} has keyed state that cannot be restored: ${kind}`, {
      where: this.#parts.operatorName,
      next: 'restore from an uncompressed hashmap checkpoint, or from a canonical savepoint, of plain types',
    });
  }

  #write() {
    const groups = this.#contexts.byKeyGroup();
    return writeHeapSnapshot({
      key: this.#parts.keyType,
      keyGroups: this.keyGroups,
      states: this.#states.map((state, cell) => ({
        state,
        entries: (keyGroup) => entriesOf(groups[keyGroup - this.keyGroups.first]!, cell),
      })),
    });
  }
}

function* entriesOf(contexts: readonly KeyContext[], cell: number): Generator<KeyedEntry> {
  for (const { key, cells } of contexts) {
    const value = cells[cell];
    if (value !== undefined) yield { namespace: null, key, value };
  }
}
