// The doors to storage, one for each right: who opens a reader holds nothing that could write. A further store is a
// further row of DRIVERS.
import { formatLocation, type Location, type StoreKind } from '../model/location.js';
import { UsageError } from '../support/errors.js';
import { localReader } from './local/reader.js';
import { localRemover, localWriter } from './local/writer.js';
import type { StorageReader, StorageRemover, StorageWriter } from './storage.js';

/** Opens stores for reading; use cases take it as an argument. */
export type OpenReader = (location: Location) => Promise<StorageReader>;

interface Driver {
  readonly reader: () => StorageReader;
  readonly writer: () => StorageWriter;
  readonly remover: () => StorageRemover;
}

/** Null: the store has a name, and no driver in this version. */
const DRIVERS: Readonly<Record<StoreKind, Driver | null>> = {
  file: { reader: localReader, writer: localWriter, remover: localRemover },
  s3: null,
  hdfs: null,
  memory: null,
};

/** A reader of the store that `location` is in. Throws a UsageError where this version has no driver for it. */
export async function openReader(location: Location): Promise<StorageReader> {
  return driverOf(location).reader();
}

/** A writer to the store that `location` is in; errors as for {@link openReader}. */
export async function openWriter(location: Location): Promise<StorageWriter> {
  return driverOf(location).writer();
}

/** What can also remove from the store that `location` is in; errors as for {@link openReader}. */
export async function openRemover(location: Location): Promise<StorageRemover> {
  return driverOf(location).remover();
}

function driverOf(location: Location): Driver {
  const driver = DRIVERS[location.store];
  if (driver !== null) return driver;
  throw new UsageError(`locations of ${location.scheme}:// cannot be opened in this version`, {
    code: 'unsupported-store',
    where: formatLocation(location),
    next: 'give a local path; for a copy of a remote tree say --rewrite FROM=TO',
  });
}
