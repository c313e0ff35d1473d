import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/format/bytes/byte-writer.js';
import { canonicalKey, child, type Location } from '../../src/model/location.js';
import { LocationKey } from '../../src/model/location-key.js';
import { parseRewrite, resolvePath } from '../../src/model/rewrite.js';
import { newFingerprint } from '../../src/support/fingerprint.js';
import { scopeOf } from '../../src/survey/layout.js';
import { ReferenceCursor } from '../../src/survey/reference-cursor.js';
import { located, placed } from '../support/reference-tables.js';
import { runs, testSeed } from '../support/runs.js';

const BASE = located('s3://b/ckpt/0a6d8e2b0094db680d9a9874fabf74e8/chk-5');

interface Path {
  readonly kind: 'file' | 'relative-file';
  readonly text: string;
}

const segment = fc.constantFrom(
  'shared',
  'taskowned',
  'chk-5',
  'chk-6',
  'f',
  'g',
  'x:y',
  '',
  '.',
  '..',
  'é',
  '日',
);
const below = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const root = fc.constantFrom(
  's3://b/',
  's3a://b/',
  's3://',
  's3:/',
  'file:/',
  'file://localhost/',
  'gs://b/',
  'hdfs:',
  '/',
  '',
);
const path: fc.Arbitrary<Path> = fc.oneof(
  fc.record({ kind: fc.constant('relative-file' as const), text: below }),
  fc.record({
    kind: fc.constant('file' as const),
    text: fc.tuple(root, below).map(([start, rest]) => `${start}${rest}`),
  }),
);
const rewrite = fc
  .tuple(
    fc.constantFrom('s3://b/shared', 's3://b', 'gs://b', 'gs://b/shared/f', 's3://b/shared/f', 'file:///f'),
    below,
  )
  .map(([from, to]) => parseRewrite(`${from}=/copy/${to}`, '/'));

function keyOf(text: string): string {
  const key = new LocationKey();
  key.addText(text);
  const fingerprint = newFingerprint();
  key.fingerprintInto(fingerprint);
  return fingerprint.join();
}

describe('a cursor over paths', () => {
  it('resolves each as it would be resolved on its own, whatever came before it', () => {
    fc.assert(
      fc.property(
        fc.array(path, { maxLength: 12 }),
        fc.array(rewrite, { maxLength: 2 }),
        (paths, rewrites) => {
          const writer = new ByteWriter();
          const places = paths.map(({ text }) => {
            const at = writer.offset;
            writer.utf(text);
            return at;
          });
          const cursor = new ReferenceCursor(writer.take(), BASE, rewrites);
          for (const [index, { kind, text }] of paths.entries()) {
            cursor.moveTo({ kind, at: places[index]!, reachBytes: 1n, startByte: 0n, ofChanges: false });
            const expected: Location | null =
              kind === 'relative-file' ? child(BASE, text) : resolvePath(text, rewrites);
            expect(cursor.resolved).toBe(expected !== null);
            expect(cursor.textAt(cursor.at)).toBe(text);
            if (expected === null) {
              expect(cursor.fingerprint.join()).toBe(keyOf(text));
              expect(cursor.location()).toBeNull();
            } else {
              expect(canonicalKey(cursor.location()!)).toBe(canonicalKey(expected));
              expect(cursor.fingerprint.join()).toBe(placed(expected, 0).fingerprint.join());
              expect(cursor.scope).toBe(scopeOf(expected, BASE));
            }
          }
        },
      ),
      { numRuns: runs({ sample: 150, full: 20_000 }), seed: testSeed },
    );
  });
});
