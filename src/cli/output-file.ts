// `-o FILE`: a result in a file of this machine, whole or not at all.
import type { Location } from '../model/location.js';
import { localWriter } from '../storage/local/writer.js';
import { UsageError } from '../support/errors.js';

/** Writes or replaces; throws a UsageError for a place in another store, and what the file system says. */
export async function writeOutputFile(at: Location, pieces: Iterable<string>): Promise<void> {
  if (at.store !== 'file')
    throw new UsageError('the output goes to a file of this machine', {
      where: '-o',
      next: 'give a local path',
    });
  await localWriter().put(at, Buffer.from([...pieces].join('')));
}
