// The canonical key of a location as bytes, and its fingerprint: the identity of a file where there are too many of
// them for strings. Modified UTF-8 is what `_metadata` files hold, tells all strings apart and keeps their order.
import { continueFingerprint, type Fingerprint } from '../support/fingerprint.js';
import { encodeModifiedUtf8 } from '../support/modified-utf8.js';
import { canonicalKey, type Location } from './location.js';

const SLASH = 0x2f;

/** Room for one key, used again for the next. */
export class LocationKey {
  /** Only the first {@link length} of them belong to the key. */
  bytes = new Uint8Array(256);
  length = 0;
  view = new DataView(this.bytes.buffer);
  /** What the key begins with, where {@link startWith} has put it there. */
  #prefix: LocationKey | null = null;

  setTo(location: Location): void {
    this.clear();
    this.addText(canonicalKey(location));
  }

  clear(): void {
    this.length = 0;
    this.#prefix = null;
  }

  /** Begins anew with a key that will not change; nothing is copied where this one began with it already. */
  startWith(prefix: LocationKey): void {
    if (this.#prefix !== prefix) {
      this.clear();
      this.addBytes(prefix.view, 0, prefix.length);
      this.#prefix = prefix;
    }
    this.length = prefix.length;
  }

  /** Adds `text` from the character `from` on. */
  addText(text: string, from = 0): void {
    // Not measured first: a character takes three bytes at most.
    this.#reserve((text.length - from) * 3);
    this.length = encodeModifiedUtf8(text, this.bytes, this.length, from);
  }

  /** Adds `source[start, end)`. */
  addBytes(source: DataView, start: number, end: number): void {
    this.#reserve(end - start);
    const { view } = this;
    let at = this.length;
    let from = start;
    for (; from + 4 <= end; from += 4, at += 4) view.setInt32(at, source.getInt32(from));
    for (; from < end; from++, at++) view.setUint8(at, source.getUint8(from));
    this.length = at;
  }

  equals(other: LocationKey): boolean {
    return this.length === other.length && this.commonWith(other) === this.length;
  }

  /** Whether this key comes before the other, byte by byte; their first `skip` bytes are the same. */
  isBefore(other: LocationKey, skip = 0): boolean {
    const common = this.commonWith(other, skip);
    if (common === this.length || common === other.length) return this.length < other.length;
    return this.bytes[common]! < other.bytes[common]!;
  }

  /** Four bytes, zeros where the key has ended. */
  wordAt(at: number): number {
    if (at + 4 <= this.length) return this.view.getInt32(at);
    let word = 0;
    for (let i = at; i < at + 4; i++) word = (word << 8) | (i < this.length ? this.bytes[i]! : 0);
    return word;
  }

  /** How many bytes both keys begin with; the first `skip` are the same. */
  commonWith(other: LocationKey, skip = 0): number {
    const [mine, its] = [this.bytes, other.bytes];
    const end = Math.min(this.length, other.length);
    let at = skip;
    if (this.#prefix !== null && this.#prefix === other.#prefix) at = Math.max(at, this.#prefix.length);
    while (at < end && mine[at] === its[at]) at++;
    return at;
  }

  /** Cut behind the last slash, so that what a directory has in common need be looked at once only. */
  fingerprintInto(into: Fingerprint): void {
    let name = this.length;
    while (name > 0 && this.bytes[name - 1] !== SLASH) name--;
    into.fill(0);
    continueFingerprint(into, this.view, 0, name);
    continueFingerprint(into, this.view, name, this.length);
  }

  #reserve(added: number): void {
    const needed = this.length + added;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
