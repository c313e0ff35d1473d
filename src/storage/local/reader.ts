// Reading the local file system.
import { constants, lstatSync, readdirSync, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Location } from '../../model/location.js';
import { type Clock, systemClock } from '../../support/clock.js';
import { StorageError } from '../../support/errors.js';
import type { FileStatus, StorageCapabilities, StorageReader } from '../storage.js';
import { filePath, localError } from './errors.js';
import { isMangled, rootError, statusOf, walk } from './walk.js';

const CAPABILITIES: StorageCapabilities = {
  atomicPut: true,
  conditionalPut: true,
  rename: true,
  copy: true,
  directories: true,
};

/** A reader of the local file system. Of a mounted one the times may be those of another machine: `clock` is ours. */
export function localReader(clock: Pick<Clock, 'now'> = systemClock): StorageReader {
  return {
    capabilities: CAPABILITIES,
    list: (root) => walk(root),
    listDirectory: async (directory) => listDirectory(directory),
    stat: (location) =>
      attempt('look at', location, async (path) => statusOf(location.path, await stat(path))),
    read: (location) => attempt('read', location, readWhole),
    readRange: (location, offset, length) =>
      attempt('read', location, (path) => readRange(path, offset, length)),
    nowMs: async () => clock.now(),
  };
}

/** Does `action` with the path of `location`; what node:fs throws becomes a StorageError that says `verb`. */
export async function attempt<T>(
  verb: string,
  location: Location,
  action: (path: string) => Promise<T>,
): Promise<T> {
  try {
    return await action(filePath(location));
  } catch (thrown) {
    throw localError(thrown, verb, location);
  }
}

function listDirectory(directory: Location): readonly FileStatus[] {
  try {
    const path = filePath(directory);
    const prefix = path === '/' ? '/' : `${path}/`;
    return readdirSync(path)
      .sort()
      .flatMap((name) => entryOf(prefix, name));
  } catch (thrown) {
    throw rootError(directory, thrown);
  }
}

/** One entry, or none where it has vanished. */
function entryOf(prefix: string, name: string): readonly FileStatus[] {
  const path = prefix + name;
  // Not UTF-8: that something is there can be told, not what.
  if (isMangled(name)) return [{ path, type: 'other', sizeBytes: 0, modifiedMs: null, etag: null }];
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? [] : [statusOf(path, stats)];
}

function readWhole(path: string): Promise<Uint8Array> {
  return withFile(path, (file) => file.readFile());
}

function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  return withFile(path, async (file, status) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, status.size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  });
}

/** Opens a file to read from it. Without O_NONBLOCK a named pipe would keep us waiting for somebody who writes to it. */
async function withFile<T>(path: string, use: (file: FileHandle, status: Stats) => Promise<T>): Promise<T> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await file.stat();
    if (!status.isFile() && !status.isDirectory()) throw notRegular(path);
    return await use(file, status);
  } finally {
    await file.close();
  }
}

/** A pipe or a device: it may have no end. */
function notRegular(path: string): StorageError {
  return new StorageError('conflict', `cannot read ${path}: it is no regular file`, { where: path });
}
