import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey, type Location } from '../../src/model/location.js';
import { type Mentioned, ReferenceTable } from '../../src/model/reference-table.js';
import type { ReferenceKind, SizeRule } from '../../src/model/references.js';
import { Locations, located, placed } from '../support/reference-tables.js';
import { runs, testSeed } from '../support/runs.js';

/** Twelve files in spellings of two schemes. */
const PLACES: readonly Location[] = Array.from({ length: 24 }, (_, i) =>
  located(`${i % 2 === 0 ? 's3' : 's3a'}://b/shared/${i >> 1}`),
);

interface Handle {
  readonly place: number;
  readonly kind: Exclude<ReferenceKind, 'directory'>;
  readonly sizeBytes: bigint;
  readonly ofChanges: boolean;
  /** All with one fingerprint are files whose paths collide. */
  readonly collides: boolean;
}

const handles = fc.array(
  fc.record({
    place: fc.integer({ min: 0, max: PLACES.length - 1 }),
    kind: fc.constantFrom('file', 'relative-file', 'segment'),
    sizeBytes: fc.bigInt({ min: -1n, max: 2n ** 65n }),
    ofChanges: fc.boolean(),
    collides: fc.boolean(),
  }),
  { maxLength: 120 },
) as fc.Arbitrary<readonly Handle[]>;

function mentionedBy({ place, kind, sizeBytes, ofChanges }: Handle, collide: ReadonlySet<number>): Mentioned {
  const mentioned = {
    ...placed(PLACES[place]!, place, kind),
    scope: 'shared',
    sizeBytes,
    ofChanges,
  } as const;
  if (collide.has(place >> 1)) mentioned.fingerprint.fill(1);
  return mentioned;
}

/** What the rows must be, the plain way. */
function modelOf(all: readonly Handle[]) {
  const model = new Map<string, { first: Handle; handles: number; sizeBytes: bigint; rule: SizeRule }>();
  const largest = 2n ** 63n - 1n;
  const groups = new Map<string, Handle[]>();
  for (const handle of all) {
    const key = canonicalKey(PLACES[handle.place]!);
    groups.set(key, [...(groups.get(key) ?? []), handle]);
  }
  for (const [key, group] of groups) {
    const whole = group.filter(({ kind, sizeBytes }) => kind !== 'segment' && sizeBytes >= 0n);
    const reach = group.reduce((most, { sizeBytes }) => (sizeBytes > most ? sizeBytes : most), -1n);
    let rule: SizeRule = 'any';
    if (whole.length > 0) rule = group.some(({ ofChanges }) => ofChanges) ? 'exact-or-one-more' : 'exact';
    if (group.some(({ kind }) => kind === 'segment')) rule = 'at-least';
    const sizeBytes = reach > largest ? largest : reach;
    model.set(key, { first: group[0]!, handles: group.length, sizeBytes, rule });
  }
  return model;
}

describe('a table of references', () => {
  it('is a map from locations to what their handles say, also where fingerprints collide', () => {
    fc.assert(
      fc.property(handles, (all) => {
        const collide = new Set(all.flatMap(({ place, collides }) => (collides ? [place >> 1] : [])));
        const table = new ReferenceTable(new Locations(PLACES));
        for (const handle of all) table.add(mentionedBy(handle, collide));
        const expected = [...modelOf(all)].sort(([a], [b]) => (a < b ? -1 : 1));
        const rows = Array.from(table.inOrder());
        expect(rows.map((row) => canonicalKey(table.location(row)))).toEqual(expected.map(([key]) => key));
        expect(rows.map((row) => table.file(row))).toEqual(
          expected.map(([, { first, handles, sizeBytes, rule }]) => ({
            location: PLACES[first.place],
            kind: first.kind,
            scope: 'shared',
            handles,
            sizeBytes,
            sizeRule: rule,
          })),
        );
      }),
      { numRuns: runs({ sample: 150, full: 5_000 }), seed: testSeed },
    );
  });

  it('goes on as it was after its rows were sorted, all or some', () => {
    const places = Array.from({ length: 60 }, (_, i) => located(`s3://b/shared/${(i * 37) % 60}`));
    const table = new ReferenceTable(new Locations(places));
    const fields = { scope: 'shared', sizeBytes: 1n, ofChanges: false } as const;
    const addAll = () => places.map((place, at) => table.add({ ...placed(place, at), ...fields }));
    const keys = (rows: Iterable<number>) => Array.from(rows, (row) => canonicalKey(table.location(row)));
    const expected = places.map(canonicalKey).sort();
    const first = addAll();
    const isOdd = (row: number) => row % 2 === 1;
    const odd = places.filter((_, row) => isOdd(row)).map(canonicalKey);
    expect(keys(table.inOrder(isOdd))).toEqual(odd.sort());
    expect(keys(table.inOrder())).toEqual(expected);
    expect(addAll()).toEqual(first);
    expect(keys(table.inOrder())).toEqual(expected);
    expect(keys(table.inOrder(isOdd))).toEqual(odd);
    expect(first.map((row) => table.handles(row))).toEqual(first.map(() => 2));
  });

  it('finds the file of another table, in whatever spelling', () => {
    const [one, other] = [
      new ReferenceTable(new Locations(PLACES)),
      new ReferenceTable(new Locations(PLACES)),
    ];
    const add = (table: ReferenceTable, place: number) =>
      table.add(
        mentionedBy({ place, kind: 'file', sizeBytes: 1n, ofChanges: false, collides: false }, new Set()),
      );
    add(one, 0);
    add(one, 2);
    add(other, 3);
    add(other, 4);
    expect(one.find(other, 0)).toBe(1);
    expect(one.find(other, 1)).toBe(-1);
  });
});
