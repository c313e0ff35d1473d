// How values of one type become Flink's bytes. A serializer here stands for a Flink TypeSerializer together with its
// TypeSerializerSnapshot, so that what we write Flink can read and the other way round.
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';

/** A node of Flink's TypeSerializerSnapshot tree, as it stands in the header of a state file. */
export interface SerializerSnapshot {
  /** Java class of the snapshot, e.g. `org.apache.flink.api.common.typeutils.base.LongSerializer$LongSerializerSnapshot`. */
  readonly className: string;
  readonly version: number;
  /** Snapshots of nested serializers of a composite; absent for simple ones. */
  readonly nested?: readonly SerializerSnapshot[];
  /** Version of a composite's own fields before the nested ones. */
  readonly outerVersion?: number;
  /** Java class that the snapshot of a tuple names. */
  readonly tupleClass?: string;
  /** Flag of Flink 2's TtlAwareSerializerSnapshot, which wraps the one nested snapshot. */
  readonly ttlEnabled?: boolean;
}

/** A snapshot class, or a version of one, that cannot be read here. */
export interface UnknownSnapshot {
  readonly className: string;
  readonly version: number;
  /** Position of the class name in bytes. */
  readonly offset: number;
}

/** Turns values of `T` into bytes and back. Stateless. */
export interface TypeSerializer<T> {
  /** Name for messages: `string`, `long`, `list<string>`. */
  readonly typeName: string;
  readonly snapshot: SerializerSnapshot;
  /** Bytes of every value where all have the same length, else null (decides the composite key layout). */
  readonly fixedLengthBytes: number | null;
  /** Throws a TypeError with the value's own description where `value` is not of this type. */
  write(target: ByteWriter, value: T): void;
  read(source: ByteReader): T;
  /** Java's `hashCode()` of the value, 32-bit signed: decides the key group of a key. */
  javaHashCode(value: T): number;
}

/** Flink's ListSerializer: what a LIST state holds for a key. */
export interface ListTypeSerializer<T> extends TypeSerializer<readonly T[]> {
  readonly element: TypeSerializer<T>;
}

/** Flink's MapSerializer: what a MAP state holds for a key. Values may be null, keys may not. */
export interface MapTypeSerializer<K, V> extends TypeSerializer<ReadonlyMap<K, V | null>> {
  readonly mapKey: TypeSerializer<K>;
  readonly mapValue: TypeSerializer<V>;
}

/** A timer of a keyed operator. The timestamp is a Java long: Flink has timers at its very end. */
export interface Timer<K, N> {
  readonly timestampMs: bigint;
  readonly key: K;
  readonly namespace: N;
}

/** Flink's TimerSerializer: an element of a timer queue. */
export interface TimerTypeSerializer<K, N> extends TypeSerializer<Timer<K, N>> {
  readonly timerKey: TypeSerializer<K>;
  readonly timerNamespace: TypeSerializer<N>;
}
