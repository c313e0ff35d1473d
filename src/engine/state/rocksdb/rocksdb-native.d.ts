// The part of the package rocksdb-native 3.18 that is used; it has no types of its own.
declare module 'rocksdb-native' {
  interface TableOptions {
    /** Version of the tables' format: Flink 2 reads up to 5. */
    readonly tableFormatVersion: number;
    readonly writeBufferSize: number;
  }

  interface DatabaseOptions extends TableOptions {
    readonly columnFamilies: readonly RocksDB.ColumnFamily[];
    readonly avoidFlushDuringShutdown: boolean;
  }

  interface Batch {
    /** Also ends the batch. */
    flush(): Promise<void>;
  }

  interface WriteBatch extends Batch {
    tryPut(key: Uint8Array, value: Uint8Array): void;
    tryDelete(key: Uint8Array): void;
    tryDeleteRange(start: Uint8Array, end: Uint8Array): void;
  }

  interface ReadBatch extends Batch {
    get(key: Uint8Array): Promise<Buffer | null>;
  }

  interface BatchOptions {
    /** Operations that there will be, at most. */
    readonly capacity: number;
    readonly autoDestroy: true;
  }

  class RocksDB implements RocksDB.Session {
    static ColumnFamily: typeof RocksDB.ColumnFamily;
    constructor(path: string, options: DatabaseOptions);
    ready(): Promise<void>;
    columnFamily(name: string): Session;
    close(options: { readonly force: boolean }): Promise<void>;
    write: RocksDB.Session['write'];
    read: RocksDB.Session['read'];
    iterator: RocksDB.Session['iterator'];
    flush: RocksDB.Session['flush'];
    compactRange: RocksDB.Session['compactRange'];
  }

  namespace RocksDB {
    interface Session {
      write(options: BatchOptions): WriteBatch;
      read(options: BatchOptions): ReadBatch;
      iterator(
        range: { readonly gte: Uint8Array; readonly lt: Uint8Array },
        options: { readonly capacity: number },
      ): AsyncIterable<{ readonly key: Buffer; readonly value: Buffer }>;
      flush(): Promise<void>;
      compactRange(): Promise<void>;
    }

    class ColumnFamily {
      constructor(name: string, options: TableOptions);
    }
  }

  export default RocksDB;
}
