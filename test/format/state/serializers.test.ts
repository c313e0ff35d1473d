import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { ByteWriter } from '../../../src/format/bytes/byte-writer.js';
import {
  bigintLongSerializer,
  booleanSerializer,
  byteSerializer,
  bytesSerializer,
  charSerializer,
  doubleSerializer,
  floatSerializer,
  intSerializer,
  longSerializer,
  nullableStringSerializer,
  shortSerializer,
  stringSerializer,
} from '../../../src/format/state/basic-serializers.js';
import {
  arrayListSerializer,
  doubleArraySerializer,
  intArraySerializer,
  listSerializer,
  longArraySerializer,
  mapSerializer,
  setSerializer,
  tupleSerializer,
} from '../../../src/format/state/composite-serializers.js';
import {
  globalWindowSerializer,
  streamRecordSerializer,
  timerSerializer,
  timeWindowSerializer,
  ttlValueSerializer,
  voidNamespaceSerializer,
} from '../../../src/format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import { isUnknown, readSnapshot, writeSnapshot } from '../../../src/format/state/serializer-snapshot.js';
import { sameSnapshot, serializerOf } from '../../../src/format/state/snapshot-classes.js';
import { FormatError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';

const PROXY_VERSION = '00000002';
const parameters = { numRuns: runs({ sample: 50, full: 5_000 }), seed: testSeed };

interface FlinkSample {
  readonly snapshot: string;
  readonly values: readonly { readonly bytes: string; readonly hashCode: number }[];
}

const { samples } = JSON.parse(readFileSync(new URL('flink-serializers.json', import.meta.url), 'utf8')) as {
  readonly samples: Readonly<Record<string, FlinkSample>>;
};

/** A serializer, the values that Flink's sample holds, and whether values can be keys. */
interface Case {
  readonly name: string;
  readonly serializer: TypeSerializer<unknown>;
  readonly values: readonly unknown[];
  readonly isKey: boolean;
}

const strings = ['', 'a', 'Flink', '\0x', 'grüße', '日本', '😀', '\uD800', 'x'.repeat(127)];
const key = (name: string, serializer: TypeSerializer<unknown>, ...values: unknown[]): Case => ({
  name,
  serializer,
  values,
  isKey: true,
});
const noKey = (name: string, serializer: TypeSerializer<unknown>, ...values: unknown[]): Case => ({
  name,
  serializer,
  values,
  isKey: false,
});

const CASES: readonly Case[] = [
  key('string', stringSerializer, ...strings),
  key('long', longSerializer, 0, 1, -1, 1234567890123, -9007199254740991),
  key('bigint long', bigintLongSerializer, 2n ** 63n - 1n, -(2n ** 63n), 1234567890123n),
  key('int', intSerializer, 0, -1, 2147483647, -2147483648),
  key('short', shortSerializer, -2, 32767),
  key('byte', byteSerializer, -2, 127),
  key('double', doubleSerializer, 0, -0, 1.5, -3.25e300, Number.NaN, Number.POSITIVE_INFINITY),
  key('float', floatSerializer, 1.5, Math.fround(-0.1), Number.NaN),
  key('boolean', booleanSerializer, true, false),
  key('char', charSerializer, 'a', '€'),
  noKey('bytes', bytesSerializer, new Uint8Array([1, 255, 0])),
  noKey('int[]', intArraySerializer, [1, -1]),
  noKey('long[]', longArraySerializer, [1n, -1n]),
  noKey('double[]', doubleArraySerializer, [1.5]),
  key('list', listSerializer(stringSerializer), ['a', 'b', 'é'], []),
  key('array list', arrayListSerializer(longSerializer), [1, 2]),
  key(
    'map',
    mapSerializer(stringSerializer, longSerializer),
    new Map([
      ['a', 1],
      ['b', null],
    ]),
  ),
  key('set', setSerializer(stringSerializer), new Set(['a', null])),
  key('tuple2', tupleSerializer(stringSerializer, longSerializer), ['a', 7]),
  key('tuple3', tupleSerializer(stringSerializer, intSerializer, booleanSerializer), ['key', -5, true]),
  noKey('void namespace', voidNamespaceSerializer, null),
  noKey('time window', timeWindowSerializer, { startMs: -60000n, endMs: 0n }),
  noKey('global window', globalWindowSerializer, null),
  noKey(
    'timer',
    timerSerializer(stringSerializer, voidNamespaceSerializer),
    { timestampMs: 1000n, key: 'a', namespace: null },
    { timestampMs: -1n, key: 'b', namespace: null },
  ),
  noKey(
    'stream record',
    streamRecordSerializer(longSerializer),
    { value: 5, timestampMs: 1000 },
    { value: 5, timestampMs: null },
  ),
  noKey('ttl', ttlValueSerializer(longSerializer), { lastAccessMs: 1700000000000n, userValue: 5 }),
];

function bytesOf(serializer: TypeSerializer<unknown>, value: unknown): Uint8Array {
  const target = new ByteWriter();
  serializer.write(target, value);
  return target.take();
}

function snapshotBytes(serializer: TypeSerializer<unknown>): Uint8Array {
  const target = new ByteWriter();
  writeSnapshot(target, serializer.snapshot);
  return target.take();
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe.each(CASES)('the serializer of $name', ({ name, serializer, values, isKey }) => {
  const sample = samples[name]!;

  it('writes the bytes that Flink writes, and reads them back', () => {
    expect(values.map((value) => hex(bytesOf(serializer, value)))).toEqual(
      sample.values.map(({ bytes }) => bytes),
    );
    for (const [i, { bytes }] of sample.values.entries()) {
      const source = new ByteReader(Buffer.from(bytes, 'hex'));
      expect(serializer.read(source)).toEqual(values[i]);
      expect(source.remaining).toBe(0);
    }
  });

  it('has the snapshot that Flink writes', () => {
    expect(hex(snapshotBytes(serializer))).toBe(PROXY_VERSION + sample.snapshot);
  });

  it('is found again by its snapshot, and reads the same bytes', () => {
    const read = readSnapshot(new ByteReader(snapshotBytes(serializer)));
    if (isUnknown(read)) throw new Error(`unknown ${read.className}`);
    expect(sameSnapshot(read, serializer.snapshot)).toBe(true);
    const found = serializerOf(read)!;
    for (const { bytes } of sample.values) {
      const value = found.read(new ByteReader(Buffer.from(bytes, 'hex')));
      expect(hex(bytesOf(found, value))).toBe(bytes);
    }
  });

  it(isKey ? 'has the hash codes of Java' : 'refuses to be a key', () => {
    const hashCodes = () => values.map((value) => serializer.javaHashCode(value));
    if (isKey) expect(hashCodes()).toEqual(sample.values.map(({ hashCode }) => hashCode));
    else expect(hashCodes).toThrow(/cannot be a key/);
  });

  it('knows whether all values have the same length', () => {
    const lengths = sample.values.map(({ bytes }) => bytes.length / 2);
    if (serializer.fixedLengthBytes !== null) {
      expect(new Set(lengths)).toEqual(new Set([serializer.fixedLengthBytes]));
    } else {
      expect(
        ['string', 'bytes', 'list', 'map', 'set', 'tuple', 'timer', 'array', 'record', '[]'].some((part) =>
          name.includes(part),
        ),
      ).toBe(true);
    }
  });

  it('refuses bytes that are cut off', () => {
    for (const { bytes } of sample.values) {
      const whole = Buffer.from(bytes, 'hex');
      for (let length = 0; length < whole.length; length++) {
        expect(() => serializer.read(new ByteReader(whole.subarray(0, length)))).toThrow(FormatError);
      }
    }
  });
});

describe('values of the wrong type', () => {
  it.each([
    [stringSerializer, 1, 'expected string, got 1'],
    [stringSerializer, null, 'expected string, got null'],
    [longSerializer, 2 ** 53, 'expected long (a safe integer), got 9007199254740992'],
    [longSerializer, 1.5, 'expected long (a safe integer), got 1.5'],
    [longSerializer, 5n, 'expected long (a safe integer), got the bigint 5'],
    [longSerializer, '7', 'expected long (a safe integer), got "7"'],
    [
      bigintLongSerializer,
      2n ** 63n,
      'expected long (a bigint of 64 bits), got the bigint 9223372036854775808',
    ],
    [bigintLongSerializer, 7, 'expected long (a bigint of 64 bits), got 7'],
    [intSerializer, 2 ** 31, 'expected int, got 2147483648'],
    [byteSerializer, 128, 'expected byte, got 128'],
    [doubleSerializer, undefined, 'expected double, got undefined'],
    [floatSerializer, '1', 'expected float, got "1"'],
    [booleanSerializer, 1, 'expected boolean, got 1'],
    [charSerializer, 'ab', 'expected char (one UTF-16 unit), got "ab"'],
    [bytesSerializer, [1], 'expected bytes (a Uint8Array), got an object of class Array'],
    [listSerializer(longSerializer), [1, 'x'], 'expected long (a safe integer), got "x"'],
    [listSerializer(longSerializer), 'x', 'expected list<long>, got "x"'],
    [
      mapSerializer(stringSerializer, longSerializer),
      {},
      'expected map<string, long>, got an object of class Object',
    ],
    [setSerializer(stringSerializer), [], 'expected set<string>, got an object of class Array'],
    [
      tupleSerializer(stringSerializer, longSerializer),
      ['a'],
      'expected tuple2<string, long>, got an object of class Array',
    ],
  ] as [TypeSerializer<unknown>, unknown, string][])('are refused: %#', (serializer, value, message) => {
    expect(() => bytesOf(serializer, value)).toThrow(new TypeError(message));
  });
});

describe('bytes that are no value', () => {
  it.each([
    [longSerializer, '7fffffffffffffff', 'beyond the integers that a number holds exactly'],
    [stringSerializer, '00', 'null where a string is expected'],
    [stringSerializer, 'ffffffffff01', 'a varint of more than 5 bytes'],
    [stringSerializer, 'ffffffff0f', 'needs more than the 0 bytes left'],
    [stringSerializer, '0480800461', 'is no UTF-16 unit'],
    [booleanSerializer, '02', 'expected 0 or 1, found 2'],
    [listSerializer(longSerializer), 'ffffffff', 'negative count -1'],
    [listSerializer(longSerializer), '7fffffff00', 'needs more bytes than the 1 left'],
    [mapSerializer(stringSerializer, stringSerializer), '00000002010001010001', 'a key for the second time'],
    [setSerializer(stringSerializer), '0000000200010001', 'an element for the second time'],
  ] as [TypeSerializer<unknown>, string, string][])('are refused: %#', (serializer, bytes, message) => {
    const read = () => serializer.read(new ByteReader(Buffer.from(bytes, 'hex')));
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });
});

describe('any value', () => {
  const anyString = fc.string({ unit: 'binary', maxLength: 200 });
  const anyLong = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const surrogates = fc
    .array(fc.integer({ min: 0, max: 0xffff }))
    .map((units) => String.fromCharCode(...units));
  const tuple = tupleSerializer(stringSerializer, bigintLongSerializer, doubleSerializer);
  const nested = mapSerializer(stringSerializer, listSerializer(tuple));

  it.each([
    ['string', stringSerializer, fc.oneof(anyString, surrogates)],
    ['string or null', nullableStringSerializer, fc.option(anyString)],
    ['long', longSerializer, fc.maxSafeInteger()],
    ['bigint long', bigintLongSerializer, anyLong],
    ['int', intSerializer, fc.integer()],
    ['short', shortSerializer, fc.integer({ min: -32768, max: 32767 })],
    ['byte', byteSerializer, fc.integer({ min: -128, max: 127 })],
    ['double', doubleSerializer, fc.double()],
    ['float', floatSerializer, fc.float()],
    ['boolean', booleanSerializer, fc.boolean()],
    ['bytes', bytesSerializer, fc.uint8Array()],
    ['set', setSerializer(intSerializer), fc.array(fc.option(fc.integer())).map((all) => new Set(all))],
    [
      'map of lists of tuples',
      nested,
      fc
        .array(fc.tuple(anyString, fc.option(fc.array(fc.tuple(anyString, anyLong, fc.double())))))
        .map((entries) => new Map(entries)),
    ],
  ] as [string, TypeSerializer<unknown>, fc.Arbitrary<unknown>][])(
    'of type %s is read back as it was written, with nothing left over',
    (_, serializer, values) => {
      fc.assert(
        fc.property(values, (value) => {
          const source = new ByteReader(bytesOf(serializer, value));
          const read = serializer.read(source);
          expect(read).toEqual(value);
          expect(source.remaining).toBe(0);
        }),
        parameters,
      );
    },
  );
});

describe('a serializer snapshot', () => {
  const utf = (text: string) =>
    `${text.length.toString(16).padStart(4, '0')}${Buffer.from(text).toString('hex')}`;
  const read = (bytes: string) => readSnapshot(new ByteReader(Buffer.from(bytes, 'hex')));

  it('of an unknown class is told with its class, version and place', () => {
    const className = 'org.apache.flink.api.java.typeutils.runtime.PojoSerializerSnapshot';
    expect(read(`${PROXY_VERSION}${utf(className)}00000002`)).toEqual({ className, version: 2, offset: 4 });
  });

  it('of an unknown class inside a known one is told too', () => {
    const list = samples.list!.snapshot;
    const inner = list.indexOf(
      utf('org.apache.flink.api.common.typeutils.base.StringSerializer$StringSerializerSnapshot'),
    );
    const unknown = read(`${PROXY_VERSION}${list.slice(0, inner)}${utf('com.example.Mine')}00000001`);
    expect(unknown).toEqual({ className: 'com.example.Mine', version: 1, offset: 4 + inner / 2 });
  });

  it('of a known class in a version that is not known is unknown', () => {
    const version2 = samples.long!.snapshot.replace(/03$/, '02');
    expect(read(PROXY_VERSION + version2)).toMatchObject({ version: 2, offset: 4 });
  });

  it('of a serializer that is aware of a time to live stands for the one it wraps', () => {
    const className = 'org.apache.flink.runtime.state.ttl.TtlAwareSerializerSnapshot';
    const bytes = `${PROXY_VERSION}${utf(className)}0000000101${samples.list!.snapshot}`;
    const snapshot = read(bytes);
    if (isUnknown(snapshot)) throw new Error('unknown');
    const serializer = serializerOf(snapshot)!;
    expect(serializer.typeName).toBe('list<string>');
    expect(hex(snapshotBytes(serializer))).toBe(bytes);
  });

  it.each([
    ['00000001', 'expected 2, found 1'],
    [`${PROXY_VERSION}${samples.list!.snapshot.replace('000de704', '000de705')}`, 'compositeMagic'],
    [`${PROXY_VERSION}${samples.list!.snapshot.replace('001457fd', '001457fe')}`, 'nestedMagic'],
    [
      `${PROXY_VERSION}${samples.list!.snapshot.replace('001457fd0000000100000001', '001457fd0000000100000002')}`,
      'cannot have 2',
    ],
    [
      `${PROXY_VERSION}${samples.list!.snapshot.replace('001457fd0000000100000001', '001457fd000000017fffffff')}`,
      'needs more bytes',
    ],
  ])('that is damaged is refused: %#', (bytes, message) => {
    expect(() => read(bytes)).toThrow(FormatError);
    expect(() => read(bytes)).toThrow(message);
  });

  it('nested deeper than any type is refused', () => {
    const list = samples.list!.snapshot;
    const opening = list.slice(
      0,
      list.indexOf(
        utf('org.apache.flink.api.common.typeutils.base.StringSerializer$StringSerializerSnapshot'),
      ),
    );
    expect(() => read(PROXY_VERSION + opening.repeat(1000) + samples.long!.snapshot)).toThrow(
      /deeper than 32/,
    );
  });
});
