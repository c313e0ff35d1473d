// A set of fingerprints in typed arrays, numbered in the order in which they came: a hash table of open addressing that
// holds their first words, so that a look at one place of memory finds most. Who knows what a fingerprint is of can tell
// apart two that are equal, and must where first words are all that is kept.
import type { Fingerprint } from './fingerprint.js';

/** Rows in a full chunk; the first one grows to this by doubling, so that small sets stay small. */
const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const FIRST_ROWS = 16;
/** Words besides the first one. */
const REST = 3;
/** With a good hash and three quarters of the places taken no run of them comes near this. */
const LONGEST_PROBE = 4096;

/** Told by {@link FingerprintTable.add} of a fingerprint that somebody made to be in the way of others. */
export const CROWDED = -1;
/** Told by {@link FingerprintTable.find} where there is none. */
export const NOT_FOUND = -1;

/** Whether the fingerprint in this row is of the very thing that is looked for. */
export type IsSame = (row: number) => boolean;

export class FingerprintTable {
  /** The other words of each row; null where first words will do. */
  readonly #rest: Uint32Array[] | null;
  /** Two numbers a place: row + 1, or 0 where it is free, and the first word. */
  #places = new Uint32Array(FIRST_ROWS * 4);
  #count = 0;

  /** Keeps so many words of each fingerprint. */
  constructor(words: 1 | 4 = 4) {
    this.#rest = words === 1 ? null : [new Uint32Array(FIRST_ROWS * REST)];
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
    this.#places[place] = row + 1;
    this.#places[place + 1] = fingerprint[0]!;
    if (this.#rest !== null) writeRest(this.#rest, row, fingerprint);
    if (this.#count * 8 > this.#places.length * 3) this.#places = grown(this.#places);
    return row;
  }

  /** Where the place of a fingerprint begins, or the free one where it belongs; -1 where the probe takes too long. */
  #placeOf(fingerprint: Fingerprint, isSame: IsSame | undefined): number {
    const places = this.#places;
    const mask = places.length - 1;
    const first = fingerprint[0]!;
    let place = (first << 1) & mask;
    for (let probes = 0; probes < LONGEST_PROBE; probes++) {
      const row = places[place]! - 1;
      if (row < 0) return place;
      if (places[place + 1] === first && this.#restIs(fingerprint, row) && (!isSame || isSame(row))) {
        return place;
      }
      place = (place + 2) & mask;
    }
    return -1;
  }

  #restIs(fingerprint: Fingerprint, row: number): boolean {
    if (this.#rest === null) return true;
    const chunk = this.#rest[row >>> CHUNK_BITS]!;
    const at = (row & (CHUNK_ROWS - 1)) * REST;
    return (
      chunk[at] === fingerprint[1] && chunk[at + 1] === fingerprint[2] && chunk[at + 2] === fingerprint[3]
    );
  }
}

function writeRest(chunks: Uint32Array[], row: number, fingerprint: Fingerprint): void {
  const index = row >>> CHUNK_BITS;
  const at = (row & (CHUNK_ROWS - 1)) * REST;
  const known = chunks[index];
  if (known === undefined) chunks[index] = new Uint32Array(CHUNK_ROWS * REST);
  else if (at >= known.length) {
    const larger = new Uint32Array(known.length * 2);
    larger.set(known);
    chunks[index] = larger;
  }
  const chunk = chunks[index]!;
  for (let word = 0; word < REST; word++) chunk[at + word] = fingerprint[word + 1]!;
}

/** The same in twice as many places; going through the old ones in their order meets the new ones in two such orders. */
function grown(places: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(places.length * 2);
  const mask = larger.length - 1;
  for (let from = 0; from < places.length; from += 2) {
    if (places[from] === 0) continue;
    let place = (places[from + 1]! << 1) & mask;
    while (larger[place] !== 0) place = (place + 2) & mask;
    larger[place] = places[from]!;
    larger[place + 1] = places[from + 1]!;
  }
  return larger;
}
