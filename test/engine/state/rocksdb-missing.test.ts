// The package of RocksDB is optional: without it a job that wants it is told why, and what else there is.
import { expect, test, vi } from 'vitest';
import { nativeDatabases } from '../../../src/engine/state/rocksdb/native-database.js';

vi.mock('rocksdb-native', () => {
  throw new Error('libatomic.so.1: cannot open shared object file: No such file or directory\nmore');
});

test('says why RocksDB cannot be loaded, and what to do', async () => {
  const databases = nativeDatabases({ directory: null, writeBufferBytes: 1 });
  await expect(databases).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^RocksDB cannot be loaded: .+/),
    where: 'the package rocksdb-native',
    next: expect.stringContaining('--backend hashmap'),
  });
  await expect(databases).rejects.not.toMatchObject({ message: expect.stringContaining('\n') });
});
