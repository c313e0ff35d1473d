// When the directories of a job were last written to, taken from a listing that somebody else makes: the word that a job
// has ended does not hold against a file that it wrote a moment ago.

import { canonicalKey, isWithin, type Location } from '../model/location.js';
import { isOwnPlace } from '../model/own-places.js';
import { delegatingReader } from '../storage/delegating.js';
import type { OpenReader } from '../storage/open.js';
import type { FileStatus, ListingBatch, StorageReader } from '../storage/storage.js';

/** What is watched: jobs by their ids, and places. */
export interface Watched {
  readonly jobs: readonly string[];
  readonly locations: readonly Location[];
}

/** Notes the newest file of each job and place; a file without a time counts as written now. */
export class NewestFiles {
  readonly #watched: Watched;
  readonly #newestMs = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** The same door to storage; what is listed through it is noted. */
  readonly watch = (open: OpenReader): OpenReader => {
    const { jobs, locations } = this.#watched;
    if (jobs.length + locations.length === 0) return open;
    return async (location) => this.#watching(await open(location));
  };

  /** Null where no file of the job was listed. */
  ofJob(id: string): number | null {
    return this.#newestMs.get(id) ?? null;
  }

  /** Null where no file at or below it was listed. */
  at(location: Location): number | null {
    return this.#newestMs.get(canonicalKey(location)) ?? null;
  }

  #watching(inner: StorageReader): StorageReader {
    const note = (at: Location) => (entry: FileStatus) => this.#note({ ...at, path: entry.path }, entry);
    return {
      ...delegatingReader(inner),
      list: (root) => noted(inner.list(root), note(root)),
      listDirectory: async (directory) => {
        const entries = await inner.listDirectory(directory);
        entries.forEach(note(directory));
        return entries;
      },
    };
  }

  #note(file: Location, { type, modifiedMs }: FileStatus): void {
    if (type !== 'file' || isOwnPlace(file)) return; // a cleanup's lock is no sign of life
    const writtenMs = modifiedMs ?? Number.POSITIVE_INFINITY;
    for (const id of this.#watched.jobs) if (file.path.includes(`/${id}/`)) this.#raise(id, writtenMs);
    for (const location of this.#watched.locations) {
      if (isWithin(file, location)) this.#raise(canonicalKey(location), writtenMs);
    }
  }

  #raise(key: string, writtenMs: number): void {
    this.#newestMs.set(key, Math.max(writtenMs, this.#newestMs.get(key) ?? Number.NEGATIVE_INFINITY));
  }
}

async function* noted(
  batches: AsyncIterable<ListingBatch>,
  note: (entry: FileStatus) => void,
): AsyncGenerator<ListingBatch> {
  for await (const batch of batches) {
    batch.entries.forEach(note);
    yield batch;
  }
}
