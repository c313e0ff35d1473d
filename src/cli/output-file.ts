// A result in a file of this machine, whole or not at all.
import type { Location } from '../model/location.js';
import { localReader } from '../storage/local/reader.js';
import { localWriter } from '../storage/local/writer.js';
import { StorageError, UsageError } from '../support/errors.js';

/** Writes or replaces; throws a UsageError for a place in another store, and what the file system says. */
export async function writeOutputFile(at: Location, pieces: Iterable<string>, flag = '-o'): Promise<void> {
  if (at.store !== 'file')
    throw new UsageError('the output goes to a file of this machine', {
      where: flag,
      next: 'give a local path',
    });
  await localWriter().put(at, Buffer.from([...pieces].join('')));
}

/** Writes `text` behind what the file has already. */
export async function appendOutputFile(at: Location, text: string): Promise<void> {
  await writeOutputFile(at, [await textOf(at), text]);
}

async function textOf(at: Location): Promise<string> {
  try {
    return new TextDecoder().decode(await localReader().read(at));
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return '';
    throw thrown;
  }
}
