import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { ByteWriter } from '../../../src/format/bytes/byte-writer.js';
import { runs, testSeed } from '../../support/runs.js';

function written(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter(1);
  write(writer);
  return Buffer.from(writer.take());
}

describe('writer and reader', () => {
  it('agree on every kind of value, in the big-endian bytes of Java', () => {
    const bytes = written((writer) => {
      writer.u8(255);
      writer.bool(true);
      writer.i16(-2);
      writer.i32(-3);
      writer.i64(-(2n ** 63n));
      writer.i64Number(-(2 ** 40));
      writer.f32(1.5);
      writer.f64(-0.1);
      writer.utf('\u00e9');
      writer.lengthPrefixedBytes(Uint8Array.of(1, 2));
    });
    expect(bytes.toString('hex')).toBe(
      'ff01fffefffffffd8000000000000000ffffff00000000003fc00000bfb999999999999a0002c3a9000000020102',
    );
    const reader = new ByteReader(bytes);
    expect([reader.u8('a'), reader.bool('b'), reader.i16('c'), reader.i32('d')]).toEqual([255, true, -2, -3]);
    expect([reader.i64('e'), reader.i64('f')]).toEqual([-(2n ** 63n), -(2n ** 40n)]);
    expect([reader.f32('g'), reader.f64('h'), reader.utf('i')]).toEqual([1.5, -0.1, '\u00e9']);
    expect(reader.lengthPrefixedBytes('j')).toEqual(Buffer.from([1, 2]));
    reader.expectEnd('end');
  });

  it('agree on any string up to 65535 bytes; a longer one is not written', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.stringMatching(/^[ -~]{0,60}$/),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(new ByteReader(written((writer) => writer.utf(text))).utf('text')).toBe(text);
      }),
      { seed: testSeed, numRuns: runs({ sample: 300, full: 30_000 }) },
    );
    expect(written((writer) => writer.utf('x'.repeat(65_535))).length).toBe(65_537);
    expect(() => written((writer) => writer.utf('x'.repeat(65_536)))).toThrow('65535');
  });

  it.each([...Array(9).keys()])('agree on text that is plain but for a byte at %s', (at) => {
    for (const odd of ['\u0000', '\u0080', '\u007f']) {
      const text = `${'a'.repeat(at)}${odd}${'b'.repeat(8 - at)}`;
      expect(new ByteReader(written((writer) => writer.utf(text))).utf('text')).toBe(text);
    }
  });
});

describe('the reader', () => {
  const reader = (hex: string) => new ByteReader(Buffer.from(hex, 'hex'));

  it('tells offset and path of what is wrong', () => {
    const bytes = reader('00000001ff');
    bytes.i32('count');
    bytes.enter('operators');
    bytes.enter(3);
    expect(() => bytes.i16('uid')).toThrow(
      expect.objectContaining({
        offset: 4,
        field: 'operators[3].uid',
        message: expect.stringContaining('only 1 left'),
      }),
    );
    bytes.leave();
    bytes.leave();
    expect(bytes.error('odd', 'uid', 2)).toMatchObject({ offset: 2, field: 'uid' });
  });

  it('reads a view of the input that does not begin at its buffer', () => {
    const bytes = new ByteReader(Buffer.from('ffff00000007', 'hex').subarray(2));
    expect(bytes.i32('number')).toBe(7);
  });

  it('refuses a count that cannot fit in what is left', () => {
    expect(() => reader('00000003 0000000000'.replace(' ', '')).count('list', 2)).toThrow('a count of 3');
    expect(reader('000000020000000000').count('list', 2)).toBe(2);
    expect(() => reader('ffffffff').count('list', 0)).toThrow('negative count -1');
  });

  it('refuses lengths and flags that make no sense', () => {
    expect(() => reader('ffffffff').lengthPrefixedBytes('state')).toThrow('negative length -1');
    expect(() => reader('7fffffff00').lengthPrefixedBytes('state')).toThrow(
      'needs 2147483647 bytes, only 1 left',
    );
    expect(() => reader('02').bool('flag')).toThrow('expected 0 or 1, found 2');
    expect(() => reader('0004616263').utf('text')).toThrow('needs 4 bytes, only 3 left');
    expect(() => reader('0003616280').utf('text')).toThrow(
      expect.objectContaining({ offset: 4, field: 'text' }),
    );
  });

  it('refuses to let memory swell past what its bytes can justify', () => {
    const bytes = reader('00');
    bytes.charge(16 * 1024 * 1024, 'list');
    expect(() => bytes.charge(11, 'list')).toThrow('holds more parts than 1 bytes can justify');
  });

  it('tells what comes next and what was read', () => {
    const bytes = reader('ffffffff0a');
    expect([bytes.nextIsI32(-1), bytes.nextIsI32(0), bytes.offset]).toEqual([true, false, 0]);
    expect(bytes.hex(4, 'id')).toBe('ffffffff');
    expect(bytes.nextIsI32(-1)).toBe(false);
    expect(bytes.hasRead(Buffer.from('ffffff', 'hex'), 1)).toBe(true);
    expect(() => bytes.expectEnd('end')).toThrow('1 bytes left over');
  });
});

describe('the writer', () => {
  it('grows, patches what it wrote, and refuses to patch what it did not', () => {
    const writer = new ByteWriter(1);
    writer.i32(0);
    writer.bytes(Buffer.alloc(5000, 7));
    writer.patchI32(0, writer.offset);
    expect(Buffer.from(writer.take()).readInt32BE(0)).toBe(5004);
    expect(() => writer.patchI32(5001, 0)).toThrow('beyond the 5004 bytes written');
  });
});
