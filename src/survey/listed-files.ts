// The sizes of all files that a listing told of, found again by their location.
import type { Location } from '../model/location.js';

/** One map of paths for each store, so that no path is kept twice. */
export class ListedFiles {
  readonly #stores = new Map<string, Map<string, number>>();

  /** Sizes by path of the store that `location` is in, to be filled by who lists it. */
  inStoreOf(location: Location): Map<string, number> {
    const store = storeKey(location);
    const sizes = this.#stores.get(store) ?? new Map<string, number>();
    this.#stores.set(store, sizes);
    return sizes;
  }

  /** Undefined for what was not listed as a file. */
  sizeOf(location: Location): number | undefined {
    return this.#stores.get(storeKey(location))?.get(location.path);
  }
}

/** Equal for locations that one reader serves. */
export function storeKey({ store, authority }: Location): string {
  return `${store}://${authority}`;
}
