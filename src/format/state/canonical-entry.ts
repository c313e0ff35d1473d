// One entry of a canonical file, read. Source: Flink FullSnapshotAsyncWriter, ListDelimitedSerializer, and the RocksDB
// states whose keys and values these are.
//
//     i32 n, n bytes of key | i32 n, n bytes of value
//
//     state                  key                               value
//     VALUE and alike        composite key (composite-key.ts)  the value
//     LIST                   composite key                     the elements, a comma (2C) between two
//     MAP, for each entry    composite key, key in the map     bool isNull, the value unless null
//     PRIORITY_QUEUE         key group, timer                  nothing
//
// The first bit of a key is never used by a key group; set, it says that the entry is the last of its state.
import { UsageError } from '../../support/errors.js';
import type { ByteReader } from '../bytes/byte-reader.js';
import { readKeyAndNamespace } from './composite-key.js';
import type { KeyedState, KeyedStateEntry, MapState } from './keyed-state.js';
import type { TypeSerializer } from './serializer.js';

export const LAST_OF_STATE = 0x80;
/** In place of a state id. */
export const END_OF_KEY_GROUP = 0xffff;
/** A map takes about ten times as much in memory. */
const MOST_BYTES_OF_MAP = 64 * 1024 * 1024;
/** Between the elements of a list. */
export const COMMA = 0x2c;

/** Where an entry stands: its state, and what its key begins with. */
export interface EntryPlace {
  readonly state: KeyedState;
  readonly key: TypeSerializer<unknown>;
  readonly keyGroup: number;
  readonly prefixBytes: 1 | 2;
}

/** An entry as it was read. Of a MAP state it holds one entry of a map. */
export interface CanonicalEntry {
  readonly entry: KeyedStateEntry;
  readonly isLastOfState: boolean;
  readonly map: PartOfMap | null;
}

/** One entry of a map; the composite key is the same for all entries of one map, and for no others of its state. */
export interface PartOfMap {
  readonly compositeKey: Uint8Array;
  readonly entries: Map<unknown, unknown>;
}

interface KeyAndValue {
  readonly namespace: unknown;
  readonly key: unknown;
  readonly value: unknown;
  readonly map: PartOfMap | null;
}

export function readCanonicalEntry(source: ByteReader, place: EntryPlace): CanonicalEntry {
  const { state, keyGroup } = place;
  const start = source.offset;
  source.startValue();
  const keyEnd = readLength(source, 'keyLength');
  const isLastOfState = readPrefix(source, place);
  const { namespace, key, value, map } = readKeyAndValue(source, place, keyEnd);
  const sizeBytes = source.offset - start;
  return { entry: { state, keyGroup, namespace, key, value, sizeBytes }, isLastOfState, map };
}

/** Returns whether the entry is the last of its state. */
function readPrefix(source: ByteReader, { keyGroup, prefixBytes }: EntryPlace): boolean {
  const start = source.offset;
  const first = source.u8('key');
  const high = first & ~LAST_OF_STATE;
  const found = prefixBytes === 1 ? high : (high << 8) | source.u8('key');
  if (found !== keyGroup)
    throw source.error(`a key of key group ${found}, expected ${keyGroup}`, 'key', start);
  return first !== high;
}

/** Whether two entries that follow each other are of one map. */
export function isSameMap(a: CanonicalEntry, b: CanonicalEntry): boolean {
  if (a.map === null || b.map === null || a.entry.state !== b.entry.state) return false;
  return Buffer.compare(a.map.compositeKey, b.map.compositeKey) === 0;
}

/** The entries of `next` go into the map of `map`. UsageError where that is too large to be held. */
export function joinedMap(map: CanonicalEntry, next: CanonicalEntry): CanonicalEntry {
  const sizeBytes = map.entry.sizeBytes + next.entry.sizeBytes;
  if (sizeBytes > MOST_BYTES_OF_MAP) {
    throw new UsageError(`state ${map.entry.state.name} has a map of more than ${MOST_BYTES_OF_MAP} bytes`, {
      code: 'state-not-read',
      next: 'so large a map of one key is not read here; ckpt inspect without --states shows the operator',
    });
  }
  for (const [mapKey, value] of next.map?.entries ?? []) map.map?.entries.set(mapKey, value);
  return { ...map, entry: { ...map.entry, sizeBytes } };
}

function readKeyAndValue(source: ByteReader, place: EntryPlace, keyEnd: number): KeyAndValue {
  const { state } = place;
  switch (state.kind) {
    case 'PRIORITY_QUEUE': {
      const { namespace, key, timestampMs } = state.timer.read(source);
      expectEnd(source, keyEnd, 'key');
      const value = readValue(source, () => timestampMs);
      return { namespace, key, value, map: null };
    }
    case 'MAP':
      return readPartOfMap(source, { ...place, state }, keyEnd);
    default: {
      const { namespace, key } = readKeyAndNamespace(source, { ...place, namespace: state.namespace });
      expectEnd(source, keyEnd, 'key');
      const value = readValue(source, (end) =>
        state.kind === 'LIST' ? readElements(source, state.value.element, end) : state.value.read(source),
      );
      return { namespace, key, value, map: null };
    }
  }
}

function readPartOfMap(
  source: ByteReader,
  place: EntryPlace & { readonly state: MapState },
  keyEnd: number,
): KeyAndValue {
  const { mapKey, mapValue } = place.state.value;
  const start = source.offset;
  const { namespace, key } = readKeyAndNamespace(source, { ...place, namespace: place.state.namespace });
  const length = source.offset - start;
  source.seek(start, 'key');
  const compositeKey = source.bytes(length, 'key');
  const userKey = mapKey.read(source);
  expectEnd(source, keyEnd, 'key');
  const value = readValue(source, () => (source.bool('isNull') ? null : mapValue.read(source)));
  const entries = new Map([[userKey, value]]);
  return { namespace, key, value: entries, map: { compositeKey, entries } };
}

function readValue<T>(source: ByteReader, read: (end: number) => T): T {
  const end = readLength(source, 'valueLength');
  const value = read(end);
  expectEnd(source, end, 'value');
  return value;
}

/** Elements up to `end`, a comma between two. */
export function readElements(source: ByteReader, element: TypeSerializer<unknown>, end: number): unknown[] {
  const list: unknown[] = [];
  while (source.offset < end) {
    if (list.length > 0 && source.u8('comma') !== COMMA) {
      throw source.error('expected a comma between two elements', 'comma', source.offset - 1);
    }
    list.push(element.read(source));
  }
  return list;
}

/** Reads an i32 length; returns where the bytes that it counts end. */
function readLength(source: ByteReader, field: string): number {
  const length = source.count(field, 1);
  return source.offset + length;
}

function expectEnd(source: ByteReader, end: number, field: string): void {
  if (source.offset !== end) throw source.error(`ends at byte ${source.offset}, not at ${end}`, field);
}
