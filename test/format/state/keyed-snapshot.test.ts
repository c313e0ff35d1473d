import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigintLongSerializer,
  longSerializer,
  stringSerializer,
} from '../../../src/format/state/basic-serializers.js';
import {
  openCanonicalSnapshot,
  writeCanonicalSnapshot,
} from '../../../src/format/state/canonical-snapshot.js';
import { listSerializer, mapSerializer } from '../../../src/format/state/composite-serializers.js';
import { openHeapSnapshot, writeHeapSnapshot } from '../../../src/format/state/heap-snapshot.js';
import { keyedHeaderBytes, readKeyedHeader } from '../../../src/format/state/keyed-header.js';
import { openKeyedSnapshot } from '../../../src/format/state/keyed-snapshot.js';
import type {
  DeclaredTypes,
  EntryVisitor,
  KeyedEntry,
  KeyedSnapshot,
  KeyedState,
  WrittenKeyedState,
} from '../../../src/format/state/keyed-state.js';
import {
  timerSerializer,
  timeWindowSerializer,
  voidNamespaceSerializer,
} from '../../../src/format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import { keyGroupOf } from '../../../src/model/key-groups.js';
import type { KeyGroupRange } from '../../../src/model/metadata.js';
import { FormatError, UsageError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';
import { snappyStream } from '../../support/snappy-frames.js';

const parameters = { numRuns: runs({ sample: 25, full: 2_000 }), seed: testSeed };
const namespace = voidNamespaceSerializer;
const COUNT: KeyedState = { kind: 'VALUE', name: 'count', namespace, value: longSerializer };
const NAMES: KeyedState = { kind: 'LIST', name: 'names', namespace, value: listSerializer(stringSerializer) };
const FIELDS: KeyedState = {
  kind: 'MAP',
  name: 'fields',
  namespace: timeWindowSerializer,
  value: mapSerializer(stringSerializer, bigintLongSerializer),
};
/** Namespace and key are both of variable length here, which the composite key must tell apart. */
const LABELS: KeyedState = {
  kind: 'VALUE',
  name: 'labels',
  namespace: stringSerializer,
  value: stringSerializer,
};
const TIMERS: KeyedState = {
  kind: 'PRIORITY_QUEUE',
  name: '_timer_state/event_user-timers',
  timer: timerSerializer(stringSerializer, voidNamespaceSerializer),
};
const STATES = [COUNT, NAMES, FIELDS, LABELS, TIMERS];
const DECLARED: DeclaredTypes = { key: stringSerializer, states: STATES };

interface Sample {
  readonly maxParallelism: number;
  readonly keyGroups: KeyGroupRange;
  readonly entries: ReadonlyMap<KeyedState, readonly KeyedEntry[]>;
}

const FORMATS = [
  {
    name: 'heap',
    kind: 'key-groups',
    write: (sample: Sample) => writeHeapSnapshot(contentOf(sample)),
    open: (sample: Sample, { bytes, offsets }: WrittenKeyedState, declared?: DeclaredTypes): KeyedSnapshot =>
      openHeapSnapshot(bytes, { keyGroups: sample.keyGroups, offsets }, declared),
  },
  {
    name: 'canonical',
    kind: 'savepoint-key-groups',
    write: (sample: Sample) =>
      writeCanonicalSnapshot({ ...contentOf(sample), maxParallelism: sample.maxParallelism }),
    open: (sample: Sample, { bytes, offsets }: WrittenKeyedState, declared?: DeclaredTypes): KeyedSnapshot =>
      openCanonicalSnapshot(bytes, { ...sample, offsets }, declared),
  },
] as const;

function keyGroup(entry: KeyedEntry, maxParallelism: number): number {
  return keyGroupOf(stringSerializer.javaHashCode(entry.key as string), maxParallelism);
}

function contentOf({ keyGroups, entries, maxParallelism }: Sample) {
  return {
    key: stringSerializer as TypeSerializer<unknown>,
    keyGroups,
    states: STATES.map((state) => ({
      state,
      forEach: (visit: EntryVisitor) => {
        for (const entry of entries.get(state) ?? []) {
          const group = keyGroup(entry, maxParallelism);
          if (group >= keyGroups.first && group <= keyGroups.last) visit(group, entry);
        }
      },
    })),
  };
}

/** What should come out: state, key group, namespace, key, value; in a fixed order. */
function rowsOf({ entries, maxParallelism, keyGroups }: Sample, isCanonical: boolean): string[] {
  return [...entries]
    .flatMap(([state, all]) =>
      all.map((entry) => ({ state, keyGroup: keyGroup(entry, maxParallelism), ...entry })),
    )
    .filter((row) => row.keyGroup >= keyGroups.first && row.keyGroup <= keyGroups.last)
    .filter(({ value }) => !isCanonical || !isEmpty(value))
    .map(shown)
    .sort();
}

function isEmpty(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || (value instanceof Map && value.size === 0);
}

function shown(row: { readonly state: KeyedState; readonly keyGroup: number } & KeyedEntry): string {
  const { state, keyGroup, namespace, key, value } = row;
  return JSON.stringify([state.name, keyGroup, namespace, key, value], (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part instanceof Map ? [...part] : part,
  );
}

function rowsRead(snapshot: KeyedSnapshot, range?: KeyGroupRange): string[] {
  if (snapshot.kind !== 'readable') throw new Error(`not readable: ${snapshot.kind}`);
  return [...snapshot.entries(range)].map(shown).sort();
}

/** The file as Flink compresses it: key group by key group, in the heap format but for its number. */
function compressed({ bytes, offsets }: WrittenKeyedState, isCanonical: boolean): WrittenKeyedState {
  const starts = offsets.filter((offset) => offset > 0n).map(Number);
  const header = Buffer.from(bytes.subarray(0, starts[0]));
  header[4] = 1;
  const parts: Buffer[] = [header];
  const moved = new Map<bigint, bigint>();
  starts.forEach((start, i) => {
    moved.set(BigInt(start), BigInt(parts.reduce((sum, part) => sum + part.length, 0)));
    const rawBytes = isCanonical ? 0 : 4;
    const content = bytes.subarray(start + rawBytes, starts[i + 1]);
    parts.push(Buffer.from(bytes.subarray(start, start + rawBytes)), snappyStream(content, 7));
  });
  return { bytes: Buffer.concat(parts), offsets: offsets.map((offset) => moved.get(offset) ?? 0n) };
}

const key = fc.string({ unit: 'binary', maxLength: 12 });
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const window = fc.record({ startMs: long, endMs: long });
const map = fc
  .uniqueArray(fc.tuple(key, fc.option(long)), { selector: ([mapKey]) => mapKey })
  .map((all) => new Map(all));
const entryOf = new Map<KeyedState, fc.Arbitrary<KeyedEntry>>([
  [COUNT, fc.record({ namespace: fc.constant(null), key, value: fc.maxSafeInteger() })],
  [NAMES, fc.record({ namespace: fc.constant(null), key, value: fc.array(key) })],
  [FIELDS, fc.record({ namespace: window, key, value: map })],
  [LABELS, fc.record({ namespace: key, key, value: key })],
  [TIMERS, fc.record({ namespace: fc.constant(null), key, value: long })],
]);

const sample: fc.Arbitrary<Sample> = fc
  .record({
    maxParallelism: fc.constantFrom(1, 4, 128, 129, 1000),
    parts: fc.tuple(
      ...STATES.map((state) =>
        fc.uniqueArray(entryOf.get(state)!, {
          maxLength: 8,
          selector: (entry) =>
            shown({ state, keyGroup: 0, ...entry, value: state === TIMERS ? entry.value : 0 }),
        }),
      ),
    ),
  })
  .map(({ maxParallelism, parts }) => ({
    maxParallelism,
    keyGroups: { first: 0, last: maxParallelism - 1 },
    entries: new Map(STATES.map((state, i) => [state, parts[i]!])),
  }));

const SMALL: Sample = {
  maxParallelism: 4,
  keyGroups: { first: 0, last: 3 },
  entries: new Map<KeyedState, readonly KeyedEntry[]>([
    [COUNT, ['a', 'b', 'c'].map((key, value) => ({ namespace: null, key, value }))],
    [NAMES, [{ namespace: null, key: 'a', value: ['x', 'y,z'] }]],
    [
      FIELDS,
      [
        {
          namespace: { startMs: 0n, endMs: 5n },
          key: 'b',
          value: new Map([
            ['f', 1n],
            ['g', null],
          ]),
        },
      ],
    ],
    [TIMERS, [{ namespace: null, key: 'c', value: -1n }]],
  ]),
};

describe.each(FORMATS)('the $name format', ({ name, kind, write, open }) => {
  const isCanonical = name === 'canonical';

  it('gives back all entries of all kinds of state, with and without declared types', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const written = write(given);
        expect(rowsRead(open(given, written, DECLARED))).toEqual(rowsOf(given, isCanonical));
        const { maxParallelism, keyGroups } = given;
        const file = { kind, keyGroups, maxParallelism, offsets: written.offsets };
        const exact = openKeyedSnapshot(written.bytes, file);
        expect(rowsRead(exact).length).toBe(rowsOf(given, isCanonical).length);
      }),
      parameters,
    );
  });

  it('is told from the other by its bytes, where the handle is one that both have', () => {
    const { bytes, offsets } = write(SMALL);
    const snapshot = openKeyedSnapshot(bytes, { ...SMALL, kind: 'key-groups', offsets }, DECLARED);
    expect(rowsRead(snapshot)).toEqual(rowsOf(SMALL, isCanonical));
  });

  it('gives a subtask of another parallelism the key groups of its own, from the files of all', () => {
    fc.assert(
      fc.property(sample, fc.nat({ max: 999 }), fc.nat({ max: 999 }), (given, cut, wanted) => {
        const { maxParallelism } = given;
        const first = cut % maxParallelism;
        const range = { first: wanted % maxParallelism, last: maxParallelism - 1 };
        const files = [
          { ...given, keyGroups: { first: 0, last: first } },
          { ...given, keyGroups: { first: first + 1, last: maxParallelism - 1 } },
        ];
        const read = files.flatMap((file) => rowsRead(open(file, write(file), DECLARED), range));
        expect(read.sort()).toEqual(rowsOf({ ...given, keyGroups: range }, isCanonical));
      }),
      parameters,
    );
  });

  it('holds a header alone where there is no state', () => {
    const empty = { ...SMALL, entries: new Map() };
    const written = write(empty);
    expect(rowsRead(open(empty, written))).toEqual([]);
    expect(written.offsets.every((offset) => (offset === 0n) === isCanonical)).toBe(true);
  });

  it('gives exact values where no types are declared', () => {
    const snapshot = open(SMALL, write(SMALL));
    const counts =
      snapshot.kind === 'readable' ? [...snapshot.entries()].filter((e) => e.state.name === 'count') : [];
    expect(counts.map(({ value }) => value).sort()).toEqual([0n, 1n, 2n]);
  });

  it('names the state and the key of a value that is of another type', () => {
    const wrong = { ...SMALL, entries: new Map([[COUNT, [{ namespace: null, key: 'a', value: 'x' }]]]) };
    expect(() => write(wrong)).toThrow(
      new TypeError('state count, key a: expected long (a safe integer), got "x"'),
    );
  });

  it.each([
    [{ ...COUNT, value: stringSerializer }, 'state count was written as long but is declared as string'],
    [{ ...NAMES, name: 'count' }, 'state count was written as VALUE but is declared as LIST'],
    [{ ...COUNT, namespace: stringSerializer }, 'the namespace of state count was written as void namespace'],
  ] as [KeyedState, string][])('refuses to be read as another type: %#', (state, message) => {
    const written = write(SMALL);
    const read = () => open(SMALL, written, { key: stringSerializer, states: [state] });
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('refuses to be read with keys of another type', () => {
    const written = write(SMALL);
    expect(() => open(SMALL, written, { key: longSerializer, states: [] })).toThrow(
      'the key was written as string but is declared as long',
    );
  });

  it('gives the same where it is compressed', () => {
    const snapshot = open(SMALL, compressed(write(SMALL), isCanonical), DECLARED);
    expect(rowsRead(snapshot)).toEqual(rowsOf(SMALL, isCanonical));
    expect(rowsRead(snapshot).length).toBeGreaterThan(0);
    expect(snapshot.header.compressed).toBe(true);
  });

  it('that is compressed and holds more than its entries is refused', () => {
    const { bytes, offsets } = compressed(write(SMALL), isCanonical);
    const longer = Buffer.concat([bytes, snappyStream(Buffer.from('more'))]);
    expect(() => rowsRead(open(SMALL, { bytes: longer, offsets }))).toThrow(/left over/);
  });

  it('refuses every file that is cut off', () => {
    const written = write(SMALL);
    for (let length = 0; length < written.bytes.length; length += 3) {
      const cut = { ...written, bytes: written.bytes.slice(0, length) };
      expect(() => rowsRead(open(SMALL, cut, DECLARED))).toThrow(FormatError);
    }
  });

  it('gives a typed error with offset and field, or entries, for every damaged file', () => {
    const written = write(SMALL);
    const { sizeBytes } = readComplete(written.bytes);
    const position = fc.oneof(
      fc.nat({ max: sizeBytes - 1 }),
      fc.integer({ min: sizeBytes, max: written.bytes.length - 1 }),
    );
    fc.assert(
      fc.property(position, fc.nat({ max: 255 }), (at, byte) => {
        const bytes = written.bytes.slice();
        bytes[at] = byte;
        try {
          const snapshot = open(SMALL, { ...written, bytes });
          if (snapshot.kind === 'readable') for (const _ of snapshot.entries());
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          expect((error as FormatError).offset).toBeLessThanOrEqual(bytes.length);
          expect((error as FormatError).field).not.toBe('');
        }
      }),
      { ...parameters, numRuns: runs({ sample: 200, full: 100_000 }) },
    );
  });

  it('refuses offsets that do not point at a key group', () => {
    const written = write(SMALL);
    for (const offset of [-1n, 2n, BigInt(written.bytes.length), 2n ** 62n]) {
      const offsets = written.offsets.map(() => offset);
      expect(() => rowsRead(open(SMALL, { ...written, offsets }))).toThrow(FormatError);
    }
    expect(() => rowsRead(open(SMALL, { ...written, offsets: [] }))).toThrow(/offset/);
  });
});

function readComplete(bytes: Uint8Array) {
  const header = readKeyedHeader(bytes);
  if (header.kind !== 'complete') throw new Error('partial');
  return header;
}

describe('the header of keyed state', () => {
  const bytes = keyedHeaderBytes(stringSerializer, STATES);

  it('is read back with kinds and serializers', () => {
    const header = readComplete(bytes);
    expect(header.sizeBytes).toBe(bytes.length);
    expect(header.keySerializer).toEqual(stringSerializer.snapshot);
    expect(
      header.states.map(({ backendType, options }) => options.get('KEYED_STATE_TYPE') ?? backendType),
    ).toEqual(STATES.map(({ kind }) => kind));
  });

  it('stops at an unknown serializer and gives the states before it', () => {
    const text = Buffer.from(bytes).toString('latin1');
    const at = text.indexOf('MapSerializerSnapshot') - 'org.apache.flink.api.common.typeutils.base.'.length;
    const damaged = Buffer.from(bytes);
    damaged.write('org.apache.flink.api.java.typeutils.runtime.', at, 'latin1');
    const header = readKeyedHeader(damaged);
    if (header.kind !== 'partial') throw new Error('complete');
    expect(header.states.map(({ name }) => name)).toEqual(['count', 'names', 'fields']);
    expect(header.states[2]?.serializers.size).toBe(0);
    expect(header.stateCount).toBe(STATES.length);
    expect(header.unknown).toEqual({
      className: 'org.apache.flink.api.java.typeutils.runtime.apSerializerSnapshot',
      version: 3,
      offset: at - 2,
    });
  });

  it('of another version is refused', () => {
    const old = Buffer.from(bytes);
    old.writeInt32BE(5, 0);
    expect(() => readKeyedHeader(old)).toThrow(
      'keyed state of version 5, only 6 is known (at byte 0, version)',
    );
  });

  it.each([
    ['KEYED_STATE_TYPE', 'XEYED_STATE_TYPE', 'it is of kind undefined'],
    ['VALUE_SERIALIZER', 'XALUE_SERIALIZER', 'it has no value serializer'],
    ['NAMESPACE_SERIALIZER', 'XAMESPACE_SERIALIZER', 'it has no namespace serializer'],
  ])('without %s makes the state one that cannot be read', (option, other, reason) => {
    const { bytes, offsets } = writeHeapSnapshot(contentOf(SMALL));
    const damaged = Buffer.from(Buffer.from(bytes).toString('latin1').replace(option, other), 'latin1');
    expect(openHeapSnapshot(damaged, { keyGroups: SMALL.keyGroups, offsets })).toMatchObject({
      kind: 'unsupported-state',
      stateName: 'count',
      reason,
    });
  });
});
