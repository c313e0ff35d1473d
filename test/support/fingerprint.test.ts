import { describe, expect, it } from 'vitest';
import { fingerprintInto, newFingerprint } from '../../src/support/fingerprint.js';

function hexOf(bytes: Uint8Array, seed = 0): string {
  const words = newFingerprint();
  fingerprintInto(words, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes.length, seed);
  return Buffer.from(words.buffer).toString('hex');
}

describe('a fingerprint', () => {
  it('is MurmurHash3_x86_128: of 256 keys of every length with every seed, as its own suite verifies it', () => {
    const key = Uint8Array.from({ length: 256 }, (_, index) => index);
    const hashes = Array.from(key, (length) => hexOf(key.subarray(0, length), 256 - length));
    const sum = hexOf(Buffer.from(hashes.join(''), 'hex'));
    expect(Buffer.from(sum.slice(0, 8), 'hex').readUInt32LE()).toBe(0xb3ece62a);
  });

  it('of nothing is nothing, and does not depend on where the bytes lie', () => {
    expect(hexOf(new Uint8Array(0))).toBe('0'.repeat(32));
    const bytes = Buffer.from('..s3://bucket/flink/shared/0a6d8e2b', 'latin1');
    expect(hexOf(bytes.subarray(2))).toBe(hexOf(Buffer.from(bytes.subarray(2))));
    expect(hexOf(bytes.subarray(2))).not.toBe(hexOf(bytes.subarray(3)));
  });
});
