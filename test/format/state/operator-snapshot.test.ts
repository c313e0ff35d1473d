import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigintLongSerializer,
  bytesSerializer,
  longSerializer,
  stringSerializer,
} from '../../../src/format/state/basic-serializers.js';
import {
  type OperatorSnapshot,
  type OperatorStateContent,
  openOperatorSnapshot,
  type WrittenOperatorState,
  writeOperatorSnapshot,
} from '../../../src/format/state/operator-snapshot.js';
import { FormatError, UsageError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';
import { dataChunk, SNAPPY_IDENTIFIER } from '../../support/snappy-frames.js';

const parameters = { numRuns: runs({ sample: 50, full: 2_000 }), seed: testSeed };

const SMALL: readonly OperatorStateContent[] = [
  {
    mode: 'BROADCAST',
    name: 'rules',
    key: stringSerializer,
    value: longSerializer,
    entries: new Map([['r', 1]]),
  },
  { mode: 'SPLIT_DISTRIBUTE', name: 'splits', element: bytesSerializer, elements: [new Uint8Array([1, 2])] },
  { mode: 'UNION', name: 'seen', element: stringSerializer, elements: ['a', 'é', 'c'] },
];

function contents(snapshot: OperatorSnapshot): readonly unknown[] {
  if (snapshot.kind !== 'readable') throw new Error(`not readable: ${snapshot.kind}`);
  return snapshot.states.map((state) =>
    state.mode === 'BROADCAST'
      ? [state.name, state.mode, state.entries]
      : [state.name, state.mode, state.elements],
  );
}

/** The file as Flink compresses it: one stream after the header, with a chunk for each element. */
function compressed({ bytes, states }: WrittenOperatorState): WrittenOperatorState {
  const starts = states.flatMap(({ offsets }) => offsets.map(Number)).sort((a, b) => a - b);
  const header = Buffer.from(bytes.subarray(0, starts[0]));
  header[4] = 1;
  const parts: Buffer[] = [header, SNAPPY_IDENTIFIER];
  const moved = new Map<bigint, bigint>();
  starts.forEach((start, i) => {
    moved.set(BigInt(start), BigInt(parts.reduce((sum, part) => sum + part.length, 0)));
    parts.push(dataChunk(bytes.subarray(start, starts[i + 1])));
  });
  return {
    bytes: Buffer.concat(parts),
    states: states.map((state) => ({ ...state, offsets: state.offsets.map((offset) => moved.get(offset)!) })),
  };
}

describe('an operator state file', () => {
  it('gives back list, union and broadcast states, the lists first', () => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    expect(states.map(({ name, mode, offsets }) => [name, mode, offsets.length])).toEqual([
      ['splits', 'SPLIT_DISTRIBUTE', 1],
      ['seen', 'UNION', 3],
      ['rules', 'BROADCAST', 1],
    ]);
    expect(contents(openOperatorSnapshot(bytes, states, SMALL))).toEqual([
      ['splits', 'SPLIT_DISTRIBUTE', [new Uint8Array([1, 2])]],
      ['seen', 'UNION', ['a', 'é', 'c']],
      ['rules', 'BROADCAST', new Map([['r', 1]])],
    ]);
  });

  it('gives back any elements and entries', () => {
    const any = fc.string({ unit: 'binary' });
    const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.array(any), fc.array(fc.tuple(any, long)), (elements, entries) => {
        const map = new Map(entries);
        const { bytes, states } = writeOperatorSnapshot([
          { mode: 'UNION', name: 'list', element: stringSerializer, elements },
          {
            mode: 'BROADCAST',
            name: 'map',
            key: stringSerializer,
            value: bigintLongSerializer,
            entries: map,
          },
        ]);
        expect(contents(openOperatorSnapshot(bytes, states))).toEqual([
          ['list', 'UNION', elements],
          ['map', 'BROADCAST', map],
        ]);
      }),
      parameters,
    );
  });

  it('gives an empty list for a state that its handle does not mention', () => {
    const { bytes } = writeOperatorSnapshot([SMALL[1]!]);
    expect(contents(openOperatorSnapshot(bytes, []))).toEqual([['splits', 'SPLIT_DISTRIBUTE', []]]);
  });

  it('refuses a handle that mentions a state it does not have', () => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    const other = [...states, { name: 'other', mode: 'UNION', offsets: [] } as const];
    expect(() => openOperatorSnapshot(bytes, other)).toThrow(/has no state other/);
  });

  it('names the state of a value that is of another type', () => {
    const wrong = [{ ...SMALL[2]!, elements: [1] }] as readonly OperatorStateContent[];
    expect(() => writeOperatorSnapshot(wrong)).toThrow(
      new TypeError('operator state seen: expected string, got 1'),
    );
  });

  it.each([
    [
      { mode: 'UNION', name: 'seen', element: longSerializer },
      'operator state seen was written as string but is declared as long',
    ],
    [
      { mode: 'SPLIT_DISTRIBUTE', name: 'seen', element: stringSerializer },
      'written as UNION but is declared as SPLIT_DISTRIBUTE',
    ],
    [
      { mode: 'BROADCAST', name: 'rules', key: longSerializer, value: longSerializer },
      'the key of operator state rules',
    ],
  ] as const)('refuses to be read as another type: %#', (declared, message) => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    const read = () => openOperatorSnapshot(bytes, states, [declared]);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('tells an unknown serializer and the states before it', () => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace('StringSerializer$String', 'XtringSerializer$String');
    expect(openOperatorSnapshot(Buffer.from(text, 'latin1'), states)).toMatchObject({
      kind: 'unknown-serializer',
      states: [{ name: 'splits' }, { name: 'seen' }],
      unknown: { version: 3 },
    });
  });

  it('gives the same where it is compressed', () => {
    const written = writeOperatorSnapshot(SMALL);
    const { bytes, states } = compressed(written);
    expect(contents(openOperatorSnapshot(bytes, states))).toEqual(
      contents(openOperatorSnapshot(written.bytes, written.states)),
    );
  });

  it('is refused where two elements stand at one place, or one reaches into another', () => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    const movedTo = (offsets: (of: readonly bigint[]) => bigint[]) =>
      states.map((state) => (state.name === 'seen' ? { ...state, offsets: offsets(state.offsets) } : state));
    expect(() =>
      openOperatorSnapshot(
        bytes,
        movedTo(([first]) => [first!, first!]),
      ),
    ).toThrow('two elements at one place');
    const rules = states.find(({ name }) => name === 'rules')!.offsets[0]!;
    const inside = states.map((state) =>
      state.name === 'seen' ? { ...state, offsets: [rules + 1n] } : state,
    );
    expect(() => openOperatorSnapshot(bytes, inside)).toThrow(/an element that began before/);
  });

  it('of a version before 5 is refused', () => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    bytes[3] = 4;
    expect(() => openOperatorSnapshot(bytes, states)).toThrow(/version 4, only 5 and 6 are known/);
  });

  it('gives a typed error with offset and field, or contents, for every damaged file', () => {
    const { bytes, states } = writeOperatorSnapshot(SMALL);
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.nat({ max: 255 }),
        fc.boolean(),
        (at, byte, isCut) => {
          const damaged = isCut ? bytes.slice(0, at) : bytes.slice();
          if (!isCut) damaged[at] = byte;
          try {
            openOperatorSnapshot(damaged, states);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
            expect((error as FormatError).field).not.toBe('');
          }
        },
      ),
      { ...parameters, numRuns: runs({ sample: 200, full: 100_000 }) },
    );
  });
});
