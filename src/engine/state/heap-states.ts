// The state handles of the heap backend: each works on one cell of the current key.
// Source: Flink HeapValueState, HeapListState, HeapMapState.
import type { ListState, MapState, ValueState } from '../job/state.js';
import type { KeyContexts } from './key-contexts.js';

/** A cell of the current key. */
abstract class HeapState<Cell> {
  constructor(
    protected readonly contexts: KeyContexts,
    private readonly index: number,
  ) {}

  protected get cell(): Cell | undefined {
    return this.contexts.current.cells[this.index] as Cell | undefined;
  }

  protected set cell(content: Cell) {
    this.contexts.current.cells[this.index] = content;
  }

  clear(): void {
    this.contexts.current.cells[this.index] = undefined;
    this.contexts.emptied();
  }
}

export class HeapValueState<T> extends HeapState<T> implements ValueState<T> {
  value(): T | null {
    return this.cell ?? null;
  }

  update(value: T): void {
    if (value === undefined || value === null) this.clear();
    else this.cell = value;
  }
}

export class HeapListState<T> extends HeapState<T[]> implements ListState<T> {
  get(): readonly T[] {
    return this.cell ?? [];
  }

  add(element: T): void {
    const list = this.cell;
    if (list === undefined) this.cell = [element];
    else list.push(element);
  }

  addAll(elements: Iterable<T>): void {
    for (const element of elements) this.add(element);
  }

  update(elements: Iterable<T>): void {
    const list = [...elements];
    if (list.length === 0) this.clear();
    else this.cell = list;
  }
}

export class HeapMapState<K, V> extends HeapState<Map<K, V>> implements MapState<K, V> {
  get(key: K): V | null {
    return this.cell?.get(key) ?? null;
  }

  put(key: K, value: V): void {
    const map = this.cell;
    if (map === undefined) this.cell = new Map([[key, value]]);
    else map.set(key, value);
  }

  remove(key: K): void {
    const map = this.cell;
    if (map?.delete(key) && map.size === 0) this.clear();
  }

  contains(key: K): boolean {
    return this.cell?.has(key) ?? false;
  }

  entries(): Iterable<readonly [K, V]> {
    return this.cell?.entries() ?? [];
  }

  keys(): Iterable<K> {
    return this.cell?.keys() ?? [];
  }

  values(): Iterable<V> {
    return this.cell?.values() ?? [];
  }

  isEmpty(): boolean {
    return (this.cell?.size ?? 0) === 0;
  }
}
