// What is entered in a directory outlives a loss of power only when the directory itself was forced to disk.
import { open } from 'node:fs/promises';
import { errnoOf } from './errors.js';

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (thrown) {
    // Some file systems cannot force a directory to disk, and have no more to give.
    if (errnoOf(thrown) !== 'EINVAL' && errnoOf(thrown) !== 'ENOTSUP') throw thrown;
  } finally {
    await directory.close();
  }
}
