// The snapshot classes of Flink that can be read here: how the body of each is laid out, and the serializer that it
// stands for. A class that is not in this table is unknown: POJO, Kryo, Avro, rows of the Table API.
import {
  bigintLongSerializer,
  booleanSerializer,
  byteSerializer,
  bytesSerializer,
  charSerializer,
  doubleSerializer,
  floatSerializer,
  intSerializer,
  nullableStringSerializer,
  shortSerializer,
} from './basic-serializers.js';
import {
  arrayListSerializer,
  doubleArraySerializer,
  intArraySerializer,
  listSerializer,
  longArraySerializer,
  mapSerializer,
  setSerializer,
  tupleSerializer,
} from './composite-serializers.js';
import {
  globalWindowSerializer,
  streamRecordSerializer,
  timerSerializer,
  timeWindowSerializer,
  ttlValueSerializer,
  voidNamespaceSerializer,
} from './runtime-serializers.js';
import type { SerializerSnapshot, TypeSerializer } from './serializer.js';

type AnySerializer = TypeSerializer<unknown>;

/** `arity` is the number of nested serializers; null where any number from 1 on will do. */
export interface CompositeClass {
  readonly layout: 'composite';
  readonly version: number;
  readonly arity: number | null;
  readonly outerVersion: number;
  /** Whether the outer body is the name of the tuple's class; else it is empty. */
  readonly namesTuple: boolean;
  of(nested: readonly AnySerializer[]): AnySerializer;
}

export type SnapshotClass =
  | { readonly layout: 'simple'; readonly version: number; readonly serializer: AnySerializer }
  | { readonly layout: 'ttl-aware'; readonly version: number }
  | CompositeClass;

const RUNTIME = 'org.apache.flink.runtime.state';

/** By Java class name. Where a Java type has two forms here, the exact one. */
const CLASSES: ReadonlyMap<string, SnapshotClass> = new Map<string, SnapshotClass>([
  ...[
    nullableStringSerializer,
    bigintLongSerializer,
    intSerializer,
    shortSerializer,
    byteSerializer,
    doubleSerializer,
    floatSerializer,
    booleanSerializer,
    charSerializer,
    bytesSerializer,
    intArraySerializer,
    longArraySerializer,
    doubleArraySerializer,
    voidNamespaceSerializer,
    timeWindowSerializer,
    globalWindowSerializer,
  ].map(simple),
  composite(1, ([element]) => listSerializer(element!)),
  composite(1, ([element]) => arrayListSerializer(element!)),
  composite(1, ([element]) => setSerializer(element!)),
  composite(2, ([key, value]) => mapSerializer(key!, value!)),
  composite(2, ([key, namespace]) => timerSerializer(key!, namespace!)),
  composite(1, ([value]) => streamRecordSerializer(value!)),
  composite(2, ([, userValue]) => ttlValueSerializer(userValue!)),
  composite(null, (fields) => tupleSerializer(...fields)),
  [`${RUNTIME}.ttl.TtlAwareSerializerSnapshot`, { layout: 'ttl-aware', version: 1 }],
]);

/** What is known of a snapshot class; undefined where nothing is. */
export function snapshotClass(className: string): SnapshotClass | undefined {
  return CLASSES.get(className);
}

/** The serializer that a snapshot stands for, or null where its class is unknown here. */
export function serializerOf(snapshot: SerializerSnapshot): TypeSerializer<unknown> | null {
  const known = CLASSES.get(snapshot.className);
  if (known === undefined || known.version !== snapshot.version) return null;
  if (known.layout === 'simple') return known.serializer;
  const nested: AnySerializer[] = [];
  for (const part of snapshot.nested ?? []) {
    const serializer = serializerOf(part);
    if (serializer === null) return null;
    nested.push(serializer);
  }
  // The snapshot stays as it was written: it may name a subclass of the tuple that is made here.
  return { ...(known.layout === 'ttl-aware' ? nested[0]! : known.of(nested)), snapshot };
}

/** Whether two snapshots stand for the same type. */
export function sameSnapshot(a: SerializerSnapshot, b: SerializerSnapshot): boolean {
  const nestedA = a.nested ?? [];
  const nestedB = b.nested ?? [];
  return (
    a.className === b.className &&
    a.version === b.version &&
    a.outerVersion === b.outerVersion &&
    a.tupleClass === b.tupleClass &&
    a.ttlEnabled === b.ttlEnabled &&
    nestedA.length === nestedB.length &&
    nestedA.every((part, i) => sameSnapshot(part, nestedB[i]!))
  );
}

function simple(serializer: AnySerializer): [string, SnapshotClass] {
  const { className, version } = serializer.snapshot;
  return [className, { layout: 'simple', version, serializer }];
}

/** Class name and versions are those of a serializer made for the purpose. */
function composite(arity: number | null, of: CompositeClass['of']): [string, SnapshotClass] {
  const { className, version, outerVersion, tupleClass } = of(
    Array(arity ?? 1).fill(bigintLongSerializer),
  ).snapshot;
  const namesTuple = tupleClass !== undefined;
  return [className, { layout: 'composite', version, arity, outerVersion: outerVersion!, namesTuple, of }];
}
