// The files that a job itself reads and writes: on this machine's file system.
import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type Location, parseLocation } from '../../model/location.js';
import { localError } from '../../storage/local/errors.js';
import { type StorageError, UsageError } from '../../support/errors.js';

/** The absolute path of what a job calls `text`: a path or a `file:` URI. Throws a UsageError for other stores. */
export function localPath(text: string): string {
  const location = parseLocation(text, process.cwd());
  if (location.store === 'file') return location.path;
  throw new UsageError(`a job's own files are local, and ${text} is not`, {
    where: text,
    next: 'copy what it reads here first, and what it writes there afterwards',
  });
}

/** `thrown` by node:fs while doing `action` ("read", "write to", …) with the file at the absolute `path`. */
export function fileError(thrown: unknown, action: string, path: string): StorageError {
  const location: Location = { store: 'file', scheme: 'file', authority: '', path };
  return localError(thrown, action, location);
}

/** Throws `not-found` where nothing is at `path`. */
export async function statusOf(path: string, action: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (thrown) {
    throw fileError(thrown, action, path);
  }
}

/** Whether anything is at `path`. Throws where that cannot be told. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    const error = fileError(thrown, 'look for', path);
    if (error.kind === 'not-found') return false;
    throw error;
  }
}

/** Makes names given and taken in a directory outlast a crash of the machine. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path);
    await directory.sync().finally(() => directory.close());
  } catch (thrown) {
    throw fileError(thrown, 'write to', path);
  }
}
