// Names by the millions, of which only fingerprints are kept: a name may count as known that is not, never the reverse.
import { type Fingerprint, fingerprintInto } from '../../support/fingerprint.js';
import { CROWDED, FingerprintTable, NOT_FOUND } from '../../support/fingerprint-table.js';

export class NameSet {
  readonly #names = new FingerprintTable();
  /** Somebody made names to be in each other's way: then every name counts as known. */
  #crowded = false;

  get isEmpty(): boolean {
    return this.#names.count === 0 && !this.#crowded;
  }

  add(name: Fingerprint): void {
    if (this.#names.add(name) === CROWDED) this.#crowded = true;
  }

  has(name: Fingerprint): boolean {
    return this.#crowded || this.#names.find(name) !== NOT_FOUND;
  }
}

/** Writes the fingerprint of a name to `into`. */
export function fingerprintOfName(into: Fingerprint, name: string): void {
  const bytes = Buffer.from(name, 'utf8');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  fingerprintInto(into, view, bytes.length);
}
