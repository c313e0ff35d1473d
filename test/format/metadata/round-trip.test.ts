import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import { arbitraryMetadata } from '../../support/arbitrary-metadata.js';
import { runs, testSeed } from '../../support/runs.js';

const timeout = runs({ sample: 60_000, full: 3_600_000 });

it.each([3, 4, 5, 6] as const)('reads what it wrote: any document, in version %s', { timeout }, (version) => {
  fc.assert(
    fc.property(arbitraryMetadata(version), (metadata) => {
      const read = readMetadata(writeMetadata(metadata, version));
      if (!isDeepStrictEqual(read, plain(metadata))) expect(read).toEqual(metadata);
    }),
    { seed: testSeed, numRuns: runs({ sample: 25, full: 2_500 }) },
  );
});

/** With the prototypes of object literals, which generated objects lack. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([field, content]) => [field, plain(content)]));
}
