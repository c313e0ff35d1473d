import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeModifiedUtf8,
  encodeModifiedUtf8,
  modifiedUtf8Length,
} from '../../src/support/modified-utf8.js';
import { runs, testSeed } from './runs.js';

const encode = (text: string): Buffer => {
  const bytes = Buffer.alloc(modifiedUtf8Length(text));
  expect(encodeModifiedUtf8(text, bytes, 0)).toBe(bytes.length);
  return bytes;
};
const decode = (bytes: Uint8Array) => decodeModifiedUtf8(bytes, 0, bytes.length);

describe('modified UTF-8', () => {
  it.each([
    ['a', '61'],
    ['\u0000', 'c080'],
    ['\u007f', '7f'],
    ['\u0080', 'c280'],
    ['\u07ff', 'dfbf'],
    ['\u0800', 'e0a080'],
    ['\u{1f600}', 'eda0bdedb880'],
    ['\ud83d', 'eda0bd'],
  ])('writes %j as %s', (text, hex) => {
    expect(encode(text).toString('hex')).toBe(hex);
    expect(decode(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it.each([
    ['80', 0, 'a byte that starts no character'],
    ['f09f9880', 0, 'a byte that starts no character'],
    ['61c2', 1, 'a character cut off by the end of the string'],
    ['c261', 1, 'a byte that continues no character'],
    ['00', 0, 'a character in a longer form'],
    ['c181', 0, 'a character in a longer form'],
    ['61e08181', 1, 'a character in a longer form'],
  ])('refuses %s', (hex, offset, reason) => {
    const fault = decode(Buffer.from(hex, 'hex'));
    if (hex === '00') expect(fault).toEqual({ offset, reason: expect.any(String) });
    else expect(fault).toEqual({ offset, reason });
  });

  it('reads what it wrote, and any bytes that it reads it writes again', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 });
    const limits = { seed: testSeed, numRuns: runs({ sample: 500, full: 50_000 }) };
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes);
        expect(decode(encode(text))).toBe(text);
      }),
      limits,
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
        const text = decode(bytes);
        if (typeof text === 'string') expect(encode(text)).toEqual(Buffer.from(bytes));
      }),
      limits,
    );
  });

  it('reads strings of the greatest length', () => {
    const text = '\u0800x'.repeat(10_000);
    expect(decode(encode(text))).toBe(text);
  });
});
