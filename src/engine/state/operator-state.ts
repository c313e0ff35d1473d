// Operator state: lists and maps by name, such as the splits of a source, the committables of a sink and the rules of a
// broadcast stream. Dealt out anew where the parallelism changes. Source: Flink DefaultOperatorStateBackend.
import { bytesSerializer } from '../../format/state/basic-serializers.js';
import { javaMap } from '../../format/state/java-map.js';
import {
  type OperatorStateContent,
  type OperatorStateType,
  writeOperatorSnapshot,
} from '../../format/state/operator-snapshot.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { sameSnapshot } from '../../format/state/snapshot-classes.js';
import type { OperatorStateHandle } from '../../model/metadata.js';
import type {
  BroadcastState,
  ListState,
  ListStateDescriptor,
  MapStateDescriptor,
  OperatorStateStore,
} from '../job/state.js';
import { twoTypes } from './declared-state.js';
import type { SnapshotWriter } from './keyed-backend.js';
import { reread } from './reread.js';
import { wrongValue } from './wrong-type.js';

/** What one subtask restores of its operator's states, by name, in the types of the snapshot. */
export type RestoredLists = ReadonlyMap<string, OperatorStateContent>;

/** One list of bytes of one subtask. */
export interface OperatorListState {
  /** Null where the operator was not in the snapshot, or there was none. */
  readonly restored: readonly Uint8Array[] | null;
  /** What the next snapshot holds. */
  elements: readonly Uint8Array[];
}

type Mode = 'SPLIT_DISTRIBUTE' | 'UNION';
type Any = TypeSerializer<unknown>;

export class OperatorStateBackend implements OperatorStateStore {
  readonly #operatorName: string;
  readonly #restored: RestoredLists | null;
  /** What the next snapshot holds, by name: states that nobody asks for stay as they were restored. */
  readonly #states: Map<string, () => OperatorStateContent>;
  readonly #lists = new Map<string, OperatorListState>();
  readonly #broadcasts = new Map<string, Map<unknown, unknown>>();

  constructor(operatorName: string, restored: RestoredLists | null) {
    this.#operatorName = operatorName;
    this.#restored = restored;
    this.#states = new Map([...(restored ?? [])].map(([name, content]) => [name, () => content] as const));
  }

  /** A list of the engine's own. */
  listState(name: string): OperatorListState {
    const existing = this.#lists.get(name);
    if (existing !== undefined) return existing;
    const element = bytesSerializer as Any;
    const type = { mode: 'SPLIT_DISTRIBUTE', name, element } as const;
    const elements = this.#elementsOf(type) as readonly Uint8Array[];
    const created: OperatorListState = { restored: this.#restored === null ? null : elements, elements };
    this.#lists.set(name, created);
    this.#states.set(name, () => ({ ...type, elements: created.elements }));
    return created;
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    return this.#userList(descriptor, 'SPLIT_DISTRIBUTE');
  }

  getUnionListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    return this.#userList(descriptor, 'UNION');
  }

  getBroadcastState<K, V>({ name, keyType, valueType }: MapStateDescriptor<K, V>): BroadcastState<K, V> {
    const type = { mode: 'BROADCAST', name, key: keyType as Any, value: valueType as Any } as const;
    const entries = this.#broadcasts.get(name) ?? this.#entriesOf(type);
    this.#broadcasts.set(name, entries);
    this.#states.set(name, () => ({ ...type, entries }));
    return new MapBroadcastState(entries as Map<K, V>);
  }

  get hasUnionState(): boolean {
    return [...this.#states.values()].some((content) => content().mode === 'UNION');
  }

  /** Copies now, writes later. */
  snapshot(): SnapshotWriter<OperatorStateHandle> {
    if (this.#states.size === 0) return async () => null;
    const written = this.#write();
    return async (streams) => ({
      kind: 'operator',
      states: written.states,
      stream: await streams.write(written.bytes),
      merging: null,
    });
  }

  #write() {
    try {
      return writeOperatorSnapshot([...this.#states.values()].map((content) => content()));
    } catch (cause) {
      throw cause instanceof TypeError ? wrongValue(this.#operatorName, cause) : cause;
    }
  }

  #userList<T>({ name, elementType }: ListStateDescriptor<T>, mode: Mode): ListState<T> {
    const type = { mode, name, element: elementType as Any } as const;
    const list = new ArrayListState<T>(this.#elementsOf(type) as readonly T[]);
    this.#states.set(name, () => ({ ...type, elements: list.get() }));
    return list;
  }

  #elementsOf(type: Extract<OperatorStateType, { mode: Mode }>): readonly unknown[] {
    const content = this.#states.get(type.name)?.();
    if (content === undefined) return [];
    if (content.mode === 'BROADCAST' || content.mode !== type.mode) throw this.#twoTypes(type.name);
    const { element } = content;
    if (!sameSnapshot(element.snapshot, type.element.snapshot)) throw this.#twoTypes(type.name);
    return content.elements.map((value) => reread(value, element, type.element));
  }

  #entriesOf(type: Extract<OperatorStateType, { mode: 'BROADCAST' }>): Map<unknown, unknown> {
    const entries = javaMap<unknown, unknown>(type.key);
    const content = this.#states.get(type.name)?.();
    if (content === undefined) return entries;
    if (content.mode !== 'BROADCAST') throw this.#twoTypes(type.name);
    const { key, value } = content;
    if (!sameSnapshot(key.snapshot, type.key.snapshot) || !sameSnapshot(value.snapshot, type.value.snapshot))
      throw this.#twoTypes(type.name);
    for (const [each, its] of content.entries)
      entries.set(reread(each, key, type.key), reread(its, value, type.value));
    return entries;
  }

  #twoTypes(name: string): Error {
    return twoTypes(this.#operatorName, name);
  }
}

class ArrayListState<T> implements ListState<T> {
  #elements: T[];

  constructor(elements: readonly T[]) {
    this.#elements = [...elements];
  }

  get(): readonly T[] {
    return this.#elements;
  }

  add(element: T): void {
    this.#elements.push(element);
  }

  addAll(elements: Iterable<T>): void {
    this.#elements.push(...elements);
  }

  update(elements: Iterable<T>): void {
    this.#elements = [...elements];
  }

  clear(): void {
    this.#elements = [];
  }
}

class MapBroadcastState<K, V> implements BroadcastState<K, V> {
  readonly #entries: Map<K, V>;

  constructor(entries: Map<K, V>) {
    this.#entries = entries;
  }

  get(key: K): V | null {
    return this.#entries.get(key) ?? null;
  }

  contains(key: K): boolean {
    return this.#entries.has(key);
  }

  immutableEntries(): Iterable<readonly [K, V]> {
    return [...this.#entries];
  }

  put(key: K, value: V): void {
    this.#entries.set(key, value);
  }

  remove(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
