// From a key to a small number, its slot, under which all states keep what they have of it. An open hash table in typed
// arrays: for fresh strings it is twice as fast as a Map, and it has no object per key for the collector to visit. Keys
// are equal as in Java: by value. Objects are compared by their bytes.
//
//     table:  | hash, slot + 1 | 0, 0 free | hash, -1 removed | ...      linear probing, at most half of it in use
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { TypeSerializer } from '../../format/state/serializer.js';

const FREE = 0;
const REMOVED = -1;
const INITIAL_BITS = 10;

export class KeyIndex {
  readonly #keyType: TypeSerializer<unknown>;
  /** By slot: the key itself, or the bytes of an object. */
  readonly #forms: unknown[] = [];
  /** By slot, objects only. */
  readonly #objects = new Map<number, unknown>();
  readonly #freeSlots: number[] = [];
  #table = new Int32Array(2 << INITIAL_BITS);
  #shift = 32 - INITIAL_BITS;
  /** Places of the table that are not free. */
  #used = 0;

  constructor(keyType: TypeSerializer<unknown>) {
    this.#keyType = keyType;
  }

  keyOf(slot: number): unknown {
    const form = this.#forms[slot];
    return this.#objects.size === 0 ? form : (this.#objects.get(slot) ?? form);
  }

  /** The slot of a key with this Java hash code, -1 where it has none. */
  find(key: unknown, hash: number): number {
    const form = typeof key === 'object' ? this.#bytesOf(key) : key;
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = this.#placeOf(hash); ; at = (at + 2) & mask) {
      const reference = table[at + 1]!;
      if (reference === FREE) return -1;
      if (table[at] === hash && reference > 0 && isSame(this.#forms[reference - 1], form))
        return reference - 1;
    }
  }

  /** Gives a slot to a key that has none. */
  add(key: unknown, hash: number): number {
    if (4 * this.#used >= this.#table.length) this.#rehash();
    const slot = this.#freeSlots.pop() ?? this.#forms.length;
    const isObject = typeof key === 'object';
    this.#forms[slot] = isObject ? this.#bytesOf(key) : key;
    if (isObject) this.#objects.set(slot, key);
    this.#insert(hash, slot);
    return slot;
  }

  /** Takes the slot away from its key. */
  remove(slot: number, hash: number): void {
    const mask = this.#table.length - 1;
    let at = this.#placeOf(hash);
    while (this.#table[at + 1] !== slot + 1) at = (at + 2) & mask;
    this.#table[at + 1] = REMOVED;
    this.#forms[slot] = undefined;
    this.#objects.delete(slot);
    this.#freeSlots.push(slot);
  }

  /** Calls `visit` for every key, in no particular order. */
  forEach(visit: (slot: number, hash: number) => void): void {
    const table = this.#table;
    for (let at = 0; at < table.length; at += 2) {
      const reference = table[at + 1]!;
      if (reference > 0) visit(reference - 1, table[at]!);
    }
  }

  #insert(hash: number, slot: number): void {
    const mask = this.#table.length - 1;
    let at = this.#placeOf(hash);
    while (this.#table[at + 1] !== FREE) at = (at + 2) & mask;
    this.#table[at] = hash;
    this.#table[at + 1] = slot + 1;
    this.#used++;
  }

  /** Makes room: removed places are dropped, and the table doubles where it is full of keys. */
  #rehash(): void {
    const keys = this.#forms.length - this.#freeSlots.length;
    const old = this.#table;
    const length = 8 * keys >= old.length ? 2 * old.length : old.length;
    this.#table = new Int32Array(length);
    this.#shift = 33 - Math.log2(length);
    this.#used = 0;
    for (let at = 0; at < old.length; at += 2) if (old[at + 1]! > 0) this.#insert(old[at]!, old[at + 1]! - 1);
  }

  /**
   * Fibonacci hashing, four neighbours to a place. Java's hash codes of similar keys are near each other, and such keys
   * often follow each other: found in one line of the cache, k0, k1, k2, … take half the time.
   */
  #placeOf(hash: number): number {
    const quarter = Math.imul(hash >>> 2, 0x9e3779b1) >>> (this.#shift + 2);
    return (quarter << 3) | ((hash & 3) << 1);
  }

  #bytesOf(key: unknown): string {
    const target = new ByteWriter(64);
    this.#keyType.write(target, key);
    return Buffer.from(target.take()).toString('latin1');
  }
}

/** Java's equality of the hash codes' owners: NaN equals itself (and 0 and -0 have different hash codes). */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
