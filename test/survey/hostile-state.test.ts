// State files and handles that were damaged or made to harm: whatever they say, a typed error with its place, or states.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { type Location, parent, parseLocation } from '../../src/model/location.js';
import type { OperatorState } from '../../src/model/metadata.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { BugError, CkptError, FormatError, StorageError } from '../../src/support/errors.js';
import { describeStates } from '../../src/survey/describe-states.js';
import { readState } from '../../src/survey/read-state.js';
import { Readers } from '../../src/survey/readers.js';
import type { StreamSource } from '../../src/survey/state-streams.js';
import { fixtureCases, fixtureRows, fixtureSnapshots } from '../support/fixtures.js';
import { runs, testSeed } from '../support/runs.js';

/** The sample takes the smaller cases only. */
const LARGEST_BYTES = runs({ sample: 150_000, full: Number.POSITIVE_INFINITY });
const MOST_BYTES_AT_ONCE = 256 * 1024 * 1024;

/** An operator, the files of its snapshot, and what is asked of it. */
interface Subject {
  readonly operator: OperatorState;
  readonly directory: Location;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly states: readonly string[];
}

/** A store of these files, which counts the bytes that it gives. */
class Files {
  readonly #files: ReadonlyMap<string, Buffer>;
  givenBytes = 0;

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
  }

  source(directory: Location): StreamSource {
    const reader: Pick<StorageReader, 'stat' | 'readRange'> = {
      stat: async ({ path }) => ({
        path,
        type: 'file',
        sizeBytes: this.#contentOf(path).length,
        modifiedMs: null,
        etag: null,
      }),
      readRange: async ({ path }, offset, length) => {
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(length).toBeLessThanOrEqual(MOST_BYTES_AT_ONCE);
        const bytes = this.#contentOf(path).subarray(offset, offset + length);
        this.givenBytes += bytes.length;
        return bytes;
      },
    };
    return { directory, rewrites: [], readers: new Readers(async () => reader as StorageReader) };
  }

  #contentOf(path: string): Buffer {
    const content = this.#files.get(path);
    if (content === undefined) throw new StorageError('not-found', `no ${path}`, { where: path });
    return content;
  }
}

async function subjectsOf(): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const fixture of fixtureCases()) {
    const snapshot = fixtureSnapshots(fixture).at(-1);
    if (snapshot === undefined) continue;
    const rows = fixtureRows(fixture, 'files.txt').filter(([path = '']) => !/\/$|_metadata$/.test(path));
    if (rows.reduce((sum, [, bytes]) => sum + Number(bytes), 0) > LARGEST_BYTES) continue;
    const base = parseLocation(fixture.baseUri, '/').path;
    const files = new Map(
      rows.map(([path = '']) => [`${base}/${path}`, readFileSync(join(fixture.treeDirectory, path))]),
    );
    const directory = parent(parseLocation(`${snapshot.uri}/_metadata`, '/'));
    for (const operator of readMetadata(snapshot.bytes).operators) {
      const { states } = await describeStates(operator, new Files(files).source(directory), 1);
      const names = states.filter(({ kind }) => kind !== 'raw-operator').map(({ name }) => name);
      if (names.length > 0) subjects.push({ operator, directory, files, states: names });
    }
  }
  return subjects;
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const damage = fc.record({
  /** Which file or which inline state. */
  which: place,
  from: fc.constantFrom('start', 'end', 'anywhere'),
  at: place,
  change: fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), bit: fc.nat(7) }),
    fc.record({ kind: fc.constant('cut' as const) }),
    fc.record({
      kind: fc.constant('overwrite' as const),
      bytes: fc.constantFrom(
        '00',
        'ff',
        '7fffffff',
        'ffffffff',
        '00000000',
        '7fffffffffffffff',
        '8000000000000000',
      ),
    }),
    fc.record({ kind: fc.constant('repeat' as const), length: fc.nat(64) }),
  ),
});

/** A number of the handles becomes another. */
const lie = fc.record({
  which: place,
  value: fc.constantFrom(0n, 1n, -1n, 2n ** 31n - 1n, 2n ** 40n, 2n ** 62n, -(2n ** 63n)),
});

function damaged(bytes: Buffer, { from, at, change }: DamageAt): Buffer {
  const near = Math.floor(at * Math.min(400, bytes.length));
  const anywhere = Math.floor(at * bytes.length);
  const offset = from === 'start' ? near : from === 'end' ? Math.max(0, bytes.length - 1 - near) : anywhere;
  const copy = Buffer.from(bytes);
  switch (change.kind) {
    case 'flip':
      if (offset < copy.length) copy[offset]! ^= 1 << change.bit;
      return copy;
    case 'cut':
      return copy.subarray(0, offset);
    case 'overwrite':
      copy.set(Buffer.from(change.bytes, 'hex').subarray(0, copy.length - offset), offset);
      return copy;
    case 'repeat':
      return Buffer.concat([copy.subarray(0, offset + change.length), copy.subarray(offset)]);
  }
}

type DamageAt = typeof damage extends fc.Arbitrary<infer T> ? T : never;
type LieAt = typeof lie extends fc.Arbitrary<infer T> ? T : never;

function pick<T>(from: readonly T[], fraction: number): T | undefined {
  return from[Math.floor(fraction * from.length)];
}

/** Every part of a value, with a function that gives the whole with another one in its place. */
function* partsOf(value: unknown, put: (other: unknown) => unknown): Generator<Part> {
  yield { value, put };
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
  for (const [name, part] of Object.entries(value)) {
    yield* partsOf(part, (other) =>
      put(Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other }),
    );
  }
}

interface Part {
  readonly value: unknown;
  readonly put: (other: unknown) => unknown;
}

function withDamage({ operator, files, ...rest }: Subject, wrong: DamageAt): Subject {
  const inline = [...partsOf(operator, (other) => other)].filter(({ value }) => value instanceof Uint8Array);
  const target = pick([...files.keys(), ...inline], wrong.which);
  if (target === undefined) return { operator, files, ...rest };
  if (typeof target === 'string') {
    return { operator, ...rest, files: new Map(files).set(target, damaged(files.get(target)!, wrong)) };
  }
  return { ...rest, files, operator: target.put(damaged(target.value as Buffer, wrong)) as OperatorState };
}

function withLie({ operator, ...rest }: Subject, wrong: LieAt): Subject {
  const numbers = [...partsOf(operator.subtasks, (subtasks) => ({ ...operator, subtasks }))].filter(
    ({ value }) => typeof value === 'bigint' || typeof value === 'number',
  );
  const target = pick(numbers, wrong.which);
  if (target === undefined) return { operator, ...rest };
  const value = typeof target.value === 'bigint' ? wrong.value : Number(BigInt.asIntN(32, wrong.value));
  return { operator: target.put(value) as OperatorState, ...rest };
}

async function look({ operator, directory, files, states }: Subject): Promise<'told' | 'refused'> {
  const store = new Files(files);
  const source = store.source(directory);
  let outcome: 'told' | 'refused' = 'told';
  const { remarks } = await describeStates(operator, source, 2);
  if (remarks.length > 0) outcome = 'refused';
  for (const name of states) {
    await readState(operator, { name, key: undefined }, source).catch((thrown: unknown) => {
      outcome = 'refused';
      if (!(thrown instanceof CkptError) || thrown instanceof BugError) throw thrown;
      if (thrown instanceof FormatError && thrown.where === undefined) throw thrown;
    });
  }
  const wholeBytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  expect(store.givenBytes).toBeLessThan(
    (2 + 2 * states.length) * operator.subtasks.length * (wholeBytes + 65_536),
  );
  return outcome;
}

describe('state that is damaged or lies', async () => {
  const subjects = await subjectsOf();

  it('is there to be harmed, and sound', async () => {
    expect(subjects.length).toBeGreaterThan(10);
    const outcomes = await Promise.all(subjects.map(look));
    expect(outcomes.filter((outcome) => outcome === 'told').length).toBeGreaterThan(10);
  });

  const timeout = runs({ sample: 60_000, full: 7_200_000 });
  it('gives states, or typed errors that name the file, and reads nothing twice', { timeout }, async () => {
    const seen = { told: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(subjects.length - 1),
        fc.array(damage, { maxLength: 2 }),
        fc.array(lie, { maxLength: 1 }),
        async (index, damages, lies) => {
          const harmed = lies.reduce(withLie, damages.reduce(withDamage, subjects[index]!));
          seen[await look(harmed)]++;
        },
      ),
      { seed: testSeed, numRuns: runs({ sample: 120, full: 50_000 }) },
    );
    expect(Math.min(seen.told, seen.refused)).toBeGreaterThan(0);
  });
});
