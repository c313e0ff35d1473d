// Keyed state in memory. One look-up leads from a key to what all states have of it, however many a record touches; the
// snapshot is copied out at the barrier and written later. Snapshots are Flink's heap format.
// Source: Flink HeapKeyedStateBackend, HeapSnapshotStrategy, HeapRestoreOperation.
import { writeCanonicalSnapshot } from '../../format/state/canonical-snapshot.js';
import { writeHeapSnapshot } from '../../format/state/heap-snapshot.js';
import type {
  EntryVisitor,
  KeyedStateContent,
  KeyedStateEntry,
  TimerState,
  ValueKeyedState,
  WrittenKeyedState,
} from '../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { KeyedStateHandle, KeyGroupRange } from '../../model/metadata.js';
import { type Contents, NamespacedContents, PlainContents } from './contents.js';
import { sameBytes, sameKeyedState, twoTypes } from './declared-state.js';
import { type HeapColumn, HeapColumns, type KeyedBackendParts } from './heap-columns.js';
import type { KeyedStateBackend, SnapshotForm, SnapshotWriter, StateStreams } from './keyed-backend.js';
import { isVoid, namespaceForm } from './namespace-form.js';
import { rereadColumn } from './reread.js';
import { openRestored, type RestoredEntries } from './restored-entries.js';
import type { NamespaceEntries } from './state-column.js';
import { TimerQueue } from './timer-queue.js';
import { wrongValue } from './wrong-type.js';

/** A state and where its contents are. */
interface HeapTable {
  state: ValueKeyedState;
  readonly column: HeapColumn;
  /** The job has not asked for it yet: its types are those of the snapshot. */
  isUndeclared: boolean;
}

export class HeapKeyedStateBackend implements KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
  readonly prefetcher = null;
  readonly #parts: KeyedBackendParts;
  readonly #keys: HeapColumns;
  readonly #tables: HeapTable[] = [];
  readonly #queues: TimerQueue[] = [];

  constructor(parts: KeyedBackendParts) {
    this.#parts = parts;
    this.keyGroups = parts.keyGroups;
    this.#keys = new HeapColumns(parts);
  }

  setCurrentKey(key: unknown): void {
    this.#keys.setCurrentKey(key);
  }

  clearCurrentKey(): void {
    this.#keys.slot = -1;
  }

  get currentKey(): unknown {
    return this.#keys.currentKey;
  }

  contentsOf<C>(state: ValueKeyedState): Contents<C> {
    const { column } = this.#register(state);
    if (!column.hasNamespaces) return new PlainContents(this.#keys, column);
    return new NamespacedContents(this.#keys, column, state.namespace);
  }

  timerQueue(name: string, namespace: TypeSerializer<unknown>): TimerQueue {
    const existing = this.#queues.find(({ state }) => state.name === name);
    if (existing !== undefined) return existing;
    const queue = new TimerQueue(this.#parts, name, { namespace, noteChanges: false });
    this.#queues.push(queue);
    return queue;
  }

  async restore(handles: readonly KeyedStateHandle[], streams: StateStreams): Promise<void> {
    const { operatorName, keyType: key, maxParallelism } = this.#parts;
    for (const handle of handles) {
      const states = [...this.#tables, ...this.#queues].map(({ state }) => state);
      const declared = { key, states };
      await this.#load(await openRestored(handle, { operatorName, maxParallelism, streams, declared }));
    }
  }

  snapshot(form: SnapshotForm): SnapshotWriter<KeyedStateHandle> {
    if (this.#tables.length + this.#queues.length === 0) return async () => null;
    const { bytes, offsets } = this.#copy(form);
    return async (streams) => ({
      kind: form === 'canonical' ? 'savepoint-key-groups' : 'key-groups',
      keyGroups: this.keyGroups,
      offsets,
      stream: await streams.write(bytes),
      stateHandleId: form === 'canonical' ? null : streams.newId(),
    });
  }

  notifyCheckpointComplete(): void {}

  async close(): Promise<void> {}

  #register(wanted: ValueKeyedState): HeapTable {
    const existing = this.#tables.find(({ state }) => state.name === wanted.name);
    if (existing === undefined) return this.#addTable(wanted);
    if (existing.isUndeclared && sameBytes(existing.state, wanted)) {
      rereadColumn(existing.column, existing.state, wanted);
      existing.state = wanted;
      existing.isUndeclared = false;
    }
    if (sameKeyedState(existing.state, wanted)) return existing;
    throw twoTypes(this.#parts.operatorName, wanted.name);
  }

  async #load(restored: RestoredEntries): Promise<void> {
    const loaders = new Map(
      restored.states.map((state) => [
        state,
        state.kind === 'PRIORITY_QUEUE' ? this.#timerLoader(state) : this.#entryLoader(state),
      ]),
    );
    for await (const entry of restored.entries(this.keyGroups)) loaders.get(entry.state)!(entry);
  }

  #timerLoader({ name, timer }: TimerState): (entry: KeyedStateEntry) => void {
    const queue = this.timerQueue(name, timer.timerNamespace);
    return ({ key, namespace, value }) => queue.restore({ key, namespace, timestampMs: Number(value) });
  }

  #entryLoader(state: ValueKeyedState): (entry: KeyedStateEntry) => void {
    const { contents, hasNamespaces } = this.#columnOf(state);
    if (!hasNamespaces)
      return ({ key, value }) => {
        contents[this.#keys.restoredSlot(key)] = value;
      };
    const formOf = namespaceForm(state.namespace);
    return ({ key, namespace, value }) => {
      const slot = this.#keys.restoredSlot(key);
      const entries = (contents[slot] ?? new Map()) as NamespaceEntries;
      entries.set(formOf(namespace), { namespace, contents: value });
      contents[slot] = entries;
    };
  }

  /** A state that the job has not asked for keeps its contents, and goes into the next snapshot with them. */
  #columnOf(state: ValueKeyedState): HeapColumn {
    const existing = this.#tables.find((table) => table.state.name === state.name);
    if (existing !== undefined) return existing.column;
    const added = this.#addTable(state);
    added.isUndeclared = true;
    return added.column;
  }

  #addTable(state: ValueKeyedState): HeapTable {
    const column = this.#keys.addColumn({ hasNamespaces: !isVoid(state.namespace) });
    const table = { state, column, isUndeclared: false };
    this.#tables.push(table);
    return table;
  }

  #copy(form: SnapshotForm): WrittenKeyedState {
    try {
      return this.#write(form);
    } catch (cause) {
      throw cause instanceof TypeError ? wrongValue(this.#parts.operatorName, cause) : cause;
    }
  }

  #write(form: SnapshotForm): WrittenKeyedState {
    const { keyType: key, maxParallelism } = this.#parts;
    const content = { key, keyGroups: this.keyGroups, states: this.#contents() };
    return form === 'canonical'
      ? writeCanonicalSnapshot({ ...content, maxParallelism })
      : writeHeapSnapshot(content);
  }

  #contents(): readonly KeyedStateContent[] {
    const tables = this.#tables.map(({ state, column }) => ({
      state,
      forEach: (visit: EntryVisitor) => this.#keys.forEachEntry(column, visit),
    }));
    return [...tables, ...this.#queues];
  }
}
