// Keyed state in memory. One look-up leads from a key to what all states have of it, however many a record touches; the
// snapshot is copied out at the barrier and written later. Snapshots are Flink's heap format.
// Source: Flink HeapKeyedStateBackend, HeapSnapshotStrategy, HeapRestoreOperation.
import { writeHeapSnapshot } from '../../format/state/heap-snapshot.js';
import { openKeyedSnapshot } from '../../format/state/keyed-snapshot.js';
import type {
  KeyedSnapshot,
  KeyedState,
  KeyedStateEntry,
  WrittenKeyedState,
} from '../../format/state/keyed-state.js';
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
import { type Column, HeapColumns, type KeyedBackendParts } from './heap-columns.js';
import { HeapListState, HeapMapState, HeapValueState } from './heap-states.js';
import type { KeyedStateBackend, SnapshotWriter, StateStreams } from './keyed-backend.js';

/** A state and where its contents are. */
interface HeapTable {
  readonly state: KeyedState;
  readonly column: Column;
}

export class HeapKeyedStateBackend implements KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
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
    for (const handle of handles) this.#load(await this.#open(handle, streams));
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

  #register(descriptor: StateDescriptor): Column {
    const wanted = declaredState(descriptor);
    const existing = this.#tables.find(({ state }) => state.name === wanted.name);
    if (existing === undefined) return this.#addTable(wanted).column;
    if (sameKeyedState(existing.state, wanted)) return existing.column;
    throw new UsageError(
      `operator ${this.#parts.operatorName} uses the state name ${wanted.name} with two types`,
      {
        where: `state ${wanted.name}`,
        next: 'give each state a name of its own',
      },
    );
  }

  async #open(handle: KeyedStateHandle, streams: StateStreams): Promise<KeyedSnapshot> {
    if (handle.kind !== 'key-groups' && handle.kind !== 'savepoint-key-groups')
      throw this.#unreadable(handle.kind);
    const bytes = await streams.read(handle.stream);
    const declared = { key: this.#parts.keyType, states: this.#tables.map(({ state }) => state) };
    return openKeyedSnapshot(bytes, { ...handle, maxParallelism: this.#parts.maxParallelism }, declared);
  }

  #load(snapshot: KeyedSnapshot): void {
    if (snapshot.kind !== 'readable') throw this.#unreadable(snapshot.kind);
    const columns = new Map(snapshot.states.map((state) => [state, this.#columnOf(state)]));
    for (const entry of snapshot.entries(this.keyGroups)) {
      this.#refuseWhatHasNoPlace(entry);
      columns.get(entry.state)![this.#keys.restoredSlot(entry.key)] = entry.value;
    }
  }

  /** One value for a key and state is all that there is room for: more would be lost in silence. */
  #refuseWhatHasNoPlace({ state, namespace }: KeyedStateEntry): void {
    if (state.kind === 'PRIORITY_QUEUE') throw this.#unreadable(`timers of ${state.name}`);
    if (namespace !== null) throw this.#unreadable(`windows of ${state.name}`);
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

  #unreadable(kind: string): UsageError {
    return new UsageError(
      `operator ${this.#parts.operatorName} has keyed state that cannot be restored: ${kind}`,
      {
        where: this.#parts.operatorName,
        next: 'restore from an uncompressed hashmap checkpoint, or from a canonical savepoint, of plain types',
      },
    );
  }

  #copy(): WrittenKeyedState {
    try {
      return this.#write();
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      const { operatorName } = this.#parts;
      throw new UsageError(
        `operator ${operatorName} has a value that is not of its state's type: ${cause.message}`,
        {
          where: operatorName,
          next: 'correct the value, or declare the state with the type that it has',
          cause,
        },
      );
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
