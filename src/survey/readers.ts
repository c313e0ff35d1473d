// One reader for each store that a survey meets.
import type { Location } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import type { StorageReader } from '../storage/storage.js';

export class Readers {
  readonly #open: OpenReader;
  readonly #opened = new Map<string, Promise<StorageReader>>();

  constructor(open: OpenReader) {
    this.#open = open;
  }

  /** Rejects as the opener does. */
  of(location: Location): Promise<StorageReader> {
    const key = storeKey(location);
    const reader = this.#opened.get(key) ?? this.#open(location);
    this.#opened.set(key, reader);
    return reader;
  }
}

/** Equal for locations that one reader serves. */
export function storeKey({ store, authority }: Location): string {
  return `${store}://${authority}`;
}
