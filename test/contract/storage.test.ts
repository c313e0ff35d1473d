import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLocation } from '../../src/model/location.js';
import { interceptedStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { openRemover } from '../../src/storage/open.js';
import { routedStorage } from '../../src/storage/routed.js';
import { runs } from '../support/runs.js';
import { VersionedMemory } from '../support/versioned-memory.js';
import { storageContract } from './storage-contract.js';

const memoryRoot = parseLocation('memory://store/root', '/');
const nothing = async (): Promise<void> => undefined;

storageContract('memory as a file system', async () => {
  const storage = new MemoryStorage();
  await storage.makeDirectory(memoryRoot);
  return { storage, root: memoryRoot, dispose: nothing };
});

storageContract('memory as an object store', async () => ({
  storage: new MemoryStorage({ directories: false, pageEntries: 7 }),
  root: memoryRoot,
  dispose: nothing,
}));

storageContract('memory that keeps versions', async () => ({
  storage: interceptedStorage(new VersionedMemory(), () => undefined),
  root: memoryRoot,
  dispose: nothing,
}));

storageContract('intercepted', async () => {
  const storage = interceptedStorage(new MemoryStorage(), () => undefined);
  await storage.makeDirectory(memoryRoot);
  return { storage, root: memoryRoot, dispose: nothing };
});

storageContract('routed', async () => {
  const storage = new MemoryStorage();
  await storage.makeDirectory(memoryRoot);
  const routed = routedStorage(storage.capabilities, async () => storage);
  return { storage: routed, root: memoryRoot, dispose: nothing };
});

storageContract(
  'local',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ckpt-contract-'));
    const root = parseLocation(directory, '/');
    return { storage: await openRemover(root), root, dispose: () => rm(directory, { recursive: true }) };
  },
  { manyFiles: runs({ sample: 150, full: 1100 }) },
);
