// Serializers of Flink's own runtime: namespaces (none, or a window), timers, records with their time, and values with a
// time to live. Source: Flink VoidNamespaceSerializer, TimeWindow.Serializer, GlobalWindow.Serializer, TimerSerializer,
// StreamElementSerializer, TtlStateFactory.TtlSerializer, TtlAwareSerializerSnapshot.
import { bigintLongSerializer } from './basic-serializers.js';
import { compositeSnapshot, fixedLengthOf } from './composite-serializers.js';
import { javaLong } from './java-long.js';
import type { TimerTypeSerializer, TypeSerializer } from './serializer.js';
import { notAKey, wrongType } from './value-errors.js';

const WINDOWS = 'org.apache.flink.streaming.api.windowing.windows';
/** Timestamps are stored with the sign bit flipped, so that unsigned byte order is their order. */
const SIGN_BIT = -(2n ** 63n);

/** The namespace of state outside windows: null, one byte 0. */
export const voidNamespaceSerializer: TypeSerializer<null> = {
  typeName: 'void namespace',
  snapshot: {
    className: 'org.apache.flink.runtime.state.VoidNamespaceSerializer$VoidNamespaceSerializerSnapshot',
    version: 3,
  },
  fixedLengthBytes: 1,
  write(target, value) {
    if (value !== null) throw wrongType('the void namespace (null)', value);
    target.u8(0);
  },
  read(source) {
    source.u8('namespace');
    return null;
  },
  javaHashCode: () => notAKey('void namespace'),
};

/** A time window; `endMs` is the first millisecond after it. */
export interface TimeWindow {
  readonly startMs: bigint;
  readonly endMs: bigint;
}

/** The namespace of state in time windows: i64 start, i64 end. */
export const timeWindowSerializer: TypeSerializer<TimeWindow> = {
  typeName: 'time window',
  snapshot: { className: `${WINDOWS}.TimeWindow$Serializer$TimeWindowSerializerSnapshot`, version: 3 },
  fixedLengthBytes: 16,
  write(target, window) {
    bigintLongSerializer.write(target, window.startMs);
    bigintLongSerializer.write(target, window.endMs);
  },
  read: (source) => ({ startMs: source.i64('window.start'), endMs: source.i64('window.end') }),
  javaHashCode: () => notAKey('time window'),
};

/** The namespace of the one window that holds everything: one byte 0. */
export const globalWindowSerializer: TypeSerializer<null> = {
  ...voidNamespaceSerializer,
  typeName: 'global window',
  snapshot: { className: `${WINDOWS}.GlobalWindow$Serializer$GlobalWindowSerializerSnapshot`, version: 3 },
};

/** A timer: i64 timestamp with its sign bit flipped, key, namespace. */
export function timerSerializer<K, N>(
  timerKey: TypeSerializer<K>,
  timerNamespace: TypeSerializer<N>,
): TimerTypeSerializer<K, N> {
  const typeName = `timer<${timerKey.typeName}, ${timerNamespace.typeName}>`;
  const className = 'org.apache.flink.streaming.api.operators.TimerSerializerSnapshot';
  return {
    typeName,
    snapshot: compositeSnapshot({ className, outerVersion: 2, nested: [timerKey, timerNamespace] }),
    fixedLengthBytes: fixedLengthOf([bigintLongSerializer, timerKey, timerNamespace]),
    timerKey,
    timerNamespace,
    write(target, timer) {
      if (typeof timer.timestampMs !== 'bigint') throw wrongType('timestamp (a bigint)', timer.timestampMs);
      target.i64(timer.timestampMs ^ SIGN_BIT);
      timerKey.write(target, timer.key);
      timerNamespace.write(target, timer.namespace);
    },
    read: (source) => ({
      timestampMs: source.i64('timestamp') ^ SIGN_BIT,
      key: timerKey.read(source),
      namespace: timerNamespace.read(source),
    }),
    javaHashCode: () => notAKey(typeName),
  };
}

/** A record of a stream, and its event time in ms; null where it has none. */
export interface TimestampedValue<T> {
  readonly value: T;
  readonly timestampMs: number | null;
}

const WITH_TIMESTAMP = 0;
const WITHOUT_TIMESTAMP = 1;

/** What windows keep from which records are evicted: i8 tag, with tag 0 the i64 timestamp, then the value. */
export function streamRecordSerializer<T>(value: TypeSerializer<T>): TypeSerializer<TimestampedValue<T>> {
  const typeName = `stream record<${value.typeName}>`;
  const className =
    'org.apache.flink.streaming.runtime.streamrecord.StreamElementSerializer$StreamElementSerializerSnapshot';
  return {
    typeName,
    snapshot: compositeSnapshot({ className, outerVersion: 2, nested: [value] }),
    fixedLengthBytes: null,
    write(target, record) {
      target.u8(record.timestampMs === null ? WITHOUT_TIMESTAMP : WITH_TIMESTAMP);
      if (record.timestampMs !== null) target.i64(javaLong(record.timestampMs));
      value.write(target, record.value);
    },
    read(source) {
      const start = source.offset;
      const tag = source.u8('tag');
      if (tag !== WITH_TIMESTAMP && tag !== WITHOUT_TIMESTAMP)
        throw source.error(`expected tag 0 or 1, found ${tag}`, 'tag', start);
      const timestampMs = tag === WITH_TIMESTAMP ? Number(source.i64('timestamp')) : null;
      return { value: value.read(source), timestampMs };
    },
    javaHashCode: () => notAKey(typeName),
  };
}

/** A value of state with a time to live, and when it was last used. */
export interface TtlValue<T> {
  readonly lastAccessMs: bigint;
  readonly userValue: T;
}

/** i64 time of the last access, then the value. */
export function ttlValueSerializer<T>(userValue: TypeSerializer<T>): TypeSerializer<TtlValue<T>> {
  const typeName = `ttl<${userValue.typeName}>`;
  const className = 'org.apache.flink.runtime.state.ttl.TtlStateFactory$TtlSerializerSnapshot';
  return {
    typeName,
    snapshot: compositeSnapshot({ className, outerVersion: 2, nested: [bigintLongSerializer, userValue] }),
    fixedLengthBytes: fixedLengthOf([bigintLongSerializer, userValue]),
    write(target, value) {
      bigintLongSerializer.write(target, value.lastAccessMs);
      userValue.write(target, value.userValue);
    },
    read: (source) => ({ lastAccessMs: source.i64('lastAccess'), userValue: userValue.read(source) }),
    javaHashCode: () => notAKey(typeName),
  };
}
