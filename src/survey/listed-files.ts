// The sizes of all files that a listing told of, found again by their location.
import type { Location } from '../model/location.js';

/** One map of paths for each store, so that no path is kept twice. */
export class ListedFiles {
  readonly #stores = new Map<string, Map<string, number>>();

  /** `path` lies in the same store as `root`. */
  add(root: Location, path: string, sizeBytes: number): void {
    const store = `${root.store}://${root.authority}`;
    const sizes = this.#stores.get(store) ?? new Map<string, number>();
    this.#stores.set(store, sizes.set(path, sizeBytes));
  }

  /** Undefined for what was not listed as a file. */
  sizeOf(location: Location): number | undefined {
    return this.#stores.get(`${location.store}://${location.authority}`)?.get(location.path);
  }
}
