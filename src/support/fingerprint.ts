// 128-bit fingerprints of bytes, for sets too large to hold what they are of. Fast, well spread, and the same on every
// machine; not secret: whoever wants two texts of one fingerprint can find some.
// Source: MurmurHash3_x86_128 of Austin Appleby's SMHasher, which is in the public domain.

/** Four 32-bit words. */
export type Fingerprint = Uint32Array;

const [C1, C2, C3, C4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;

/** Room for one fingerprint. */
export function newFingerprint(): Fingerprint {
  return new Uint32Array(4);
}

/** Makes `into` the same as `from`, word by word: for so few `set` is slow. */
export function copyFingerprint(into: Fingerprint, from: Fingerprint): void {
  into[0] = from[0]!;
  into[1] = from[1]!;
  into[2] = from[2]!;
  into[3] = from[3]!;
}

/** Writes the fingerprint of the first `length` bytes of `view` to `into`. Allocates nothing. */
export function fingerprintInto(into: Fingerprint, view: DataView, length: number, seed = 0): void {
  into.fill(seed);
  continueFingerprint(into, view, 0, length);
}

/**
 * Makes `into`, the fingerprint of what came before, that of it and the bytes of `view` from `start` to `end`. It
 * depends on where the cut is: whoever compares fingerprints cuts at the same place.
 */
export function continueFingerprint(into: Fingerprint, view: DataView, start: number, end: number): void {
  const length = end - start;
  let h1 = into[0]! | 0;
  let h2 = into[1]! | 0;
  let h3 = into[2]! | 0;
  let h4 = into[3]! | 0;
  let at = start;
  for (const last = end - 16; at <= last; at += 16) {
    h1 = (rotate(h1 ^ mix(view.getInt32(at, true), C1, 15, C2), 19) + h2) | 0;
    h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
    h2 = (rotate(h2 ^ mix(view.getInt32(at + 4, true), C2, 16, C3), 17) + h3) | 0;
    h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
    h3 = (rotate(h3 ^ mix(view.getInt32(at + 8, true), C3, 17, C4), 15) + h4) | 0;
    h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
    h4 = (rotate(h4 ^ mix(view.getInt32(at + 12, true), C4, 18, C1), 13) + h1) | 0;
    h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= mix(lastWord(view, at, end), C1, 15, C2) ^ length;
  h2 ^= mix(lastWord(view, at + 4, end), C2, 16, C3) ^ length;
  h3 ^= mix(lastWord(view, at + 8, end), C3, 17, C4) ^ length;
  h4 ^= mix(lastWord(view, at + 12, end), C4, 18, C1) ^ length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finish(h2 + h1);
  h3 = finish(h3 + h1);
  h4 = finish(h4 + h1);
  const sum = (finish(h1) + h2 + h3 + h4) | 0;
  into[0] = sum;
  into[1] = h2 + sum;
  into[2] = h3 + sum;
  into[3] = h4 + sum;
}

function mix(word: number, first: number, turn: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), turn), second);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The word at `at`, zeros in place of bytes from `end` on. */
function lastWord(view: DataView, at: number, end: number): number {
  if (at + 4 <= end) return view.getInt32(at, true);
  let word = 0;
  for (let i = end - 1; i >= at; i--) word = (word << 8) | view.getUint8(i);
  return word;
}

function finish(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
