// Checksums against values of other implementations. The tables that RocksDB wrote (tables.test.ts) check them too.
import { describe, expect, it } from 'vitest';
import { checksumOf, contextModifier } from '../../../src/format/sst/checksum.js';
import { crc32c, maskedCrc32c } from '../../../src/format/sst/crc32c.js';
import { xxh3 } from '../../../src/format/sst/xxh3.js';
import { xxHash32, xxHash64 } from '../../../src/format/sst/xxhash.js';

/** Of bytes i * 7 + 13 mod 251: length, CRC-32C, XXH32, XXH64, XXH3 (python-xxhash 3, which is xxHash's own C code). */
const VECTORS = [
  [4, 'a1880e73', '3f4b2b47', '6bb99866cb63c0a8', '3fc0c554cc1bfd24'],
  [5, '681b29b4', '1a26fa05', '94b826c2dbb0fe8e', '925f8436a63bec5a'],
  [8, 'abcf8982', '92748e12', '3ba000679fbee7b5', '8e9d87b2621686c2'],
  [9, '4591def7', '9d78a0a1', 'c7684ea3ee9e6072', 'd78b2e5e6eee1a29'],
  [16, '6ebf9ed7', '8587cb0c', '201bd74388e1fae2', '2255ac040382fb28'],
  [17, '9bba7151', 'a622def5', 'd7ab41f8a7f2fa16', '80297144ea363493'],
  [32, '478141fc', 'daab841f', '56699a69da28fd3b', '16fee2662e59e552'],
  [33, 'b00f967c', '8ef04a53', 'd477447593124012', 'b3448912bbd87087'],
  [64, 'f82efd73', '9d2d70c9', '1c194f0fdcb9da4f', 'a30892f885012cd6'],
  [65, '02a54b09', '7e210f6f', 'a8277d73feb7ff26', '88a8f2d8ab2b51fe'],
  [96, '6d3e109b', 'e1786248', 'f60a9b168bcc2491', 'c09593b1d1e39150'],
  [97, '3fee2c4f', '1db8fc63', '7da87cfc57bdf5bc', 'cc8fef7a15cc64a2'],
  [128, 'de7d95ec', '481a4a69', '8ab4d8a9fa4dbfe8', '4cfcc6eff3270579'],
  [129, '233b7ac9', '2f9ab439', '7fb9eba69da0cdd3', 'f931d64d80256742'],
  [143, '67cb7553', 'aaf7c69f', 'c01cb2c655885832', 'c912c4e0e62e64bc'],
  [144, '7b8d993b', 'aa4c5a3c', '540ba4918c38fe7a', 'bf752b7954c41298'],
  [240, '66da89b3', '2c5b87af', 'ef054bc4f54e169c', '9fe62f1f36ec688b'],
  [241, 'd8c2d117', '9a5d555a', 'b1b9490a5b1fb636', 'c14583623d7bbd8a'],
  [255, '87891815', '95e6f424', '6eb18cfcb3454a69', 'cc5c71083b4e9763'],
  [256, '2f5a5c28', '1381545d', 'ee2f8e4a0c70f8cb', 'b744a230d1b3d10b'],
  [1023, 'cedcbd98', 'ace1e5ca', '73a94bf0e0979798', 'db4d93423f2741ad'],
  [1024, '3951a7d4', '30913074', '30e2bb403fe6b616', '402ba5a8445d05db'],
  [1025, 'ac175399', 'a345fdc1', '32a8bf5139ea381f', 'dc43903f189399b4'],
  [1088, 'c3bf42f4', '28d0d68d', '6fd7e9a721759c12', '8b2106bb22fa5b8c'],
  [4096, '6f039f06', '83c03a58', '74b163d29e393421', '0b9b418070cbeffa'],
  [4097, 'e102ce71', 'ba0e5902', 'e4137eaf32bd0716', '923f05ce8af7b9b5'],
] as const;

const hex = (value: number | bigint, digits: number) => value.toString(16).padStart(digits, '0');

describe('checksums', () => {
  it.each(VECTORS)('of %i bytes are those of xxHash and CRC-32C', (length, ...expected) => {
    // Not at the start of its memory: blocks are views.
    const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => ((i - 3) * 7 + 13) % 251).subarray(3);
    const found = [
      hex(crc32c(bytes), 8),
      hex(xxHash32(bytes), 8),
      hex(xxHash64(bytes), 16),
      hex(xxh3(bytes), 16),
    ];
    expect(found).toEqual(expected);
  });

  it('know the check value of CRC-32C and the empty input of xxHash', () => {
    expect(hex(crc32c(Buffer.from('123456789')), 8)).toBe('e3069283');
    expect(hex(xxHash32(new Uint8Array(0)), 8)).toBe('02cc5d05');
    expect(hex(xxHash64(new Uint8Array(0)), 16)).toBe('ef46db3751d8e999');
  });

  it('are masked where they are CRC-32C, and differ by the last byte alone', () => {
    const bytes = Buffer.from('123456789');
    expect(maskedCrc32c(bytes)).toBe((((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8) >>> 0);
    for (const kind of ['crc32c', 'xxHash32', 'xxHash64', 'xxh3'] as const) {
      const other = Buffer.from('123456780');
      expect(checksumOf(kind, bytes)).not.toBe(checksumOf(kind, other));
    }
    expect(checksumOf('none', bytes)).toBe(0);
  });

  it('depend on the place of a block where the table has a context', () => {
    expect(contextModifier(0, 4096)).toBe(0);
    expect(contextModifier(0xf0000001, 0x10)).toBe(0xf0000011);
    expect(contextModifier(1, 3 * 2 ** 32 + 2)).toBe(1 ^ 5);
  });
});
