// Names by the millions, of which only fingerprints are kept: a name may count as known that is not, never the reverse.
import { fingerprintInto, newFingerprint } from '../../support/fingerprint.js';
import { CROWDED, FingerprintTable, NOT_FOUND } from '../../support/fingerprint-table.js';

export class NameSet {
  readonly #names = new FingerprintTable();
  readonly #fingerprint = newFingerprint();
  /** Somebody made names to be in each other's way: then every name counts as known. */
  #crowded = false;

  add(name: string): void {
    this.#take(name);
    if (this.#names.add(this.#fingerprint) === CROWDED) this.#crowded = true;
  }

  has(name: string): boolean {
    if (this.#crowded) return true;
    if (this.#names.count === 0) return false;
    this.#take(name);
    return this.#names.find(this.#fingerprint) !== NOT_FOUND;
  }

  #take(name: string): void {
    const bytes = Buffer.from(name, 'utf8');
    fingerprintInto(
      this.#fingerprint,
      new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
      bytes.length,
    );
  }
}
