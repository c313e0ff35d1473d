// Damaged `_metadata` files: what Flink wrote, with bits, lengths and parts changed. The same seed gives the same files.
import fc from 'fast-check';
import { fixtureCases, fixtureSnapshots } from '../../support/fixtures.js';
import { runs } from '../../support/runs.js';
import { bytesOf, i32, i64, KEY_GROUPS, u8 } from './hand-written.js';

/** The sample takes the smaller files only, to be done in a second. */
const LARGEST_BYTES = runs({ sample: 30_000, full: Number.POSITIVE_INFINITY });

const FIXTURES = fixtureCases()
  .flatMap((fixture) => fixtureSnapshots(fixture).map(({ bytes }) => bytes))
  .filter(({ length }) => length <= LARGEST_BYTES);

/** A place in a file: most parts of a format stand at its beginning and its end. */
interface Place {
  readonly from: 'start' | 'end' | 'anywhere';
  readonly fraction: number;
}

type Mutation =
  | { readonly kind: 'flip'; readonly place: Place; readonly bit: number }
  | { readonly kind: 'truncate'; readonly place: Place }
  | { readonly kind: 'overwrite'; readonly place: Place; readonly bytes: Uint8Array }
  | { readonly kind: 'splice'; readonly place: Place; readonly from: Place; readonly length: number }
  | { readonly kind: 'nest'; readonly place: Place; readonly depth: number };

const place: fc.Arbitrary<Place> = fc.record({
  from: fc.constantFrom('start', 'end', 'anywhere'),
  fraction: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

/** What a length, a count, an index or a code may become. */
const number = fc
  .tuple(
    fc.constantFrom(1, 2, 4, 8),
    fc.constantFrom(0n, 1n, 2n, 16n, 17n, 0x7fn, -1n, -2n, 2n ** 31n - 1n, 2n ** 63n - 1n),
  )
  .map(([width, value]) => bytesOf(i64(value)).subarray(8 - width));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('truncate' as const), place }),
  fc.record({ kind: fc.constant('overwrite' as const), place, bytes: number }),
  fc.record({ kind: fc.constant('splice' as const), place, from: place, length: fc.nat(200) }),
  fc.record({ kind: fc.constant('nest' as const), place, depth: fc.nat(40) }),
);

/** Files with one to three changes each. */
export const mutated: fc.Arbitrary<Buffer> = fc
  .tuple(fc.nat(FIXTURES.length - 1), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([index, mutations]) => mutations.reduce(mutate, Buffer.from(FIXTURES[index]!)));

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = offsetIn(bytes, change.place);
  switch (change.kind) {
    case 'flip':
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << change.bit);
      return bytes;
    case 'truncate':
      return bytes.subarray(0, at);
    case 'overwrite':
      bytes.set(change.bytes.subarray(0, bytes.length - at), at);
      return bytes;
    case 'splice': {
      const from = offsetIn(bytes, change.from);
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + change.length),
        bytes.subarray(at),
      ]);
    }
    case 'nest': {
      const changelog = bytesOf(u8(14), KEY_GROUPS, i64(1), i32(1));
      const levels = Array.from({ length: change.depth }, () => changelog);
      return Buffer.concat([bytes.subarray(0, at), ...levels, bytes.subarray(at)]);
    }
  }
}

function offsetIn(bytes: Buffer, { from, fraction }: Place): number {
  const near = Math.floor(fraction * Math.min(400, bytes.length));
  if (from === 'start') return near;
  return from === 'end' ? bytes.length - near : Math.floor(fraction * bytes.length);
}
