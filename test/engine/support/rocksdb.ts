// RocksDB in tests. Where its package cannot be loaded the tests are skipped and say so; in CI that is a failure.
import { describe } from 'vitest';
import type {
  DatabaseFile,
  LocalDatabase,
  LocalDatabases,
} from '../../../src/engine/state/rocksdb/local-database.js';
import { nativeDatabases } from '../../../src/engine/state/rocksdb/native-database.js';

const WRITE_BUFFER_BYTES = 256 * 1024;

const loaded = await nativeDatabases({ directory: null, writeBufferBytes: WRITE_BUFFER_BYTES }).catch(
  (thrown: Error) => thrown,
);
if (loaded instanceof Error) {
  if (process.env.CI === 'true') throw new Error(`CI must test RocksDB: ${loaded.message}`);
  process.stderr.write(`\nNOT TESTED: the RocksDB backend; ${loaded.message}\n`);
}

/** A `describe` that is skipped where RocksDB cannot be loaded. */
export const describeRocksDb = describe.skipIf(loaded instanceof Error);

const opened = new Set<LocalDatabase>();

/** Databases in temporary directories. */
export function testDatabases(): LocalDatabases {
  if (loaded instanceof Error) throw loaded;
  return {
    open: async (families, files) => {
      const database = await loaded.open(families, files);
      const watched = trackedDatabase(
        database,
        (call) => call,
        () => closeOnce(database),
      );
      opened.add(database);
      return watched;
    },
  };
}

/** Closes what jobs that were left in the middle have not. */
export async function closeDatabases(): Promise<void> {
  for (const database of [...opened]) await closeOnce(database);
}

async function closeOnce(database: LocalDatabase): Promise<void> {
  if (opened.delete(database)) await database.close();
}

/** The same databases, every call of which is told to `track` until it is done. */
export function trackedDatabases(
  databases: LocalDatabases,
  track: <T>(call: Promise<T>) => Promise<T>,
): LocalDatabases {
  return {
    open: async (families, files) => {
      // Files come out of the simulated storage: whoever waits for them must let its time go on.
      const given = files && (await collect(files));
      const database = await track(databases.open(families, given && replay(given)));
      return trackedDatabase(database, track);
    },
  };
}

function trackedDatabase(
  inner: LocalDatabase,
  track: <T>(call: Promise<T>) => Promise<T>,
  close = () => inner.close(),
): LocalDatabase {
  return {
    ensureFamilies: (names) => track(inner.ensureFamilies(names)),
    read: (family, keys) => track(inner.read(family, keys)),
    scan: (family, prefix) => track(inner.scan(family, prefix)),
    write: (batch) => track(inner.write(batch)),
    deleteRange: (family, start, end) => track(inner.deleteRange(family, start, end)),
    capture: () =>
      track(
        inner.capture().then(({ tables, others, readTable, release }) => ({
          tables,
          others,
          readTable: (name: string) => track(readTable(name)),
          release: () => track(release()),
        })),
      ),
    close: () => track(close()),
  };
}

async function collect(files: AsyncIterable<DatabaseFile>): Promise<readonly DatabaseFile[]> {
  const collected: DatabaseFile[] = [];
  for await (const file of files) collected.push(file);
  return collected;
}

async function* replay(files: readonly DatabaseFile[]): AsyncGenerator<DatabaseFile> {
  yield* files;
}
