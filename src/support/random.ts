// Chance as an argument.
import { randomBytes } from 'node:crypto';

/** A source of random numbers. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/** Cryptographically random: for names that must not collide. */
export const systemRandom: Random = {
  next: () => Number(randomBytes(6).readUIntBE(0, 6)) / 2 ** 48,
  bytes: (length) => randomBytes(length),
};

/** Repeatable: the same seed gives the same sequence (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  };
}

/** A whole number in [0, limit). */
export function randomInt(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

/** A version 4 UUID, the form of the names that Flink gives to state files. */
export function randomUuid(random: Random): string {
  return uuidOf(random.bytes(16));
}

/** A UUID of this form with the first 16 of these bytes, but for the bits that tell its form. */
export function uuidOf(source: Uint8Array): string {
  const bytes = Uint8Array.from(source.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
