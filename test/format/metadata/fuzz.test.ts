import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import type { Metadata, WritableVersion } from '../../../src/model/metadata.js';
import { FormatError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';
import { mutated } from './mutations.js';

it('gives a document that is written back as it was, or an error with offset and field, for any mutation', {
  timeout: runs({ sample: 60_000, full: 3_600_000 }),
}, () => {
  const seen = { documents: 0, errors: 0 };
  fc.assert(
    fc.property(mutated, (bytes) => {
      const metadata = readOrNull(bytes);
      if (metadata === null) seen.errors++;
      else expectSameBytes(metadata, bytes);
      if (metadata !== null) seen.documents++;
    }),
    { seed: testSeed, numRuns: runs({ sample: 1_200, full: 200_000 }) },
  );
  expect(seen.documents).toBeGreaterThan(0);
  expect(seen.errors).toBeGreaterThan(0);
});

function readOrNull(bytes: Buffer): Metadata | null {
  try {
    return readMetadata(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (error.offset < 0 || error.offset > bytes.length || error.field === '') throw error;
    return null;
  }
}

function expectSameBytes(metadata: Metadata, bytes: Buffer): void {
  if (metadata.formatVersion < 3 || metadata.dialect !== 'current') return;
  expect(bytes.equals(writeMetadata(metadata, metadata.formatVersion as WritableVersion))).toBe(true);
}
