// The checksum of a block. Source: RocksDB ComputeBuiltinChecksum, ChecksumModifierForContext (table/format.cc, .h).
import { assertNever } from '../../support/errors.js';
import { maskedCrc32c } from './crc32c.js';
import { xxh3 } from './xxh3.js';
import { xxHash32, xxHash64 } from './xxhash.js';

/** RocksDB's ChecksumType, in the order of its numbers. `none` means that the file holds no checksums. */
export const CHECKSUM_KINDS = ['none', 'crc32c', 'xxHash32', 'xxHash64', 'xxh3'] as const;
export type ChecksumKind = (typeof CHECKSUM_KINDS)[number];

const LAST_BYTE_PRIME = 0x6b9083d9;

/** The 32 bits that stand behind `bytes`, which end with the byte that tells the compression. At least 5 bytes. */
export function checksumOf(kind: ChecksumKind, bytes: Uint8Array): number {
  switch (kind) {
    case 'none':
      return 0;
    case 'crc32c':
      return maskedCrc32c(bytes);
    case 'xxHash32':
      return xxHash32(bytes);
    case 'xxHash64':
      return Number(xxHash64(bytes) & 0xffffffffn);
    case 'xxh3': {
      const last = bytes.length - 1;
      const hash = Number(xxh3(bytes.subarray(0, last)) & 0xffffffffn);
      return (hash ^ Math.imul(bytes[last]!, LAST_BYTE_PRIME)) >>> 0;
    }
    default:
      return assertNever(kind, 'checksum kind');
  }
}

/** What is added to a checksum since format version 6, so that a block in a wrong place is noticed. */
export function contextModifier(baseContext: number, offset: number): number {
  if (baseContext === 0) return 0;
  return (baseContext ^ (offset + Math.floor(offset / 2 ** 32))) >>> 0;
}
