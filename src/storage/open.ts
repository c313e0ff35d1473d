// The doors to storage, one for each right: who opens a reader holds nothing that could write. A further store is a
// further row of DRIVERS; what it needs is loaded when the first location in it is opened.
import { formatLocation, type Location, type StoreKind } from '../model/location.js';
import { UsageError } from '../support/errors.js';
import { localReader } from './local/reader.js';
import { localRemover } from './local/writer.js';
import type { StorageReader, StorageRemover, StorageWriter } from './storage.js';
import { PLAIN_STORES, type StoreOptions, s3Options } from './store-options.js';

/** Opens stores for reading; use cases take it as an argument. */
export type OpenReader = (location: Location) => Promise<StorageReader>;
/** Opens stores for writing to them. */
export type OpenWriter = (location: Location) => Promise<StorageWriter>;
/** Opens stores for writing to them and removing from them. */
export type OpenRemover = (location: Location) => Promise<StorageRemover>;

type Open<S> = (location: Location, options: StoreOptions) => Promise<S>;

interface Driver {
  /** Equal for all that one connection serves: buckets share one, name services do not. */
  readonly connection: (location: Location) => string;
  readonly reader: Open<StorageReader>;
  readonly remover: Open<StorageRemover>;
}

/** Null: the store has a name, and cannot be opened by it. */
const DRIVERS: Readonly<Record<StoreKind, Driver | null>> = {
  file: {
    connection: () => 'file',
    reader: async () => localReader(),
    remover: async (_, { random }) => localRemover(random),
  },
  s3: {
    connection: () => 's3',
    reader: async (_, options) => (await import('./s3/open.js')).openS3Reader(s3Options(options)),
    remover: async (_, options) => (await import('./s3/open.js')).openS3Remover(s3Options(options)),
  },
  hdfs: {
    connection: ({ scheme, authority }) => `${scheme}://${authority}`,
    reader: async (location, options) => (await import('./hdfs/open.js')).openHdfsReader(location, options),
    remover: async (location, options) => (await import('./hdfs/open.js')).openHdfsRemover(location, options),
  },
  memory: null,
};

/** A door for reading, which keeps its connections. It throws a UsageError where a location is in no known store. */
export function readers(options: StoreOptions = PLAIN_STORES): OpenReader {
  return connecting((driver, location) => driver.reader(location, options));
}

/** A door for everything else, removing included; errors as for {@link readers}. */
export function removers(options: StoreOptions = PLAIN_STORES): OpenRemover {
  return connecting((driver, location) => driver.remover(location, options));
}

/** A door for writing only; errors as for {@link readers}. */
export function writers(options: StoreOptions = PLAIN_STORES): OpenWriter {
  return connecting(async (driver, location) => {
    const { remove, removeEmptyDirectory, ...writer } = await driver.remover(location, options);
    return writer;
  });
}

export const openReader = readers();
export const openWriter = writers();
export const openRemover = removers();

function connecting<S>(
  open: (driver: Driver, location: Location) => Promise<S>,
): (location: Location) => Promise<S> {
  const connections = new Map<string, Promise<S>>();
  return async (location) => {
    const driver = driverOf(location);
    const key = driver.connection(location);
    const connection = connections.get(key) ?? open(driver, location);
    connections.set(key, connection);
    return connection;
  };
}

function driverOf(location: Location): Driver {
  const driver = DRIVERS[location.store];
  if (driver !== null) return driver;
  throw new UsageError(`locations of ${location.scheme}:// cannot be opened`, {
    code: 'unsupported-store',
    where: formatLocation(location),
    next: 'give a path, or a location in S3 or HDFS',
  });
}
