// A RocksDB database as the backend needs it. It knows bytes alone: neither keys nor states nor checkpoints.
import type { Row, RowBatch } from './row-batch.js';

/** The files of a database at one moment; they stay until `release`, whatever the database does meanwhile. */
export interface LocalSnapshot {
  /** `000025.sst` and its like, ascending. */
  readonly tables: readonly string[];
  /** CURRENT and the MANIFEST, which names the tables. */
  readonly others: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Content of one of `tables`. */
  readTable(name: string): Promise<Uint8Array>;
  release(): Promise<void>;
}

/** An open database. Nobody else uses its directory; `close` removes that too. */
export interface LocalDatabase {
  /** Makes the column families that are not there. */
  ensureFamilies(names: readonly string[]): Promise<void>;
  /** Values in the order of the keys, null where there is none. */
  read(family: string, keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | null)[]>;
  /** All rows whose key begins with `prefix`, ascending. */
  scan(family: string, prefix: Uint8Array): Promise<readonly Row[]>;
  write(batch: RowBatch): Promise<void>;
  /** Deletes the rows with keys from `start` up to `end`, which stays. */
  deleteRange(family: string, start: Uint8Array, end: Uint8Array): Promise<void>;
  /** Everything written so far, also what is in memory only. Nothing must be written while it is taken. */
  capture(): Promise<LocalSnapshot>;
  close(): Promise<void>;
}

/** A file to begin with. */
export interface DatabaseFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Makes databases, each in a directory of its own. */
export interface LocalDatabases {
  /** An empty database, or the one that `files` are. `families` are all that it has, and perhaps more. */
  open(families: readonly string[], files?: AsyncIterable<DatabaseFile>): Promise<LocalDatabase>;
}
