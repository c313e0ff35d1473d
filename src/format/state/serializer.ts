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
  /** Composite snapshots only: their own fields before the nested ones, as written. */
  readonly outerVersion?: number;
  readonly outer?: Uint8Array;
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
