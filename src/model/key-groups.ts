// Which key belongs to which subtask: Flink's key groups. All hashes are Java's 32-bit integers, wrapping. Called for
// every record, so nothing here allocates. Source: Flink KeyGroupRangeAssignment, MathUtils.murmurHash.
import type { KeyGroupRange } from './metadata.js';

/** Flink's upper bound of the max parallelism. */
export const MAX_KEY_GROUPS = 32768;
/** Flink's lower bound of a max parallelism that it chooses itself. */
export const DEFAULT_LOWER_BOUND_MAX_PARALLELISM = 128;

/** Java's String.hashCode. */
export function stringHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Java's Long.hashCode of a safe integer. */
export function longHashCode(value: number): number {
  return (value ^ Math.floor(value / 2 ** 32)) | 0;
}

/** Java's Long.hashCode of any long. */
export function bigintHashCode(value: bigint): number {
  return Number(BigInt.asIntN(32, value ^ (value >> 32n)));
}

const bits = new DataView(new ArrayBuffer(8));

/** Java's Double.hashCode: that of its bits, all NaNs alike. */
export function doubleHashCode(value: number): number {
  if (Number.isNaN(value)) return 0x7ff80000;
  bits.setFloat64(0, value);
  return bits.getInt32(0) ^ bits.getInt32(4);
}

/** Java's Float.hashCode: its bits, all NaNs alike. */
export function floatHashCode(value: number): number {
  if (Number.isNaN(value)) return 0x7fc00000;
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

/** Java's Boolean.hashCode. */
export function booleanHashCode(value: boolean): number {
  return value ? 1231 : 1237;
}

/** The key group of a key with this `hashCode()`, in [0, maxParallelism). */
export function keyGroupOf(javaHashCode: number, maxParallelism: number): number {
  return murmurHash(javaHashCode) % maxParallelism;
}

/** The key groups of one subtask; empty (`last = first - 1`) where the parallelism exceeds the max parallelism. */
export function keyGroupRangeOf(
  subtaskIndex: number,
  parallelism: number,
  maxParallelism: number,
): KeyGroupRange {
  return {
    first: Math.floor((subtaskIndex * maxParallelism + parallelism - 1) / parallelism),
    last: Math.floor(((subtaskIndex + 1) * maxParallelism - 1) / parallelism),
  };
}

/** The subtask that owns a key group. */
export function subtaskOfKeyGroup(keyGroup: number, parallelism: number, maxParallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}

/** The max parallelism that Flink chooses for an operator that sets none. */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = parallelism + Math.floor(parallelism / 2);
  const roundedUp = 2 ** (32 - Math.clz32(wanted - 1));
  return Math.min(Math.max(roundedUp, DEFAULT_LOWER_BOUND_MAX_PARALLELISM), MAX_KEY_GROUPS);
}

/** MathUtils.murmurHash: murmur3's 32-bit finish over one int; never negative. */
function murmurHash(code: number): number {
  let hash = Math.imul(code, 0xcc9e2d51);
  hash = (hash << 15) | (hash >>> 17);
  hash = Math.imul(hash, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  hash ^= 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  if (hash >= 0) return hash;
  return hash === -0x80000000 ? 0 : -hash;
}
