// Between the memory of a subtask and its database: reads what keys have, writes back what changed. Writes happen one
// after the other in the order in which they were asked for; after one has failed nothing more is written or read.
import type { ByteWriter } from '../../../format/bytes/byte-writer.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { mapConcurrently } from '../../../support/concurrency.js';
import { BugError } from '../../../support/errors.js';
import type { NamespaceEntries } from '../state-column.js';
import type { TimerQueue } from '../timer-queue.js';
import { wrongValue } from '../wrong-type.js';
import type { CachedColumn, KeyCache } from './key-cache.js';
import type { LocalDatabase } from './local-database.js';
import { readNamespaces, takeNamespaceRows } from './namespace-rows.js';
import { type Row, RowBatch } from './row-batch.js';
import { addRows, keyPrefixOf, readContents, readMap, rowKeyOf, writeRowKey } from './state-rows.js';
import { takeTimerRows } from './timer-rows.js';

/** Maps, and keys of states with namespaces, that are read at a time: each is a scan of its own. */
const CONCURRENT_SCANS = 64;

export interface KeyedTablesParts {
  readonly operatorName: string;
  readonly keyType: TypeSerializer<unknown>;
  readonly maxParallelism: number;
  readonly cache: KeyCache;
  /** All that there are at any time. */
  readonly queues: readonly TimerQueue[];
  /** Called once, before the first read or write. */
  readonly open: () => Promise<LocalDatabase>;
}

export class KeyedTables {
  readonly #parts: KeyedTablesParts;
  #database: Promise<LocalDatabase> | null = null;
  #writes: Promise<unknown> = Promise.resolve();
  #failure: unknown = null;
  /** Whether keys that are not in memory may have something here. */
  holdsMore = false;

  constructor(parts: KeyedTablesParts) {
    this.#parts = parts;
  }

  /** Uses this database, which has the state of a snapshot. */
  adopt(database: LocalDatabase): void {
    if (this.#database !== null) throw new BugError('a database is open already');
    this.#database = Promise.resolve(database);
    this.holdsMore = true;
  }

  /** Does `work` with the database when all earlier writes are done. */
  inOrder<T>(work: (database: LocalDatabase) => Promise<T>): Promise<T> {
    const done = this.#writes.then(async () => {
      const database = await this.#open();
      const { cache, queues } = this.#parts;
      await database.ensureFamilies([...cache.columns, ...queues].map(({ state }) => state.name));
      return work(database);
    });
    this.#writes = done;
    done.catch((thrown) => {
      this.#failure ??= thrown;
    });
    return done;
  }

  /** Reads what the keys of these slots have, into memory. */
  async load(slots: readonly number[]): Promise<void> {
    this.expectSound();
    const database = await this.#open();
    const rowKeys = slots.map((slot) => rowKeyOf(this.#parts.cache.keyOf(slot), this.#parts));
    for (const column of this.#parts.cache.columns) {
      if (column.hasNamespaces) await this.#loadNamespaces(database, column, slots);
      else if (column.state.kind === 'MAP') await this.#loadMaps(database, column, { slots, rowKeys });
      else await this.#loadValues(database, column, { slots, rowKeys });
    }
  }

  /** The rows of everything that changed in memory since the last time, copied now. */
  takeChanges(): readonly RowBatch[] {
    try {
      const { cache, queues, maxParallelism } = this.#parts;
      const contents = cache.columns.map((column) => this.#takeRows(column));
      const timers = queues.map((queue) => takeTimerRows(queue, maxParallelism));
      return [...contents, ...timers].filter(({ count }) => count > 0);
    } catch (cause) {
      throw cause instanceof TypeError ? wrongValue(this.#parts.operatorName, cause) : cause;
    }
  }

  /** Throws where a write has failed: what is in memory is not what the database has. */
  expectSound(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Waits for what is under way, and removes the database. */
  async close(): Promise<void> {
    await this.#writes.catch(() => undefined);
    await (await this.#database)?.close();
  }

  #open(): Promise<LocalDatabase> {
    this.#database ??= this.#parts.open();
    return this.#database;
  }

  #prefixOf(slot: number): Uint8Array {
    return keyPrefixOf(this.#parts.cache.keyOf(slot), this.#parts);
  }

  #takeRows(column: CachedColumn): RowBatch {
    const batch = new RowBatch(column.state.name);
    for (const slot of column.takeDirty()) {
      const before = { count: batch.count, sizeBytes: batch.sizeBytes };
      this.#addRows(batch, column, slot);
      const rows = batch.count - before.count;
      const bytesPerRow = rows === 0 ? 0 : (batch.sizeBytes - before.sizeBytes) / rows;
      this.#parts.cache.setWrittenBytes(column, slot, sizeOf(column.contents[slot], bytesPerRow));
    }
    column.changedKeys.clear();
    column.changedNamespaces.clear();
    return batch;
  }

  #addRows(batch: RowBatch, column: CachedColumn, slot: number): void {
    if (column.hasNamespaces) {
      takeNamespaceRows(batch, column, { slot, prefix: this.#prefixOf(slot) });
      return;
    }
    const mapKeys = column.changedKeys.get(slot)?.keys();
    const key = this.#parts.cache.keyOf(slot);
    const writeKey = (target: ByteWriter) => writeRowKey(target, key, this.#parts);
    addRows(batch, column.state, writeKey, { contents: column.contents[slot], mapKeys });
  }

  async #loadValues(database: LocalDatabase, column: CachedColumn, keys: KeysToLoad): Promise<void> {
    const { state } = column;
    if (state.kind === 'MAP') return;
    const values = await database.read(state.name, keys.rowKeys);
    for (const [index, value] of values.entries()) {
      if (value === null) continue;
      const slot = keys.slots[index]!;
      column.contents[slot] = readContents(state, value);
      this.#parts.cache.setWrittenBytes(column, slot, value.length);
    }
  }

  async #loadMaps(database: LocalDatabase, column: CachedColumn, keys: KeysToLoad): Promise<void> {
    const { state } = column;
    if (state.kind !== 'MAP') return;
    await mapConcurrently(keys.slots.entries(), CONCURRENT_SCANS, async ([index, slot]) => {
      const rowKey = keys.rowKeys[index]!;
      const rows = await database.scan(state.name, rowKey);
      this.#loaded(column, slot, { contents: readMap(state, rowKey, rows), rows });
    });
  }

  async #loadNamespaces(
    database: LocalDatabase,
    column: CachedColumn,
    slots: readonly number[],
  ): Promise<void> {
    await mapConcurrently(slots, CONCURRENT_SCANS, async (slot) => {
      const prefix = this.#prefixOf(slot);
      const rows = await database.scan(column.state.name, prefix);
      this.#loaded(column, slot, { contents: readNamespaces(column.state, prefix, rows), rows });
    });
  }

  #loaded(column: CachedColumn, slot: number, { contents, rows }: LoadedContents): void {
    column.contents[slot] = contents;
    const bytes = rows.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    this.#parts.cache.setWrittenBytes(column, slot, bytes);
  }
}

interface LoadedContents {
  readonly contents: ReadonlyMap<unknown, unknown> | NamespaceEntries | undefined;
  readonly rows: readonly Row[];
}

interface KeysToLoad {
  readonly slots: readonly number[];
  readonly rowKeys: readonly Uint8Array[];
}

/** Bytes of contents, of which perhaps not all was written. */
function sizeOf(contents: unknown, bytesPerRow: number): number {
  if (contents === undefined) return 0;
  return contents instanceof Map ? contents.size * bytesPerRow : bytesPerRow;
}
