import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { readSnappyStream } from '../../../src/format/state/snappy-stream.js';
import { FormatError } from '../../../src/support/errors.js';
import { chunk, dataChunk, SNAPPY_IDENTIFIER, snappyStream } from '../../support/snappy-frames.js';

const HELLO = Buffer.from('hello, hello, hello, hello');
/** Length 26, a literal of 7 bytes, a copy of 19 from 7 back. */
const HELLO_IN_SNAPPY = Buffer.concat([
  Buffer.from([26, 6 << 2]),
  HELLO.subarray(0, 7),
  Buffer.from([(18 << 2) | 2, 7, 0]),
]);

function read(bytes: Uint8Array, end = bytes.length): string {
  const inside = readSnappyStream(new ByteReader(bytes), end);
  return Buffer.from(inside.bytes(inside.remaining, 'all')).toString();
}

function failure(bytes: Uint8Array): FormatError {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('a snappy stream', () => {
  it('is what its chunks hold, compressed or not', () => {
    const bytes = Buffer.concat([SNAPPY_IDENTIFIER, dataChunk(HELLO, HELLO_IN_SNAPPY), dataChunk(HELLO)]);
    expect(read(bytes)).toBe(`${HELLO}${HELLO}`);
  });

  it('goes on in the stream that follows it', () => {
    expect(read(Buffer.concat([snappyStream(HELLO, 3), snappyStream(HELLO)]))).toBe(`${HELLO}${HELLO}`);
  });

  it('passes over padding and chunks that a reader may pass over', () => {
    const bytes = Buffer.concat([
      SNAPPY_IDENTIFIER,
      chunk(0xfe, Buffer.alloc(9)),
      chunk(0x80, HELLO),
      dataChunk(HELLO),
    ]);
    expect(read(bytes)).toBe(String(HELLO));
  });

  it('ends where it is said to end', () => {
    const stream = snappyStream(HELLO);
    expect(read(Buffer.concat([stream, Buffer.from('state of others')]), stream.length)).toBe(String(HELLO));
  });

  it('is refused with the place of what is wrong', () => {
    const at = SNAPPY_IDENTIFIER.length;
    const with_ = (wrong: Buffer) => failure(Buffer.concat([SNAPPY_IDENTIFIER, wrong]));
    const flipped = dataChunk(HELLO);
    flipped[flipped.length - 1]! ^= 1;
    expect(with_(flipped)).toMatchObject({ offset: at, field: 'checksum' });
    expect(with_(chunk(0x02, HELLO))).toMatchObject({ offset: at, field: 'chunkKind' });
    expect(with_(chunk(0xff, HELLO))).toMatchObject({ offset: at, field: 'chunk' });
    expect(with_(chunk(0x00, Buffer.alloc(3)))).toMatchObject({ offset: at + 1, field: 'chunkLength' });
    expect(with_(dataChunk(HELLO).subarray(0, -1))).toMatchObject({ offset: at + 1, field: 'chunkLength' });
    expect(with_(dataChunk(HELLO, Buffer.from([26, 0xff])))).toMatchObject({ field: 'snappy.number' });
  });

  it('is refused for a chunk larger than the format allows', () => {
    expect(failure(dataChunk(Buffer.alloc(65537)))).toMatchObject({ field: 'chunk' });
  });

  it('points to itself with errors in what it holds', () => {
    const bytes = Buffer.concat([Buffer.from('????'), snappyStream(HELLO)]);
    const source = new ByteReader(bytes);
    source.seek(4, 'start');
    source.enter('keyGroups');
    const inside = readSnappyStream(source, bytes.length);
    inside.bytes(HELLO.length, 'all');
    expect(() => inside.u8('more')).toThrow('(at byte 4, keyGroups.more)');
  });
});
