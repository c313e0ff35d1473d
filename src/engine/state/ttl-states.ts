// State whose values have a time to live: what is expired is not seen, and removed where it is come upon.
// Source: Flink TtlValueState, TtlListState, TtlMapState, AbstractTtlDecorator.
import { javaMap } from '../../format/state/java-map.js';
import type { TtlValue } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { Clock } from '../../support/clock.js';
import type { ListState, MapState, StateTtlConfig } from '../job/state.js';
import type { Contents } from './contents.js';

/** When values of one state expire. */
export class TimeToLive {
  readonly #config: StateTtlConfig;
  readonly #clock: Clock;

  constructor(config: StateTtlConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  get refreshesOnRead(): boolean {
    return this.#config.updateType === 'OnReadAndWrite';
  }

  get returnsExpired(): boolean {
    return this.#config.stateVisibility === 'ReturnExpiredIfNotCleanedUp';
  }

  isExpired({ lastAccessMs }: TtlValue<unknown>): boolean {
    return Number(lastAccessMs) + this.#config.ttlMs <= this.#clock.now();
  }

  wrap<T>(userValue: T): TtlValue<T> {
    return { lastAccessMs: BigInt(this.#clock.now()), userValue };
  }
}

/** Contents that expire as a whole. */
export class TtlContents<C> implements Contents<C> {
  readonly #inner: Contents<TtlValue<C>>;
  readonly #ttl: TimeToLive;

  constructor(inner: Contents<TtlValue<C>>, ttl: TimeToLive) {
    this.#inner = inner;
    this.#ttl = ttl;
  }

  read(): C | undefined {
    const found = this.#inner.read();
    if (found === undefined) return undefined;
    if (this.#ttl.isExpired(found)) {
      this.#inner.remove();
      return this.#ttl.returnsExpired ? found.userValue : undefined;
    }
    if (this.#ttl.refreshesOnRead) this.write(found.userValue);
    return found.userValue;
  }

  write(contents: C): void {
    this.#inner.write(this.#ttl.wrap(contents));
  }

  remove(): void {
    this.#inner.remove();
  }

  changed(): void {
    this.#inner.changed();
  }

  changedEntry(mapKey: unknown): void {
    this.#inner.changedEntry(mapKey);
  }

  setNamespace(namespace: unknown): void {
    this.#inner.setNamespace(namespace);
  }
}

/** A list whose elements expire one by one. */
export class TtlListState<T> implements ListState<T> {
  readonly #contents: Contents<TtlValue<T>[]>;
  readonly #ttl: TimeToLive;

  constructor(contents: Contents<TtlValue<T>[]>, ttl: TimeToLive) {
    this.#contents = contents;
    this.#ttl = ttl;
  }

  get(): readonly T[] {
    const list = this.#contents.read();
    if (list === undefined) return [];
    const alive = list.filter((element) => !this.#ttl.isExpired(element));
    if (this.#ttl.refreshesOnRead) this.update(alive.map(({ userValue }) => userValue));
    else if (alive.length < list.length) this.#replace(alive);
    return (this.#ttl.returnsExpired ? list : alive).map(({ userValue }) => userValue);
  }

  add(element: T): void {
    this.#replace([...(this.#contents.read() ?? []), this.#ttl.wrap(element)]);
  }

  addAll(elements: Iterable<T>): void {
    for (const element of [...elements]) this.add(element);
  }

  update(elements: Iterable<T>): void {
    this.#replace([...elements].map((element) => this.#ttl.wrap(element)));
  }

  clear(): void {
    this.#contents.remove();
  }

  #replace(list: TtlValue<T>[]): void {
    if (list.length === 0) this.#contents.remove();
    else this.#contents.write(list);
  }
}

/** A map whose entries expire one by one. */
export class TtlMapState<K, V> implements MapState<K, V> {
  readonly #map: MapState<K, TtlValue<V>>;
  readonly #keyType: TypeSerializer<K>;
  readonly #ttl: TimeToLive;

  constructor(map: MapState<K, TtlValue<V>>, keyType: TypeSerializer<K>, ttl: TimeToLive) {
    this.#map = map;
    this.#keyType = keyType;
    this.#ttl = ttl;
  }

  get(key: K): V | null {
    const found = this.#map.get(key);
    if (found === null) return null;
    if (this.#ttl.isExpired(found)) {
      this.#map.remove(key);
      return this.#ttl.returnsExpired ? found.userValue : null;
    }
    if (this.#ttl.refreshesOnRead) this.put(key, found.userValue);
    return found.userValue;
  }

  put(key: K, value: V): void {
    this.#map.put(key, this.#ttl.wrap(value));
  }

  remove(key: K): void {
    this.#map.remove(key);
  }

  contains(key: K): boolean {
    return this.get(key) !== null;
  }

  entries(): Iterable<readonly [K, V]> {
    return this.#alive().entries();
  }

  keys(): Iterable<K> {
    return this.#alive().keys();
  }

  values(): Iterable<V> {
    return this.#alive().values();
  }

  isEmpty(): boolean {
    return this.#alive().size === 0;
  }

  clear(): void {
    this.#map.clear();
  }

  #alive(): Map<K, V> {
    const alive = javaMap<K, V>(this.#keyType);
    for (const key of [...this.#map.keys()]) {
      const value = this.get(key);
      if (value !== null) alive.set(key, value);
    }
    return alive;
  }
}
