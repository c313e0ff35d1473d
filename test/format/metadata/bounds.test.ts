// What reading damaged bytes may cost, whatever was done to them: counted, not timed.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { FormatError } from '../../../src/support/errors.js';
import { contentsOf } from '../../../src/survey/contents.js';
import { placeOf } from '../../../src/survey/layout.js';
import { located } from '../../support/reference-tables.js';
import { runs, testSeed } from '../../support/runs.js';
import { mutated } from './mutations.js';

const FILES = fc.sample(mutated, { seed: testSeed, numRuns: runs({ sample: 400, full: 20_000 }) });
const PLACE = placeOf(located('s3://bucket/flink/0a6d8e2b0094db680d9a9874fabf74e8/chk-1'));
/** A version may be tried in the layouts of three releases. */
const LAYOUTS = 3;

const READERS: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
  ['a document', readMetadata],
  ['references and sizes', (bytes) => contentsOf(bytes, PLACE, { rewrites: [] })],
];

/** What was read; null for what is refused. */
function readOrNull(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return read(bytes);
  } catch (thrown) {
    if (thrown instanceof FormatError) return null;
    throw thrown;
  }
}

function memoryAllowed({ length }: Uint8Array): number {
  return 16 * 1024 * 1024 + 10 * length;
}

describe.each(READERS)('reading %s of damaged files', (_, read) => {
  it('takes at most 16 MiB and ten times the size of each', () => {
    setFlagsFromString('--expose-gc');
    const collectYoung: (options: { readonly type: 'minor' }) => void = runInNewContext('gc');
    const used = () => {
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const over = FILES.filter((bytes) => {
      collectYoung({ type: 'minor' });
      const before = used();
      const kept = readOrNull(read, bytes);
      const taken = used() - before;
      return kept !== undefined && taken > memoryAllowed(bytes);
    });
    expect(over).toEqual([]);
  });

  describe('step by step', () => {
    let steps = 0;
    beforeAll(() => countSteps(() => steps++));

    it('takes at most three steps for each byte, in each layout that is tried', () => {
      const ratios = FILES.map((bytes) => {
        steps = 0;
        readOrNull(read, bytes);
        return steps / (bytes.length + 64);
      });
      expect(Math.max(...ratios)).toBeLessThan(3 * LAYOUTS);
      expect(Math.max(...ratios)).toBeGreaterThan(0.1);
    });
  });
});

/** Has every method of the cursor tell when it is called; each looks at the bytes that it passes and no others. */
function countSteps(step: () => void): () => void {
  const methods = Object.getOwnPropertyDescriptors(ByteReader.prototype);
  for (const [name, { value }] of Object.entries(methods)) {
    if (name === 'constructor' || typeof value !== 'function') continue;
    Object.defineProperty(ByteReader.prototype, name, {
      configurable: true,
      writable: true,
      value(...args: unknown[]) {
        step();
        return value.apply(this, args);
      },
    });
  }
  return () => Object.defineProperties(ByteReader.prototype, methods);
}
