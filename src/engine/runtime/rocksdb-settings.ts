// What the RocksDB backend of a job works with.
import { BugError } from '../../support/errors.js';
import { options as keys } from '../configuration.js';
import type { JobEnvironment, JobOptions } from '../execute.js';
import type { RocksDbSettings } from '../state/rocksdb/rocksdb-backend.js';

/** Null where keyed state is in memory. */
export function rocksDbSettings(
  { configuration }: JobOptions,
  { databases }: JobEnvironment,
): RocksDbSettings | null {
  if (configuration.get(keys.backend) !== 'rocksdb') return null;
  if (databases === undefined) throw new BugError('there is no place for the databases of RocksDB');
  const incremental = configuration.get(keys.incremental);
  return { databases, incremental, cacheBytes: configuration.get(keys.rocksDbMemory) };
}
