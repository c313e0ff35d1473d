import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressSnappy } from '../../../src/format/sst/snappy.js';
import { FormatError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';

const origin = { offset: 1000, field: 'data', wasCompressed: false };
const decompress = (...bytes: number[]) =>
  Buffer.from(decompressSnappy(Uint8Array.from(bytes), origin)).toString('latin1');

/** An element, with the bytes that it stands for worked out one at a time. */
type Element = { readonly literal: Uint8Array } | { readonly back: number; readonly length: number };

function compress(elements: readonly Element[]): { readonly bytes: Buffer; readonly plain: Buffer } {
  const plain: number[] = [];
  const bytes: number[] = [];
  for (const element of elements) {
    if ('literal' in element) {
      const rest = element.literal.length - 1;
      if (rest < 60) bytes.push(rest << 2);
      else bytes.push(61 << 2, rest & 0xff, rest >> 8);
      bytes.push(...element.literal);
      plain.push(...element.literal);
    } else if (plain.length > 0) {
      const distance = 1 + (element.back % plain.length);
      const { length } = element;
      if (length >= 4 && length <= 11 && distance < 2048) {
        bytes.push(1 | ((length - 4) << 2) | ((distance >> 8) << 5), distance & 0xff);
      } else if (length % 2 === 0) {
        bytes.push(2 | ((length - 1) << 2), distance & 0xff, distance >> 8);
      } else {
        bytes.push(3 | ((length - 1) << 2), distance & 0xff, distance >> 8, 0, 0);
      }
      for (let i = 0; i < length; i++) plain.push(plain[plain.length - distance]!);
    }
  }
  const head: number[] = [];
  let length = plain.length;
  for (; length >= 0x80; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return { bytes: Buffer.from([...head, length, ...bytes]), plain: Buffer.from(plain) };
}

const element: fc.Arbitrary<Element> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((literal) => ({ literal })),
  fc.record({ back: fc.nat(5000), length: fc.integer({ min: 1, max: 64 }) }),
);

describe('snappy', () => {
  it('is literals and copies, which may repeat what they write', () => {
    expect(decompress(0)).toBe('');
    expect(decompress(3, 2 << 2, 97, 98, 99)).toBe('abc');
    expect(decompress(10, 1 << 2, 97, 98, 1 | (4 << 2), 2)).toBe('ababababab');
    expect(decompress(4, 0, 97, 2 | (2 << 2), 1, 0)).toBe('aaaa');
    expect(decompress(4, 0, 97, 3 | (2 << 2), 1, 0, 0, 0)).toBe('aaaa');
    expect(decompress(61, 60 << 2, 60, ...Array(61).fill(120))).toBe('x'.repeat(61));
  });

  it('comes back as it was, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 40 }), (elements) => {
        const { bytes, plain } = compress(elements);
        expect(Buffer.compare(decompressSnappy(bytes, origin), plain)).toBe(0);
      }),
      { numRuns: runs({ sample: 100, full: 5000 }), seed: testSeed },
    );
  });

  it.each([
    ['a length that the bytes cannot hold', [0xff, 0xff, 0xff, 0xff, 0x0f, 0], 'length', 1000],
    ['a length beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f, 0], 'length', 1000],
    ['a literal cut off', [5, 4 << 2, 97], 'literal', 1002],
    ['a copy from before the start', [5, 0, 97, 1, 2], 'distance', 1003],
    ['a copy of no distance', [5, 0, 97, 1, 0], 'distance', 1003],
    ['more bytes than told', [1, 1 << 2, 97, 97], 'element', 1001],
    ['fewer bytes than told', [3, 0, 97], 'length', 1003],
  ])('refuses %s', (_, bytes, field, offset) => {
    const refusal = expect.objectContaining({ field: `data.${field}`, offset });
    expect(() => decompress(...bytes)).toThrow(refusal);
  });

  it('gives bytes or a FormatError for anything', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 8 }), fc.nat(), fc.nat(255), (elements, at, byte) => {
        const { bytes } = compress(elements);
        bytes[at % bytes.length] = byte;
        try {
          expect(decompressSnappy(bytes, origin).length).toBeLessThanOrEqual(bytes.length * 22);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: runs({ sample: 200, full: 20_000 }), seed: testSeed },
    );
  });
});
