// The same files in memory, where simulated jobs work, and on the disk, where Flink does.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { child, type Location } from '../../../src/model/location.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import type { StorageReader } from '../../../src/storage/storage.js';

export function localDirectory(path: string): Location {
  return { store: 'file', scheme: 'file', authority: '', path };
}

/** Writes all files below `directory` to the same paths of the disk. */
export async function writeToDisk(storage: StorageReader, directory: Location): Promise<void> {
  for await (const { entries } of storage.list(directory)) {
    for (const { path, type } of entries) {
      if (type !== 'file') continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, await storage.read({ ...directory, path }));
    }
  }
}

/** A store with the files that are below `directory` of the disk, at the same paths. */
export async function readFromDisk(directory: string): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const parent = localDirectory(entry.parentPath);
    await storage.makeDirectory(parent);
    await storage.put(child(parent, entry.name), readFileSync(join(entry.parentPath, entry.name)));
  }
  return storage;
}
