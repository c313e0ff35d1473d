import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partBytesOf, regrouped } from '../../../src/storage/s3/upload.js';
import { runs, testSeed } from '../../support/runs.js';

async function* of(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

it('makes parts of one size of pieces of any, the last shorter, and loses no byte', async () => {
  const law = fc.asyncProperty(
    fc.array(fc.uint8Array({ maxLength: 40 })),
    fc.integer({ min: 1, max: 30 }),
    async (pieces, partBytes) => {
      const parts: Uint8Array[] = [];
      for await (const part of regrouped(of(pieces), partBytes)) parts.push(part);
      expect(Buffer.concat(parts)).toEqual(Buffer.concat(pieces));
      expect(parts.slice(0, -1).every(({ length }) => length === partBytes)).toBe(true);
      expect(parts.every(({ length }) => length > 0 && length <= partBytes)).toBe(true);
    },
  );
  await fc.assert(law, { seed: testSeed, numRuns: runs({ sample: 50, full: 5000 }) });
});

it('needs no more parts than S3 takes, of no less than it takes', () => {
  const largest = 5 * 1024 ** 4;
  for (const sizeBytes of [1, 8 * 1024 ** 2 + 1, 80 * 1024 ** 3, 80 * 1024 ** 3 + 1, largest]) {
    const partBytes = partBytesOf(sizeBytes);
    expect(Math.ceil(sizeBytes / partBytes)).toBeLessThanOrEqual(10_000);
    expect(partBytes).toBeGreaterThanOrEqual(5 * 1024 ** 2);
  }
});
