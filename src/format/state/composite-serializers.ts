// Serializers made of others: lists, maps, sets, tuples and arrays of primitives.
// Source: Flink ListSerializer, MapSerializer, SetSerializer, TupleSerializer, ArrayListSerializer (runtime) and their
// composite snapshots (version 3).
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import { bigintLongSerializer, doubleSerializer, intSerializer } from './basic-serializers.js';
import { javaMap } from './java-map.js';
import type {
  ListTypeSerializer,
  MapTypeSerializer,
  SerializerSnapshot,
  TypeSerializer,
} from './serializer.js';
import { notAKey, wrongType } from './value-errors.js';

const BASE = 'org.apache.flink.api.common.typeutils.base';
export const MAX_TUPLE_ARITY = 25;

/** What values take in memory, so that bytes of many small ones cannot take all there is. */
const OBJECT_BYTES = 48;
const SLOT_BYTES = 8;
const COLLECTION_BYTES = 200;
const ENTRY_BYTES = 32;

/** `List<T>`: i32 count, then the elements. */
export function listSerializer<T>(element: TypeSerializer<T>): ListTypeSerializer<T> {
  const typeName = `list<${element.typeName}>`;
  return {
    typeName,
    snapshot: compositeSnapshot({ className: `${BASE}.ListSerializerSnapshot`, nested: [element] }),
    fixedLengthBytes: null,
    element,
    write(target, list) {
      if (!Array.isArray(list)) throw wrongType(typeName, list);
      target.i32(list.length);
      for (const value of list) element.write(target, value);
    },
    read: (source) => readElements(source, element),
    javaHashCode: (list) => hashInOrder(1, list, element),
  };
}

/** `Set<T>`: i32 count, then for each element a flag for null and, unless set, the element. */
export function setSerializer<T>(element: TypeSerializer<T>): TypeSerializer<ReadonlySet<T | null>> {
  const typeName = `set<${element.typeName}>`;
  return {
    typeName,
    snapshot: compositeSnapshot({ className: `${BASE}.SetSerializerSnapshot`, nested: [element] }),
    fixedLengthBytes: null,
    write(target, set) {
      if (!(set instanceof Set)) throw wrongType(typeName, set);
      target.i32(set.size);
      for (const value of set) writeNullable(target, element, value);
    },
    read(source) {
      const count = source.count('count', 1);
      source.charge(COLLECTION_BYTES + count * ENTRY_BYTES, 'count');
      const set = new Set<T | null>();
      for (let i = 0; i < count; i++) {
        const start = source.offset;
        set.add(readNullable(source, element));
        if (set.size === i) throw source.error('an element for the second time', 'set', start);
      }
      return set;
    },
    javaHashCode: (set) => sum(set, (value) => (value === null ? 0 : element.javaHashCode(value))),
  };
}

/** `Map<K, V>`: i32 count, then for each entry the key, a flag for a null value and, unless set, the value. */
export function mapSerializer<K, V>(
  mapKey: TypeSerializer<K>,
  mapValue: TypeSerializer<V>,
): MapTypeSerializer<K, V> {
  const typeName = `map<${mapKey.typeName}, ${mapValue.typeName}>`;
  return {
    typeName,
    snapshot: compositeSnapshot({ className: `${BASE}.MapSerializerSnapshot`, nested: [mapKey, mapValue] }),
    fixedLengthBytes: null,
    mapKey,
    mapValue,
    write(target, map) {
      if (!(map instanceof Map)) throw wrongType(typeName, map);
      target.i32(map.size);
      for (const [key, value] of map) {
        mapKey.write(target, key);
        writeNullable(target, mapValue, value);
      }
    },
    read(source) {
      const count = source.count('count', 1);
      source.charge(COLLECTION_BYTES + count * ENTRY_BYTES, 'count');
      const map = javaMap<K, V | null>(mapKey);
      for (let i = 0; i < count; i++) {
        const start = source.offset;
        map.set(mapKey.read(source), readNullable(source, mapValue));
        if (map.size === i) throw source.error('a key for the second time', 'map', start);
      }
      return map;
    },
    javaHashCode: (map) =>
      sum(
        map,
        ([key, value]) => mapKey.javaHashCode(key) ^ (value === null ? 0 : mapValue.javaHashCode(value)),
      ),
  };
}

/** Flink's Tuple1 to Tuple25: the fields one after the other. */
export function tupleSerializer<T extends readonly unknown[]>(
  ...fields: { readonly [Field in keyof T]: TypeSerializer<T[Field]> }
): TypeSerializer<T> {
  const arity = fields.length;
  if (arity < 1 || arity > MAX_TUPLE_ARITY) throw new RangeError(`Flink has no tuple of ${arity} fields`);
  const typeName = `tuple${arity}<${fields.map((field) => field.typeName).join(', ')}>`;
  const className = 'org.apache.flink.api.java.typeutils.runtime.TupleSerializerSnapshot';
  return {
    typeName,
    snapshot: {
      ...compositeSnapshot({ className, nested: fields, outerVersion: 2 }),
      tupleClass: `org.apache.flink.api.java.tuple.Tuple${arity}`,
    },
    fixedLengthBytes: fixedLengthOf(fields),
    write(target, tuple) {
      if (!Array.isArray(tuple) || tuple.length !== arity) throw wrongType(typeName, tuple);
      for (let i = 0; i < arity; i++) fields[i]!.write(target, tuple[i]);
    },
    read(source) {
      source.charge(OBJECT_BYTES + arity * SLOT_BYTES, 'tuple');
      return fields.map((field) => field.read(source)) as unknown as T;
    },
    javaHashCode: (tuple) =>
      fields.reduce((hash, field, i) => (Math.imul(hash, 31) + field.javaHashCode(tuple[i])) | 0, 0),
  };
}

/** The list inside Flink's own operators (`runtime.state.ArrayListSerializer`): the bytes of a list. */
export function arrayListSerializer<T>(element: TypeSerializer<T>): ListTypeSerializer<T> {
  const className = 'org.apache.flink.runtime.state.ArrayListSerializerSnapshot';
  return { ...listSerializer(element), snapshot: compositeSnapshot({ className, nested: [element] }) };
}

/** int[], long[] and double[]: i32 count, then the elements. */
export const intArraySerializer = primitiveArray('Int', intSerializer);
export const longArraySerializer = primitiveArray('Long', bigintLongSerializer);
export const doubleArraySerializer = primitiveArray('Double', doubleSerializer);

/** Bytes of a composite whose parts all have a fixed length, else null. */
export function fixedLengthOf(parts: readonly TypeSerializer<unknown>[]): number | null {
  return parts.reduce<number | null>(
    (total, part) =>
      total === null || part.fixedLengthBytes === null ? null : total + part.fixedLengthBytes,
    0,
  );
}

/** The snapshot of a composite serializer (CompositeTypeSerializerSnapshot, version 3). */
export function compositeSnapshot(parts: {
  readonly className: string;
  readonly nested: readonly TypeSerializer<unknown>[];
  readonly outerVersion?: number;
}): SerializerSnapshot {
  return {
    className: parts.className,
    version: 3,
    outerVersion: parts.outerVersion ?? 1,
    nested: parts.nested.map((serializer) => serializer.snapshot),
  };
}

function primitiveArray<T>(type: string, element: TypeSerializer<T>): TypeSerializer<readonly T[]> {
  const typeName = `${element.typeName}[]`;
  const className = `${BASE}.array.${type}PrimitiveArraySerializer$${type}PrimitiveArraySerializerSnapshot`;
  const { write, read } = listSerializer(element);
  return {
    typeName,
    snapshot: { className, version: 3 },
    fixedLengthBytes: null,
    write,
    read,
    javaHashCode: () => notAKey(typeName),
  };
}

function readElements<T>(source: ByteReader, element: TypeSerializer<T>): T[] {
  const count = source.count('count', 1);
  source.charge(OBJECT_BYTES + count * SLOT_BYTES, 'count');
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(element.read(source));
  return list;
}

function writeNullable<T>(target: ByteWriter, serializer: TypeSerializer<T>, value: T | null): void {
  target.bool(value === null);
  if (value !== null) serializer.write(target, value);
}

function readNullable<T>(source: ByteReader, serializer: TypeSerializer<T>): T | null {
  return source.bool('isNull') ? null : serializer.read(source);
}

function hashInOrder<T>(start: number, values: readonly T[], serializer: TypeSerializer<T>): number {
  return values.reduce((hash, value) => (Math.imul(hash, 31) + serializer.javaHashCode(value)) | 0, start);
}

function sum<T>(values: Iterable<T>, hashOf: (value: T) => number): number {
  let total = 0;
  for (const value of values) total = (total + hashOf(value)) | 0;
  return total;
}
