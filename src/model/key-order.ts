// Sorts millions of rows by keys that are written anew whenever they are looked at: nine bytes for each row, besides the
// rows. A pass skips what all keys have in common and sorts by the bytes behind it, packed into one number with the row:
// a byte takes the bits that tell apart the bytes which keys have in its place, none where they have but one. Keys are
// written in the order of the rows, so that memory is gone through and not searched. Rows that are still alike are
// sorted in the same way by what follows.
import { LocationKey } from './location-key.js';

export type WriteKey = (row: number, into: LocationKey) => void;

/** So few rows are sorted by comparing each with others. */
const FEW = 16;
/** Keys that differ in so many parts are a hostile file's; they are sorted whole too. */
const DEEPEST = 8;
/** Bytes of a key that a pass looks at. */
const PLACES = 8;
/** What may be in a place; 0, which no key holds, for a key that has ended. */
const BYTES = 256;
const NUMBER_BITS = 64;

/** Sorts `rows` in place by the bytes of their keys, whose first `skip` are the same. */
export function sortByKey(rows: Uint32Array, writeKey: WriteKey, skip = 0): void {
  const rowBits = 32 - Math.clz32(rows.reduce((most, row) => Math.max(most, row), 0));
  new KeyOrder(writeKey, rowBits).sort(rows, skip, 0);
}

/** Of rows from 0 to `count - 1` the `most` wanted ones that come first, in order; in one pass, and no other is sorted. */
export function firstByKey(
  { count, isWanted }: { readonly count: number; readonly isWanted: (row: number) => boolean },
  writeKey: WriteKey,
  most: number,
): readonly number[] {
  const first: { readonly row: number; readonly key: LocationKey }[] = [];
  let key = new LocationKey();
  for (let row = 0; row < count; row++) {
    if (!isWanted(row)) continue;
    writeKey(row, key);
    if (first.length === most && !key.isBefore(first[most - 1]!.key)) continue;
    const place = first.findIndex((other) => key.isBefore(other.key));
    first.splice(place < 0 ? first.length : place, 0, { row, key });
    if (first.length > most) first.pop();
    key = new LocationKey();
  }
  return first.map(({ row }) => row);
}

class KeyOrder {
  readonly #writeKey: WriteKey;
  /** Bits that a row number takes. */
  readonly #rowBits: number;
  readonly #key = new LocationKey();
  readonly #first = new LocationKey();
  /** By place and byte: what a pass has seen, and what it stands for in the two halves of a number. */
  readonly #seen = new Uint8Array(PLACES * BYTES);
  readonly #high = new Uint32Array(PLACES * BYTES);
  readonly #low = new Uint32Array(PLACES * BYTES);

  constructor(writeKey: WriteKey, rowBits: number) {
    this.#writeKey = writeKey;
    this.#rowBits = rowBits;
  }

  /** Sorts rows whose keys have their first `skip` bytes in common. */
  sort(rows: Uint32Array, skip: number, depth: number): void {
    if (rows.length <= FEW) {
      this.#insert(rows, skip);
      return;
    }
    if (depth > DEEPEST) {
      this.#sortWhole(rows);
      return;
    }
    const common = this.#commonPrefix(rows, skip);
    const words = this.#wordsAt(rows, common);
    const places = this.#placesThatFit();
    this.#pack(words, rows, places);
    const starts = this.#sortPacked(words, rows);
    for (let start = 0; start < rows.length; ) {
      let end = start + 1;
      while (end < rows.length && starts[end] === 0) end++;
      if (end - start > 1) this.sort(rows.subarray(start, end), common + places, depth + 1);
      start = end;
    }
  }

  #insert(rows: Uint32Array, skip: number): void {
    for (let next = 1; next < rows.length; next++) {
      const row = rows[next]!;
      this.#writeKey(row, this.#key);
      let place = next;
      for (; place > 0; place--) {
        this.#writeKey(rows[place - 1]!, this.#first);
        if (!this.#key.isBefore(this.#first, skip)) break;
        rows[place] = rows[place - 1]!;
      }
      rows[place] = row;
    }
  }

  #sortWhole(rows: Uint32Array): void {
    const keyed = Array.from(rows, (row) => {
      this.#writeKey(row, this.#key);
      return { row, text: Buffer.from(this.#key.bytes.buffer, 0, this.#key.length).toString('latin1') };
    });
    keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    for (let i = 0; i < keyed.length; i++) rows[i] = keyed[i]!.row;
  }

  /** No less than `skip`; all of it where that is much, as a few bytes more are as soon looked at. */
  #commonPrefix(rows: Uint32Array, skip: number): number {
    this.#writeKey(rows[0]!, this.#first);
    this.#writeKey(rows[rows.length - 1]!, this.#key);
    let common = this.#key.commonWith(this.#first, skip);
    if (common - skip < PLACES) return skip;
    for (const row of rows) {
      this.#writeKey(row, this.#key);
      common = Math.min(common, this.#key.commonWith(this.#first, skip));
    }
    return common;
  }

  /** Of each key the bytes from `at` on as two words, and what there is in each of these places. */
  #wordsAt(rows: Uint32Array, at: number): Uint32Array {
    const [key, seen, words] = [this.#key, this.#seen, new Uint32Array(2 * rows.length)];
    seen.fill(0);
    for (let i = 0; i < rows.length; i++) {
      this.#writeKey(rows[i]!, key);
      const [high, low] = [key.wordAt(at), key.wordAt(at + 4)];
      words[HIGH + 2 * i] = high;
      words[LOW + 2 * i] = low;
      for (let place = 0; place < 4; place++) {
        const shift = 24 - 8 * place;
        seen[place * BYTES + ((high >>> shift) & 0xff)] = 1;
        seen[(place + 4) * BYTES + ((low >>> shift) & 0xff)] = 1;
      }
    }
    return words;
  }

  /** How many of the places seen a number has room for; their bytes are given what they stand for. */
  #placesThatFit(): number {
    let shift = NUMBER_BITS;
    for (let place = 0; place < PLACES; place++) {
      const start = place * BYTES;
      const seen = this.#seen.subarray(start, start + BYTES);
      const bits = 32 - Math.clz32(seen.reduce((sum, one) => sum + one, 0) - 1);
      if (shift - bits < this.#rowBits) return place;
      shift -= bits;
      let rank = 0;
      for (let byte = 0; byte < BYTES; byte++) {
        if (seen[byte] === 0) continue;
        this.#high[start + byte] = shift >= 32 ? rank << (shift - 32) : rank >>> (32 - shift);
        this.#low[start + byte] = shift >= 32 ? 0 : rank << shift;
        rank++;
      }
    }
    return PLACES;
  }

  /** Makes of each two words the number that so many places and the row come to. */
  #pack(words: Uint32Array, rows: Uint32Array, places: number): void {
    const [highOf, lowOf] = [this.#high, this.#low];
    for (let i = 0; i < rows.length; i++) {
      const [first, second] = [words[HIGH + 2 * i]!, words[LOW + 2 * i]!];
      let [high, low] = [0, rows[i]!];
      for (let place = 0; place < places; place++) {
        const byte = ((place < 4 ? first : second) >>> (24 - 8 * (place & 3))) & 0xff;
        high |= highOf[place * BYTES + byte]!;
        low |= lowOf[place * BYTES + byte]!;
      }
      words[HIGH + 2 * i] = high;
      words[LOW + 2 * i] = low;
    }
  }

  /** Puts the rows in the order of the numbers; 1 in the answer where the places are others than those before. */
  #sortPacked(words: Uint32Array, rows: Uint32Array): Uint8Array {
    new BigUint64Array(words.buffer).sort();
    const rowMask = 2 ** this.#rowBits - 1;
    const starts = new Uint8Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      rows[i] = words[LOW + 2 * i]! & rowMask;
      const alike =
        words[HIGH + 2 * i] === words[HIGH + 2 * i - 2] &&
        ((words[LOW + 2 * i]! ^ words[LOW + 2 * i - 2]!) & ~rowMask) === 0;
      starts[i] = alike ? 0 : 1;
    }
    return starts;
  }
}

/** Which half of a 64-bit number this machine puts first. */
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;
