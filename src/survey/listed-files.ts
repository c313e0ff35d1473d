// The sizes of all files that a listing told of, found again by their location.
import type { Location } from '../model/location.js';
import type { FileSink } from './listing.js';

/** One map of paths for each store, so that no path is kept twice. */
export class ListedFiles implements FileSink {
  readonly #stores = new Map<string, Map<string, number>>();

  file(root: Location, { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number }): void {
    const store = storeKey(root);
    const sizes = this.#stores.get(store) ?? new Map<string, number>();
    this.#stores.set(store, sizes);
    sizes.set(path, sizeBytes);
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
