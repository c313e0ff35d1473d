// The header of keyed state: which states there are, with the serializers of keys, namespaces and values. It opens heap
// and canonical files and is all of the meta stream of an incremental checkpoint.
// Source: Flink KeyedBackendSerializationProxy (version 6, since 1.8).
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import type { KeyedState } from './keyed-state.js';
import type { SerializerSnapshot, TypeSerializer, UnknownSnapshot } from './serializer.js';
import { isUnknown, readSnapshot, writeSnapshot } from './serializer-snapshot.js';
import { readStateMetas, type StateMeta, writeStateMeta } from './state-meta.js';

const VERSION = 6;

/** A header that was read to its end. */
export interface CompleteKeyedHeader {
  readonly kind: 'complete';
  /** Key groups are snappy streams. */
  readonly compressed: boolean;
  readonly keySerializer: SerializerSnapshot;
  /** State id = position. */
  readonly states: readonly StateMeta[];
  /** Length of the header, where the key groups begin. */
  readonly sizeBytes: number;
}

/** A header that holds a serializer snapshot of a class unknown here: what follows it cannot be told. */
export interface PartialKeyedHeader {
  readonly kind: 'partial';
  readonly compressed: boolean;
  /** Null where the key serializer itself is the unknown one. */
  readonly keySerializer: SerializerSnapshot | null;
  /** States read so far; the last may lack the serializers from the unknown one on. */
  readonly states: readonly StateMeta[];
  /** Number of states that the header announces; null where it stopped before. */
  readonly stateCount: number | null;
  readonly unknown: UnknownSnapshot;
}

export type KeyedHeader = CompleteKeyedHeader | PartialKeyedHeader;

/**
 * Reads the header at the start of `bytes`; throws FormatError where it is damaged.
 *
 *     i32 version = 6 | bool compressed | snapshot of the key serializer | i16 n | n states
 */
export function readKeyedHeader(bytes: Uint8Array): KeyedHeader {
  const source = new ByteReader(bytes);
  const version = source.i32('version');
  if (version !== VERSION) {
    throw source.error(`keyed state of version ${version}, only ${VERSION} is known`, 'version', 0);
  }
  const compressed = source.bool('compressed');
  const keySerializer = readSnapshot(source);
  if (isUnknown(keySerializer)) {
    return {
      kind: 'partial',
      compressed,
      keySerializer: null,
      states: [],
      stateCount: null,
      unknown: keySerializer,
    };
  }
  const stateCount = source.i16('stateCount');
  if (stateCount < 0) throw source.error(`negative count ${stateCount}`, 'stateCount', source.offset - 2);
  const { states, unknown } = readStateMetas(source, stateCount, 'states');
  if (unknown !== null) return { kind: 'partial', compressed, keySerializer, states, stateCount, unknown };
  return { kind: 'complete', compressed, keySerializer, states, sizeBytes: source.offset };
}

/** The header alone, as the meta stream of an incremental checkpoint holds it. */
export function keyedHeaderBytes(key: TypeSerializer<unknown>, states: readonly KeyedState[]): Uint8Array {
  const target = new ByteWriter();
  writeKeyedHeader(target, key, states);
  return target.take();
}

/** Writes the header of a file that is not compressed. */
export function writeKeyedHeader(
  target: ByteWriter,
  key: TypeSerializer<unknown>,
  states: readonly KeyedState[],
): void {
  target.i32(VERSION);
  target.bool(false);
  writeSnapshot(target, key.snapshot);
  target.i16(states.length);
  for (const state of states) writeStateMeta(target, stateMetaOf(state));
}

/** The order of the serializers is the one that Flink's own files have. */
function stateMetaOf(state: KeyedState): StateMeta {
  if (state.kind === 'PRIORITY_QUEUE') {
    return {
      name: state.name,
      backendType: 'PRIORITY_QUEUE',
      options: new Map(),
      serializers: new Map([['VALUE_SERIALIZER', state.timer.snapshot]]),
    };
  }
  return {
    name: state.name,
    backendType: 'KEY_VALUE',
    options: new Map([['KEYED_STATE_TYPE', state.kind]]),
    serializers: new Map([
      ['VALUE_SERIALIZER', state.value.snapshot],
      ['NAMESPACE_SERIALIZER', state.namespace.snapshot],
    ]),
  };
}
