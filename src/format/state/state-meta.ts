// One state in the header of a state file. Source: Flink StateMetaInfoSnapshot, StateMetaInfoSnapshotReadersWriters
// (meta version 7).
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import type { SerializerSnapshot, UnknownSnapshot } from './serializer.js';
import { isUnknown, readSnapshot, writeSnapshot } from './serializer-snapshot.js';

/** Flink's BackendStateType, in the order of its ordinals. */
export const BACKEND_STATE_TYPES = [
  'KEY_VALUE',
  'OPERATOR',
  'BROADCAST',
  'PRIORITY_QUEUE',
  'KEY_VALUE_V2',
] as const;
export type BackendStateType = (typeof BACKEND_STATE_TYPES)[number];

/** A state as the header describes it. Maps keep the order of the file. */
export interface StateMeta {
  readonly name: string;
  readonly backendType: BackendStateType;
  /** `KEYED_STATE_TYPE` or `OPERATOR_STATE_DISTRIBUTION_MODE` and its value. */
  readonly options: ReadonlyMap<string, string>;
  /** `KEY_SERIALIZER`, `NAMESPACE_SERIALIZER`, `VALUE_SERIALIZER`. */
  readonly serializers: ReadonlyMap<string, SerializerSnapshot>;
}

/** Some states, and the snapshot at which reading had to stop, if any; the last state then lacks it and what follows. */
export interface ReadStateMetas {
  readonly states: readonly StateMeta[];
  readonly unknown: UnknownSnapshot | null;
}

/** Reads `count` states one after the other. */
export function readStateMetas(source: ByteReader, count: number, field: string): ReadStateMetas {
  const states: StateMeta[] = [];
  for (let i = 0; i < count; i++) {
    source.enter(field);
    source.enter(i);
    const { meta, unknown } = readStateMeta(source);
    source.leave();
    source.leave();
    states.push(meta);
    if (unknown !== null) return { states, unknown };
  }
  return { states, unknown: null };
}

export function writeStateMeta(target: ByteWriter, meta: StateMeta): void {
  target.utf(meta.name);
  target.i32(BACKEND_STATE_TYPES.indexOf(meta.backendType));
  target.i32(meta.options.size);
  for (const [key, value] of meta.options) {
    target.utf(key);
    target.utf(value);
  }
  target.i32(meta.serializers.size);
  for (const [key, snapshot] of meta.serializers) {
    target.utf(key);
    writeSnapshot(target, snapshot);
  }
}

/**
 *     utf name | i32 ordinal of the backend state type
 *     i32 n | n * (utf key, utf value)         options
 *     i32 n | n * (utf key, snapshot)          serializers
 */
function readStateMeta(source: ByteReader): { meta: StateMeta; unknown: UnknownSnapshot | null } {
  const name = source.utf('name');
  const typeAt = source.offset;
  const ordinal = source.i32('backendType');
  const backendType = BACKEND_STATE_TYPES[ordinal];
  if (backendType === undefined)
    throw source.error(`no backend state type ${ordinal}`, 'backendType', typeAt);
  const options = new Map<string, string>();
  for (let left = source.count('options', 4); left > 0; left--) {
    options.set(source.utf('optionKey'), source.utf('optionValue'));
  }
  const serializers = new Map<string, SerializerSnapshot>();
  const meta = { name, backendType, options, serializers };
  for (let left = source.count('serializers', 12); left > 0; left--) {
    const key = source.utf('serializerKey');
    const snapshot = readSnapshot(source);
    if (isUnknown(snapshot)) return { meta, unknown: snapshot };
    serializers.set(key, snapshot);
  }
  return { meta, unknown: null };
}
