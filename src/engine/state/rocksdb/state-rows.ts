// What a key has in one state as rows of a column family, and back: the keys and values of the canonical format.
// Source: Flink RocksDBValueState, RocksDBListState, RocksDBMapState.
import { ByteReader } from '../../../format/bytes/byte-reader.js';
import { ByteWriter } from '../../../format/bytes/byte-writer.js';
import { COMMA, readElements } from '../../../format/state/canonical-entry.js';
import { keyGroupPrefixBytes, writeKeyGroupPrefix } from '../../../format/state/composite-key.js';
import { javaMap } from '../../../format/state/java-map.js';
import type { ListState, MapState, ValueKeyedState } from '../../../format/state/keyed-state.js';
import { voidNamespaceSerializer } from '../../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { wrongType } from '../../../format/state/value-errors.js';
import { keyGroupOf } from '../../../model/key-groups.js';
import type { Row, RowBatch } from './row-batch.js';

/** What all keys of a key group begin with. The number behind the last one fits, for one bit is never used. */
export function keyGroupPrefix(keyGroup: number, maxParallelism: number): Uint8Array {
  const target = new ByteWriter(16);
  writeKeyGroupPrefix(target, keyGroup, keyGroupPrefixBytes(maxParallelism));
  return target.take();
}

/** What rows must know of the operator that they belong to. */
interface KeyLayout {
  readonly keyType: TypeSerializer<unknown>;
  readonly maxParallelism: number;
}

/** The bytes that the rows of a key begin with, in whatever namespace. */
export function keyPrefixOf(key: unknown, layout: KeyLayout): Uint8Array {
  const target = new ByteWriter(64);
  writeKeyPrefix(target, key, layout);
  return target.take();
}

/** Writes the key of a row: into the row itself, for there may be a hundred thousand at a checkpoint. */
export type RowKeyWriter = (target: ByteWriter) => void;

/** The row of a VALUE or LIST, and what the rows of a map begin with. Namespaces have a fixed length. */
export function rowKeyIn(
  prefix: Uint8Array,
  type: TypeSerializer<unknown>,
  namespace: unknown,
): RowKeyWriter {
  return (target) => {
    target.bytes(prefix);
    type.write(target, namespace);
  };
}

/** Without a namespace. */
export function writeRowKey(target: ByteWriter, key: unknown, layout: KeyLayout): void {
  writeKeyPrefix(target, key, layout);
  voidNamespaceSerializer.write(target, null);
}

/** The same as bytes. */
export function rowKeyOf(key: unknown, layout: KeyLayout): Uint8Array {
  const target = new ByteWriter(64);
  writeRowKey(target, key, layout);
  return target.take();
}

function writeKeyPrefix(target: ByteWriter, key: unknown, { keyType, maxParallelism }: KeyLayout): void {
  const keyGroup = keyGroupOf(keyType.javaHashCode(key), maxParallelism);
  writeKeyGroupPrefix(target, keyGroup, keyGroupPrefixBytes(maxParallelism));
  keyType.write(target, key);
}

/** Contents to write. Of a map the rows of `mapKeys` alone, without which it is all of them. */
export interface ContentsToWrite {
  /** Undefined where there are none. */
  readonly contents: unknown;
  readonly mapKeys?: Iterable<unknown> | undefined;
}

/** Adds the rows of contents, or of their absence. TypeError where the contents are not of the state's type. */
export function addRows(
  batch: RowBatch,
  state: ValueKeyedState,
  writeKey: RowKeyWriter,
  { contents, mapKeys }: ContentsToWrite,
): void {
  switch (state.kind) {
    case 'MAP':
      addMapRows(batch, state, writeKey, { contents, mapKeys });
      return;
    case 'LIST':
      if (contents === undefined) batch.delete(writeKey);
      else batch.put(writeKey, (target) => writeElements(target, state, contents));
      return;
    default:
      if (contents === undefined) batch.delete(writeKey);
      else batch.put(writeKey, (target) => state.value.write(target, contents));
  }
}

/** Reads the value of a row, which has the whole of what a key has in a state other than MAP. */
export function readContents(state: Exclude<ValueKeyedState, MapState>, value: Uint8Array): unknown {
  const source = new ByteReader(value);
  if (state.kind === 'LIST') return readElements(source, state.value.element, value.length);
  return state.value.read(source);
}

/** Reads the rows of one key's map; undefined where there are none. */
export function readMap(
  state: MapState,
  rowKey: Uint8Array,
  rows: readonly Row[],
): Map<unknown, unknown> | undefined {
  const map = javaMap<unknown, unknown>(state.value.mapKey);
  for (const { key, value } of rows) {
    const mapKey = state.value.mapKey.read(new ByteReader(key.subarray(rowKey.length)));
    const source = new ByteReader(value!);
    map.set(mapKey, source.bool('isNull') ? null : state.value.mapValue.read(source));
  }
  return map.size === 0 ? undefined : map;
}

function addMapRows(
  batch: RowBatch,
  { value: type }: MapState,
  writeStart: RowKeyWriter,
  { contents, mapKeys }: ContentsToWrite,
): void {
  const map = (contents ?? new Map()) as ReadonlyMap<unknown, unknown>;
  for (const mapKey of mapKeys ?? map.keys()) {
    const writeKey = (target: ByteWriter) => {
      writeStart(target);
      type.mapKey.write(target, mapKey);
    };
    const mapValue = map.get(mapKey);
    if (mapValue === undefined) batch.delete(writeKey);
    else
      batch.put(writeKey, (target) => {
        target.bool(mapValue === null);
        if (mapValue !== null) type.mapValue.write(target, mapValue);
      });
  }
}

function writeElements(target: ByteWriter, { value: type }: ListState, contents: unknown): void {
  if (!Array.isArray(contents)) throw wrongType(type.typeName, contents);
  contents.forEach((element, index) => {
    if (index > 0) target.u8(COMMA);
    type.element.write(target, element);
  });
}
