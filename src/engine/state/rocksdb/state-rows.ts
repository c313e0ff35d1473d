// What a key has in one state as rows of a column family, and back: the keys and values of the canonical format.
// Source: Flink RocksDBValueState, RocksDBListState, RocksDBMapState.
import { ByteReader } from '../../../format/bytes/byte-reader.js';
import { ByteWriter } from '../../../format/bytes/byte-writer.js';
import { COMMA, readElements } from '../../../format/state/canonical-entry.js';
import { keyGroupPrefixBytes, writeCompositeKey } from '../../../format/state/composite-key.js';
import { javaMap } from '../../../format/state/java-map.js';
import type { KeyedState, ListState, MapState } from '../../../format/state/keyed-state.js';
import { voidNamespaceSerializer } from '../../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { wrongType } from '../../../format/state/value-errors.js';
import { keyGroupOf } from '../../../model/key-groups.js';
import type { Row, RowBatch } from './row-batch.js';

/** The bytes that the rows of a key begin with: all of a VALUE or LIST, the same in every state. */
export function rowKeyOf(key: unknown, type: TypeSerializer<unknown>, maxParallelism: number): Uint8Array {
  const namespace = voidNamespaceSerializer as TypeSerializer<unknown>;
  const layout = { key: type, namespace, prefixBytes: keyGroupPrefixBytes(maxParallelism) };
  const keyGroup = keyGroupOf(type.javaHashCode(key), maxParallelism);
  const target = new ByteWriter(64);
  writeCompositeKey(target, layout, { keyGroup, key, namespace: null });
  return target.take();
}

/**
 * Adds the rows of contents, or of their absence. Of a map those of `mapKeys` alone, without which it is all of them.
 * TypeError where the contents are not of the state's type.
 */
export function addRows(
  batch: RowBatch,
  state: KeyedState,
  rowKey: Uint8Array,
  { contents, mapKeys }: { readonly contents: unknown; readonly mapKeys?: Iterable<unknown> | undefined },
): void {
  const writeKey = (target: ByteWriter) => target.bytes(rowKey);
  switch (state.kind) {
    case 'PRIORITY_QUEUE':
      throw wrongType('state of a key', contents);
    case 'MAP':
      addMapRows(batch, state, rowKey, { contents, mapKeys });
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
export function readContents(state: Exclude<KeyedState, MapState>, value: Uint8Array): unknown {
  const source = new ByteReader(value);
  if (state.kind === 'LIST') return readElements(source, state.value.element, value.length);
  if (state.kind === 'PRIORITY_QUEUE') throw wrongType('state of a key', state.kind);
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
  rowKey: Uint8Array,
  { contents, mapKeys }: { readonly contents: unknown; readonly mapKeys?: Iterable<unknown> | undefined },
): void {
  const map = (contents ?? new Map()) as ReadonlyMap<unknown, unknown>;
  for (const mapKey of mapKeys ?? map.keys()) {
    const writeKey = (target: ByteWriter) => {
      target.bytes(rowKey);
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
