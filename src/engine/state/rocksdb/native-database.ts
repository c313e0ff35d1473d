// LocalDatabases by the package rocksdb-native, which is optional: it is large, and not to be had on every machine.
/// <reference path="./rocksdb-native.d.ts" />
import { tmpdir } from 'node:os';
import type RocksDB from 'rocksdb-native';
import { BugError, messageOf, UsageError } from '../../../support/errors.js';
import type { DatabaseFile, LocalDatabase, LocalDatabases, LocalSnapshot } from './local-database.js';
import type { Row, RowBatch } from './row-batch.js';
import { WorkingDirectory } from './working-directory.js';

type Native = typeof RocksDB;

/** The newest format that RocksDB 8, and with it Flink 2, reads. */
const TABLE_FORMAT_VERSION = 5;
/** Rows that are handed over at once: more would hold up the event loop. */
const WRITE_ROWS = 2000;
/** Batches that are written at a time, no two with the same key: 100,000 rows take half the time. */
const CONCURRENT_WRITES = 4;
const SCAN_ROWS = 64;

/** Where databases are made, and how. */
export interface NativeSettings {
  /** Directory on the local disk; that for temporary files where null. */
  readonly directory: string | null;
  /** Size of the memory in which a column family gathers writes before it makes a table of them. */
  readonly writeBufferBytes: number;
}

/** Throws a UsageError where the package cannot be loaded. */
export async function nativeDatabases(settings: NativeSettings): Promise<LocalDatabases> {
  const native = await loadNative();
  return { open: (families, files) => NativeDatabase.open({ native, settings, families }, files) };
}

async function loadNative(): Promise<Native> {
  try {
    return (await import('rocksdb-native')).default;
  } catch (cause) {
    throw new UsageError(`RocksDB cannot be loaded: ${messageOf(cause).split('\n')[0]}`, {
      where: 'the package rocksdb-native',
      next: 'install it (npm install rocksdb-native; on Linux it needs glibc 2.34 and libatomic), or use --backend hashmap',
      cause,
    });
  }
}

interface NativeParts {
  readonly native: Native;
  readonly settings: NativeSettings;
  readonly families: readonly string[];
}

/** A database between two changes of its column families. */
interface OpenDatabase {
  readonly db: RocksDB;
  readonly families: ReadonlyMap<string, RocksDB.Session>;
}

class NativeDatabase implements LocalDatabase {
  readonly #native: Native;
  readonly #settings: NativeSettings;
  readonly #directory: WorkingDirectory;
  readonly #families: Set<string>;
  #db: Promise<OpenDatabase>;

  private constructor(directory: WorkingDirectory, { native, settings, families }: NativeParts) {
    this.#native = native;
    this.#settings = settings;
    this.#directory = directory;
    this.#families = new Set(families);
    this.#db = this.#open();
  }

  static async open(parts: NativeParts, files?: AsyncIterable<DatabaseFile>): Promise<NativeDatabase> {
    const directory = await WorkingDirectory.make(parts.settings.directory ?? tmpdir());
    try {
      if (files !== undefined) await directory.place(files);
      const database = new NativeDatabase(directory, parts);
      await database.#db;
      return database;
    } catch (thrown) {
      await directory.remove();
      throw thrown;
    }
  }

  /** RocksDB makes column families when it opens: the database is opened anew. */
  async ensureFamilies(names: readonly string[]): Promise<void> {
    const missing = names.filter((name) => !this.#families.has(name));
    if (missing.length === 0) return;
    for (const name of missing) this.#families.add(name);
    const old = this.#db;
    this.#db = old.then(({ db }) => db.close({ force: true })).then(() => this.#open());
    await this.#db;
  }

  async read(family: string, keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]> {
    const session = (await this.#db).families.get(family);
    if (session === undefined) return keys.map(() => null);
    const batch = session.read({ capacity: keys.length, autoDestroy: true });
    const values = keys.map((key) => batch.get(key));
    const [found] = await Promise.all([Promise.all(values), batch.flush()]);
    return found;
  }

  async scan(family: string, prefix: Uint8Array): Promise<readonly Row[]> {
    const session = (await this.#db).families.get(family);
    if (session === undefined) return [];
    const range = { gte: prefix, lt: successor(prefix) };
    const rows: Row[] = [];
    for await (const row of session.iterator(range, { capacity: SCAN_ROWS })) rows.push(row);
    return rows;
  }

  async write(rows: RowBatch): Promise<void> {
    const session = await this.#family(rows.family);
    const all = rows.rows();
    const writers = Array.from({ length: CONCURRENT_WRITES }, () => writeBatches(session, all));
    // Nothing is under way any more when it fails.
    const failed = (await Promise.allSettled(writers)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async deleteRange(family: string, start: Uint8Array, end: Uint8Array): Promise<void> {
    const batch = (await this.#family(family)).write({ capacity: 1, autoDestroy: true });
    batch.tryDeleteRange(start, end);
    await batch.flush();
  }

  async capture(): Promise<LocalSnapshot> {
    const { families } = await this.#db;
    for (const family of families.values()) await family.flush();
    return this.#directory.capture();
  }

  async close(): Promise<void> {
    try {
      await (await this.#db).db.close({ force: true });
    } finally {
      await this.#directory.remove();
    }
  }

  async #family(name: string): Promise<RocksDB.Session> {
    const session = (await this.#db).families.get(name);
    if (session === undefined) throw new BugError(`the database has no column family ${name}`);
    return session;
  }

  async #open(): Promise<OpenDatabase> {
    const options = {
      tableFormatVersion: TABLE_FORMAT_VERSION,
      writeBufferSize: this.#settings.writeBufferBytes,
    };
    const columnFamilies = [...this.#families].map((name) => new this.#native.ColumnFamily(name, options));
    const db = new this.#native(this.#directory.database, {
      ...options,
      columnFamilies,
      avoidFlushDuringShutdown: true,
    });
    const families = new Map([...this.#families].map((name) => [name, db.columnFamily(name)] as const));
    await db.ready();
    return { db, families };
  }
}

/** Writes batches of rows as long as there are any. */
async function writeBatches(session: RocksDB.Session, rows: Iterator<Row>): Promise<void> {
  for (let count = WRITE_ROWS; count === WRITE_ROWS; ) {
    const batch = session.write({ capacity: WRITE_ROWS, autoDestroy: true });
    count = addRows(batch, rows);
    await batch.flush();
  }
}

/** Returns how many there were. */
function addRows(batch: ReturnType<RocksDB.Session['write']>, rows: Iterator<Row>): number {
  for (let count = 0; count < WRITE_ROWS; count++) {
    const next = rows.next();
    if (next.done === true) return count;
    const { key, value } = next.value;
    if (value === null) batch.tryDelete(key);
    else batch.tryPut(key, value);
  }
  return WRITE_ROWS;
}

/** The first key behind all that begin with `prefix`, which must hold a byte other than 255. */
function successor(prefix: Uint8Array): Uint8Array {
  let length = prefix.length;
  while (prefix[length - 1] === 0xff) length--;
  const end = Uint8Array.from(prefix.subarray(0, length));
  end[length - 1]!++;
  return end;
}
