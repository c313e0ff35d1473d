// Blocks that no checksum protects any more: what their lengths may claim.
import { describe, expect, it } from 'vitest';
import { type Block, BYTE_VALUES, blockEntries } from '../../../src/format/sst/block.js';

const block = (...bytes: number[]): Block => ({
  bytes: Uint8Array.from(bytes),
  origin: { offset: 4096, field: 'data', wasCompressed: false },
});
const ONE_RESTART = [0, 0, 0, 0, 1, 0, 0, 0];
const read = (...bytes: number[]) =>
  [...blockEntries(block(...bytes), BYTE_VALUES)].map(({ key, value }) => `${key}=${value}`);

describe('the entries of a block', () => {
  it('leave out what a key shares with the one before', () => {
    expect(read(0, 2, 1, 97, 98, 49, 1, 1, 0, 99, ...ONE_RESTART)).toEqual(['ab=1', 'ac=']);
  });

  it('end before restarts and a hash index', () => {
    expect(read(0, 1, 1, 97, 49, 0, 0, 0, 0, 255, 0, 254, 3, 0, 1, 0, 0, 0x80)).toEqual(['a=1']);
    expect(read(0, 0, 0, 0)).toEqual([]);
  });

  it.each([
    ['no room for the number of restarts', [0, 0, 0], 'restarts'],
    ['more restarts than bytes', [0, 0, 0, 1, 0, 0, 16], 'restarts'],
    ['more buckets than bytes', [9, 0, 1, 0, 0, 0x80], 'restarts'],
    ['a hash index without its length', [0, 0, 0, 0x80], 'restarts'],
    ['a share of nothing', [1, 0, 0, ...ONE_RESTART], 'shared'],
    ['a key longer than the block', [0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, ...ONE_RESTART], 'key'],
    ['a value longer than the block', [0, 1, 100, 97, ...ONE_RESTART], 'value'],
    ['a varint without end', [...Array(11).fill(0x80), ...ONE_RESTART], 'shared'],
    ['a length beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0x1f, ...ONE_RESTART], 'shared'],
  ])('are refused for %s', (_, bytes, field) => {
    expect(() => read(...bytes)).toThrow(expect.objectContaining({ code: 'format', field: `data.${field}` }));
  });

  it('cannot be made to write out keys without end', () => {
    const length = [0xe0, 0xd4, 0x03];
    const same = Buffer.from([...length, 0, 0]);
    const bytes = Buffer.concat([
      Buffer.from([0, ...length, 0]),
      Buffer.alloc(60_000, 97),
      ...Array.from({ length: 20_000 }, () => same),
      Buffer.from(ONE_RESTART),
    ]);
    const bomb = { ...block(), bytes };
    let written = 0;
    const readAll = () => {
      for (const { key } of blockEntries(bomb, BYTE_VALUES)) written += key.length;
    };
    expect(readAll).toThrow(expect.objectContaining({ field: 'data.shared' }));
    expect(written).toBeLessThan(16 * 1024 * 1024 + 64 * bytes.length);
  });
});
