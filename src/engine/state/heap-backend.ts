// Keyed state in memory. One look-up leads from a key to what all states have of it, however many a record touches; the
// snapshot is copied out at the barrier and written later. Snapshots are Flink's heap format.
// Source: Flink HeapKeyedStateBackend, HeapSnapshotStrategy, HeapRestoreOperation.
import { writeHeapSnapshot } from '../../format/state/heap-snapshot.js';
import type { KeyedState, WrittenKeyedState } from '../../format/state/keyed-state.js';
import type { KeyedStateHandle, KeyGroupRange } from '../../model/metadata.js';
import type {
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  StateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from '../job/state.js';
import { declaredState, sameKeyedState, twoTypes } from './declared-state.js';
import { type Column, HeapColumns, type KeyedBackendParts } from './heap-columns.js';
import { HeapListState, HeapMapState, HeapValueState } from './heap-states.js';
import type { KeyedStateBackend, SnapshotWriter, StateStreams } from './keyed-backend.js';
import { openRestored, type RestoredEntries } from './restored-entries.js';
import { wrongValue } from './wrong-type.js';

/** A state and where its contents are. */
interface HeapTable {
  readonly state: KeyedState;
  readonly column: Column;
}

export class HeapKeyedStateBackend implements KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
  readonly prefetcher = null;
  readonly #parts: KeyedBackendParts;
  readonly #keys: HeapColumns;
  readonly #tables: HeapTable[] = [];

  constructor(parts: KeyedBackendParts) {
    this.#parts = parts;
    this.keyGroups = parts.keyGroups;
    this.#keys = new HeapColumns(parts);
  }

  setCurrentKey(key: unknown): void {
    this.#keys.setCurrentKey(key);
  }

  get currentKey(): unknown {
    return this.#keys.currentKey;
  }

  getValueState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    return new HeapValueState<T>(this.#keys, this.#register(descriptor as StateDescriptor));
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    return new HeapListState<T>(this.#keys, this.#register(descriptor as StateDescriptor));
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const column = this.#register(descriptor as StateDescriptor);
    return new HeapMapState<K, V>(this.#keys, column, descriptor.keyType);
  }

  async restore(handles: readonly KeyedStateHandle[], streams: StateStreams): Promise<void> {
    const { operatorName, keyType: key, maxParallelism } = this.#parts;
    for (const handle of handles) {
      const declared = { key, states: this.#tables.map(({ state }) => state) };
      await this.#load(await openRestored(handle, { operatorName, maxParallelism, streams, declared }));
    }
  }

  snapshot(): SnapshotWriter<KeyedStateHandle> {
    if (this.#tables.length === 0) return async () => null;
    const { bytes, offsets } = this.#copy();
    return async (streams) => ({
      kind: 'key-groups',
      keyGroups: this.keyGroups,
      offsets,
      stream: await streams.write(bytes),
      stateHandleId: streams.newId(),
    });
  }

  notifyCheckpointComplete(): void {}

  async close(): Promise<void> {}

  #register(descriptor: StateDescriptor): Column {
    const wanted = declaredState(descriptor);
    const existing = this.#tables.find(({ state }) => state.name === wanted.name);
    if (existing === undefined) return this.#addTable(wanted).column;
    if (sameKeyedState(existing.state, wanted)) return existing.column;
    throw twoTypes(this.#parts.operatorName, wanted.name);
  }

  async #load(restored: RestoredEntries): Promise<void> {
    const columns = new Map(restored.states.map((state) => [state, this.#columnOf(state)]));
    for await (const { state, key, value } of restored.entries(this.keyGroups)) {
      columns.get(state)![this.#keys.restoredSlot(key)] = value;
    }
  }

  /** A state that the job has not asked for keeps its contents, and goes into the next snapshot with them. */
  #columnOf(state: KeyedState): Column {
    return (this.#tables.find((table) => table.state.name === state.name) ?? this.#addTable(state)).column;
  }

  #addTable(state: KeyedState): HeapTable {
    const table = { state, column: this.#keys.addColumn() };
    this.#tables.push(table);
    return table;
  }

  #copy(): WrittenKeyedState {
    try {
      return this.#write();
    } catch (cause) {
      throw cause instanceof TypeError ? wrongValue(this.#parts.operatorName, cause) : cause;
    }
  }

  #write(): WrittenKeyedState {
    const entriesOf = this.#keys.entriesByKeyGroup();
    return writeHeapSnapshot({
      key: this.#parts.keyType,
      keyGroups: this.keyGroups,
      states: this.#tables.map(({ state, column }) => ({
        state,
        entries: (keyGroup) => entriesOf(column, keyGroup),
      })),
    });
  }
}
