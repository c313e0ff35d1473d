// A set of fingerprints in typed arrays, numbered in the order in which they came: 16 bytes each, or 4 where only their
// first words are kept, and a hash index of open addressing. Who knows what a fingerprint is of can tell apart two that
// are equal, and must where first words are all there is.
import type { Fingerprint } from './fingerprint.js';

/** Rows in a full chunk; the first one grows to this by doubling, so that small sets stay small. */
const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const FIRST_ROWS = 16;
/** With a good hash and three quarters of the places taken no run of them comes near this. */
const LONGEST_PROBE = 4096;

/** Told by {@link FingerprintTable.add} of a fingerprint that somebody made to be in the way of others. */
export const CROWDED = -1;
/** Told by {@link FingerprintTable.find} where there is none. */
export const NOT_FOUND = -1;

/** Whether the fingerprint in this row is of the very thing that is looked for. */
export type IsSame = (row: number) => boolean;

export class FingerprintTable {
  readonly #words: 1 | 4;
  readonly #chunks: Uint32Array[];
  /** Row + 1; 0 where the place is free. */
  #places = new Int32Array(FIRST_ROWS * 2);
  #count = 0;

  /** Keeps so many words of each fingerprint. */
  constructor(words: 1 | 4 = 4) {
    this.#words = words;
    this.#chunks = [new Uint32Array(FIRST_ROWS * words)];
  }

  /** Rows are numbered from 0 to `count - 1`. */
  get count(): number {
    return this.#count;
  }

  /** The row of a fingerprint, or {@link NOT_FOUND}. Without `isSame` equal fingerprints are the same thing. */
  find(fingerprint: Fingerprint, isSame?: IsSame): number {
    const place = this.#placeOf(fingerprint, isSame);
    return place < 0 ? NOT_FOUND : this.#places[place]! - 1;
  }

  /** The row of a fingerprint, a new one (`count - 1`) where it has none; {@link CROWDED} where there is no room. */
  add(fingerprint: Fingerprint, isSame?: IsSame): number {
    const place = this.#placeOf(fingerprint, isSame);
    if (place < 0) return CROWDED;
    const known = this.#places[place]!;
    if (known > 0) return known - 1;
    const row = this.#count++;
    this.#write(row, fingerprint);
    if (this.#count * 4 > this.#places.length * 3) this.#growPlaces();
    else this.#places[place] = row + 1;
    return row;
  }

  /** Copies what is kept of the fingerprint in `row` to `into`. */
  read(row: number, into: Fingerprint): void {
    const chunk = this.#chunks[row >>> CHUNK_BITS]!;
    const at = (row & (CHUNK_ROWS - 1)) * this.#words;
    for (let word = 0; word < this.#words; word++) into[word] = chunk[at + word]!;
  }

  /** The place of a fingerprint, or the free one where it belongs, or -1 where the probe takes too long. */
  #placeOf(fingerprint: Fingerprint, isSame?: IsSame): number {
    const mask = this.#places.length - 1;
    let place = fingerprint[0]! & mask;
    for (let probes = 0; probes < LONGEST_PROBE; probes++) {
      const row = this.#places[place]! - 1;
      if (row < 0) return place;
      if (this.#equals(row, fingerprint) && (isSame === undefined || isSame(row))) return place;
      place = (place + 1) & mask;
    }
    return -1;
  }

  #equals(row: number, fingerprint: Fingerprint): boolean {
    const chunk = this.#chunks[row >>> CHUNK_BITS]!;
    const at = (row & (CHUNK_ROWS - 1)) * this.#words;
    if (chunk[at] !== fingerprint[0]) return false;
    for (let word = 1; word < this.#words; word++) if (chunk[at + word] !== fingerprint[word]) return false;
    return true;
  }

  #write(row: number, fingerprint: Fingerprint): void {
    const index = row >>> CHUNK_BITS;
    const at = (row & (CHUNK_ROWS - 1)) * this.#words;
    const known = this.#chunks[index];
    if (known === undefined) this.#chunks[index] = new Uint32Array(CHUNK_ROWS * this.#words);
    else if (at >= known.length) {
      const larger = new Uint32Array(known.length * 2);
      larger.set(known);
      this.#chunks[index] = larger;
    }
    const kept = this.#chunks[index]!;
    for (let word = 0; word < this.#words; word++) kept[at + word] = fingerprint[word]!;
  }

  #growPlaces(): void {
    const mask = this.#places.length * 2 - 1;
    this.#places = new Int32Array(mask + 1);
    for (let row = 0; row < this.#count; row++) {
      const chunk = this.#chunks[row >>> CHUNK_BITS]!;
      let place = chunk[(row & (CHUNK_ROWS - 1)) * this.#words]! & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = row + 1;
    }
  }
}
