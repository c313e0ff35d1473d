// The sizes of all files that a store told of, found again by the fingerprints of their locations: some thirty bytes a
// file. That two files have one fingerprint is as good as impossible, unless somebody names them so; a reference to one
// of them is then held against the size of the other.
import { formatLocation, type Location } from '../model/location.js';
import { LocationKey } from '../model/location-key.js';
import { StorageError } from '../support/errors.js';
import { type Fingerprint, newFingerprint } from '../support/fingerprint.js';
import { CROWDED, FingerprintTable, NOT_FOUND } from '../support/fingerprint-table.js';
import type { FileSink } from './listing.js';

export class ListedFiles implements FileSink {
  readonly #fingerprints = new FingerprintTable();
  readonly #key = new LocationKey();
  readonly #fingerprint = newFingerprint();
  #sizes = new Float64Array(64);

  /** Adds a file of the store that `root` is in, or tells its size anew. */
  file(root: Location, { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number }): void {
    const location = { ...root, path };
    this.#key.setTo(location);
    this.#key.fingerprintInto(this.#fingerprint);
    const row = this.#fingerprints.add(this.#fingerprint);
    if (row === CROWDED) throw namedToCollide(location);
    if (row >= this.#sizes.length) {
      const larger = new Float64Array(this.#sizes.length * 2);
      larger.set(this.#sizes);
      this.#sizes = larger;
    }
    this.#sizes[row] = sizeBytes;
  }

  /** Undefined for what was not told of. */
  sizeOf(fingerprint: Fingerprint): number | undefined {
    const row = this.#fingerprints.find(fingerprint);
    return row === NOT_FOUND ? undefined : this.#sizes[row]!;
  }
}

function namedToCollide(location: Location): StorageError {
  const where = formatLocation(location);
  return new StorageError(
    'corrupt',
    `more files with like fingerprints than can be by chance, such as ${where}`,
    {
      where,
      next: 'somebody named them so: look at who writes there',
    },
  );
}
