// Serializers of Java's basic types. A Java type whose values do not all fit one JavaScript type has two forms with the
// same bytes: a handy one for jobs, and an exact one, which is what reading an unknown file gives.
// Source: Flink org.apache.flink.api.common.typeutils.base.*Serializer (snapshot version 3).
import {
  bigintHashCode,
  booleanHashCode,
  doubleHashCode,
  floatHashCode,
  longHashCode,
  stringHashCode,
} from '../../model/key-groups.js';
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import type { TypeSerializer } from './serializer.js';
import { readStringValue, writeStringValue } from './string-value.js';
import { notAKey, wrongType } from './value-errors.js';

const BASE = 'org.apache.flink.api.common.typeutils.base';
const LONG_RANGE = { from: -(2n ** 63n), to: 2n ** 63n - 1n };

/** A string. Null, which Flink's StringSerializer can write too, is refused. */
export const stringSerializer: TypeSerializer<string> = {
  typeName: 'string',
  snapshot: simpleSnapshot('String'),
  fixedLengthBytes: null,
  write(target, value) {
    if (typeof value !== 'string') throw wrongType('string', value);
    writeStringValue(target, value);
  },
  read(source) {
    const start = source.offset;
    const text = readStringValue(source);
    if (text === null) throw source.error('null where a string is expected', 'string', start);
    return text;
  },
  javaHashCode: stringHashCode,
};

/** The exact form of {@link stringSerializer}: a string or null. */
export const nullableStringSerializer: TypeSerializer<string | null> = {
  ...stringSerializer,
  write(target, value) {
    if (value !== null && typeof value !== 'string') throw wrongType('string', value);
    writeStringValue(target, value);
  },
  read: readStringValue,
  javaHashCode: (value) => (value === null ? 0 : stringHashCode(value)),
};

/** A Java long as a number: values beyond 2^53 are refused, in both directions. */
export const longSerializer: TypeSerializer<number> = {
  typeName: 'long',
  snapshot: simpleSnapshot('Long'),
  fixedLengthBytes: 8,
  write(target, value) {
    if (!Number.isSafeInteger(value)) throw wrongType('long (a safe integer)', value);
    target.i64Number(value);
  },
  read(source) {
    const start = source.offset;
    const value = source.i64('long');
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw source.error(`${value} is beyond the integers that a number holds exactly`, 'long', start);
  },
  javaHashCode: longHashCode,
};

/** The exact form of {@link longSerializer}: a bigint. */
export const bigintLongSerializer: TypeSerializer<bigint> = {
  ...longSerializer,
  write(target, value) {
    if (typeof value !== 'bigint' || value < LONG_RANGE.from || value > LONG_RANGE.to) {
      throw wrongType('long (a bigint of 64 bits)', value);
    }
    target.i64(value);
  },
  read: (source) => source.i64('long'),
  javaHashCode: bigintHashCode,
};

export const intSerializer = integerSerializer({
  typeName: 'int',
  bits: 32,
  snapshotOf: 'Int',
  write: (target, value) => target.i32(value),
  read: (source) => source.i32('int'),
});

export const shortSerializer = integerSerializer({
  typeName: 'short',
  bits: 16,
  snapshotOf: 'Short',
  write: (target, value) => target.i16(value),
  read: (source) => source.i16('short'),
});

export const byteSerializer = integerSerializer({
  typeName: 'byte',
  bits: 8,
  snapshotOf: 'Byte',
  write: (target, value) => target.u8(value & 0xff),
  read: (source) => source.i8('byte'),
});

export const doubleSerializer: TypeSerializer<number> = {
  typeName: 'double',
  snapshot: simpleSnapshot('Double'),
  fixedLengthBytes: 8,
  write(target, value) {
    if (typeof value !== 'number') throw wrongType('double', value);
    target.f64(value);
  },
  read: (source) => source.f64('double'),
  javaHashCode: doubleHashCode,
};

/** A Java float: a number that is no float is rounded to the nearest one, as Java's cast does. */
export const floatSerializer: TypeSerializer<number> = {
  typeName: 'float',
  snapshot: simpleSnapshot('Float'),
  fixedLengthBytes: 4,
  write(target, value) {
    if (typeof value !== 'number') throw wrongType('float', value);
    target.f32(value);
  },
  read: (source) => source.f32('float'),
  javaHashCode: floatHashCode,
};

export const booleanSerializer: TypeSerializer<boolean> = {
  typeName: 'boolean',
  snapshot: simpleSnapshot('Boolean'),
  fixedLengthBytes: 1,
  write(target, value) {
    if (typeof value !== 'boolean') throw wrongType('boolean', value);
    target.bool(value);
  },
  read: (source) => source.bool('boolean'),
  javaHashCode: booleanHashCode,
};

/** A Java char: a string of one UTF-16 unit. */
export const charSerializer: TypeSerializer<string> = {
  typeName: 'char',
  snapshot: simpleSnapshot('Char'),
  fixedLengthBytes: 2,
  write(target, value) {
    if (typeof value !== 'string' || value.length !== 1) throw wrongType('char (one UTF-16 unit)', value);
    target.i16(value.charCodeAt(0));
  },
  read: (source) => String.fromCharCode(source.u16('char')),
  javaHashCode: (value) => value.charCodeAt(0),
};

/** A byte[]. What is read is a copy, so that a value does not keep the whole file in memory. */
export const bytesSerializer: TypeSerializer<Uint8Array> = {
  typeName: 'bytes',
  snapshot: simpleSnapshot('array.BytePrimitiveArray'),
  fixedLengthBytes: null,
  write(target, value) {
    if (!(value instanceof Uint8Array)) throw wrongType('bytes (a Uint8Array)', value);
    target.lengthPrefixedBytes(value);
  },
  read: (source) => new Uint8Array(source.lengthPrefixedBytes('bytes')),
  javaHashCode: () => notAKey('bytes'),
};

interface IntegerType {
  readonly typeName: string;
  readonly bits: 8 | 16 | 32;
  /** The part of Flink's class name before `Serializer`. */
  readonly snapshotOf: string;
  write(target: ByteWriter, value: number): void;
  read(source: ByteReader): number;
}

function integerSerializer(type: IntegerType): TypeSerializer<number> {
  const limit = 2 ** (type.bits - 1);
  return {
    typeName: type.typeName,
    snapshot: simpleSnapshot(type.snapshotOf),
    fixedLengthBytes: type.bits / 8,
    write(target, value) {
      if (!Number.isInteger(value) || value < -limit || value >= limit) throw wrongType(type.typeName, value);
      type.write(target, value);
    },
    read: type.read,
    javaHashCode: (value) => value,
  };
}

function simpleSnapshot(type: string) {
  const simpleName = type.slice(type.lastIndexOf('.') + 1);
  return { className: `${BASE}.${type}Serializer$${simpleName}SerializerSnapshot`, version: 3 };
}
