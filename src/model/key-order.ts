// Sorts millions of rows by keys that are written anew whenever they are looked at: eight bytes for each row, besides
// the rows. A pass skips what all keys have in common and sorts by the few bytes behind it, as one number with the row;
// rows that are still alike are sorted in the same way by what follows.
import { LocationKey } from './location-key.js';

export type WriteKey = (row: number, into: LocationKey) => void;

/** So few rows are sorted by comparing each with others. */
const FEW = 8;
/** Keys that differ in so many parts are a hostile file's; they are sorted whole too. */
const DEEPEST = 8;

/** Sorts `rows` in place by the bytes of their keys. */
export function sortByKey(rows: Uint32Array, writeKey: WriteKey): void {
  const rowBits = 32 - Math.clz32(rows.reduce((most, row) => Math.max(most, row), 0));
  new KeyOrder(writeKey, rowBits).sort(rows, 0, 0);
}

/** Of `rows` the `most` that come first, in order; in one pass, and nothing else is sorted. */
export function firstByKey(rows: Iterable<number>, writeKey: WriteKey, most: number): readonly number[] {
  const first: { readonly row: number; readonly key: LocationKey }[] = [];
  let key = new LocationKey();
  for (const row of rows) {
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
    const starts = this.#sortByNext(rows, common);
    const sorted = common + 4 + ((32 - this.#rowBits) >> 3);
    for (let start = 0; start < rows.length; ) {
      let end = start + 1;
      while (end < rows.length && starts[end] === 0) end++;
      if (end - start > 1) this.sort(rows.subarray(start, end), sorted, depth + 1);
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

  #commonPrefix(rows: Uint32Array, skip: number): number {
    this.#writeKey(rows[0]!, this.#first);
    let common = this.#first.length;
    for (const row of rows) {
      this.#writeKey(row, this.#key);
      common = Math.min(common, this.#key.length);
      let at = skip;
      while (at < common && this.#key.bytes[at] === this.#first.bytes[at]) at++;
      common = at;
    }
    return common;
  }

  /** Sorts by the bytes from `at`; 1 in the answer where they are others than those of the row before. */
  #sortByNext(rows: Uint32Array, at: number): Uint8Array {
    const numbers = new BigUint64Array(rows.length);
    const words = new Uint32Array(numbers.buffer);
    const rowMask = 2 ** this.#rowBits - 1;
    for (let i = 0; i < rows.length; i++) {
      this.#writeKey(rows[i]!, this.#key);
      words[LOW + 2 * i] = (wordAt(this.#key, at + 4) & ~rowMask) | rows[i]!;
      words[HIGH + 2 * i] = wordAt(this.#key, at);
    }
    numbers.sort();
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

/** Four bytes of a key; zeros where it has ended. */
function wordAt({ bytes, length }: LocationKey, at: number): number {
  let word = 0;
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < length ? bytes[i]! : 0);
  return word;
}
