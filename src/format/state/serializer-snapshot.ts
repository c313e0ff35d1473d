// The tree of TypeSerializerSnapshots in a header, as bytes. Bodies are not length-prefixed: after a class that is not
// known here nothing can be read, and the reader says so instead of guessing.
// Source: Flink TypeSerializerSnapshotSerializationUtil, CompositeTypeSerializerSnapshot,
// NestedSerializersSnapshotDelegate.
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import { MAX_TUPLE_ARITY } from './composite-serializers.js';
import type { SerializerSnapshot, UnknownSnapshot } from './serializer.js';
import { type CompositeClass, snapshotClass } from './snapshot-classes.js';

const PROXY_VERSION = 2;
const COMPOSITE_MAGIC = 911108;
const NESTED_MAGIC = 1333245;
const NESTED_VERSION = 1;
const MAX_DEPTH = 32;

export type ReadSnapshot = SerializerSnapshot | UnknownSnapshot;

/** Tells a snapshot that could not be read from one that could. */
export function isUnknown(read: ReadSnapshot): read is UnknownSnapshot {
  return 'offset' in read;
}

/**
 * Reads a snapshot at its outermost place.
 *
 *     i32 proxy version = 2 | snapshot: utf class name, i32 version, body
 *
 * The body of a simple serializer is empty; that of a composite one:
 *
 *     i32 911108 | i32 outer version | outer body
 *     i32 1333245 | i32 1 | i32 n | n snapshots
 */
export function readSnapshot(source: ByteReader): ReadSnapshot {
  expectI32(source, PROXY_VERSION, 'proxyVersion');
  return readBare(source, 0);
}

/** Writes a snapshot at its outermost place. */
export function writeSnapshot(target: ByteWriter, snapshot: SerializerSnapshot): void {
  target.i32(PROXY_VERSION);
  writeBare(target, snapshot);
}

function readBare(source: ByteReader, depth: number): ReadSnapshot {
  const offset = source.offset;
  if (depth > MAX_DEPTH) throw source.error(`serializers nested deeper than ${MAX_DEPTH}`, 'snapshotClass');
  const className = source.utf('snapshotClass');
  const version = source.i32('snapshotVersion');
  const known = snapshotClass(className);
  if (known === undefined || known.version !== version) return { className, version, offset };
  switch (known.layout) {
    case 'simple':
      return { className, version };
    case 'ttl-aware': {
      const ttlEnabled = source.bool('ttlEnabled');
      const wrapped = readBare(source, depth + 1);
      return isUnknown(wrapped) ? wrapped : { className, version, ttlEnabled, nested: [wrapped] };
    }
    case 'composite':
      return readComposite(source, { className, version, offset, known, depth });
  }
}

interface CompositeAt {
  readonly className: string;
  readonly version: number;
  readonly offset: number;
  readonly known: CompositeClass;
  readonly depth: number;
}

function readComposite(source: ByteReader, at: CompositeAt): ReadSnapshot {
  const { className, version, offset, known } = at;
  expectI32(source, COMPOSITE_MAGIC, 'compositeMagic');
  const outerVersion = source.i32('outerVersion');
  if (outerVersion !== known.outerVersion) return { className, version, offset };
  const tuple = known.namesTuple ? { tupleClass: source.utf('tupleClass') } : {};
  expectI32(source, NESTED_MAGIC, 'nestedMagic');
  expectI32(source, NESTED_VERSION, 'nestedVersion');
  const count = source.count('nestedCount', 6);
  if (known.arity === null ? count < 1 || count > MAX_TUPLE_ARITY : count !== known.arity) {
    throw source.error(
      `${className} cannot have ${count} nested serializers`,
      'nestedCount',
      source.offset - 4,
    );
  }
  const nested: SerializerSnapshot[] = [];
  for (let i = 0; i < count; i++) {
    const part = readBare(source, at.depth + 1);
    if (isUnknown(part)) return part;
    nested.push(part);
  }
  return { className, version, outerVersion, ...tuple, nested };
}

function writeBare(target: ByteWriter, snapshot: SerializerSnapshot): void {
  target.utf(snapshot.className);
  target.i32(snapshot.version);
  if (snapshot.ttlEnabled !== undefined) target.bool(snapshot.ttlEnabled);
  if (snapshot.outerVersion !== undefined) writeNested(target, snapshot, snapshot.outerVersion);
  else for (const wrapped of snapshot.nested ?? []) writeBare(target, wrapped);
}

function writeNested(target: ByteWriter, snapshot: SerializerSnapshot, outerVersion: number): void {
  const nested = snapshot.nested ?? [];
  target.i32(COMPOSITE_MAGIC);
  target.i32(outerVersion);
  if (snapshot.tupleClass !== undefined) target.utf(snapshot.tupleClass);
  target.i32(NESTED_MAGIC);
  target.i32(NESTED_VERSION);
  target.i32(nested.length);
  for (const part of nested) writeBare(target, part);
}

function expectI32(source: ByteReader, expected: number, field: string): void {
  const start = source.offset;
  const found = source.i32(field);
  if (found !== expected) throw source.error(`expected ${expected}, found ${found}`, field, start);
}
