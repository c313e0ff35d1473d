// The keyed state of one subtask out of its RocksDB tables: what an incremental handle points to, without RocksDB and
// without Flink. Source: Flink RocksDBKeyedStateBackend (a column family for each state), RocksDBMapState and its kin.
//
// Keys and values in RocksDB are those of the canonical format, without its lengths and end marks.
import type { KeyGroupRange } from '../../model/metadata.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { type BoundStates, bindStates } from '../state/bind-states.js';
import { type CanonicalEntry, isSameMap, joinedMap, readCanonicalEntry } from '../state/canonical-entry.js';
import { keyGroupPrefixBytes } from '../state/composite-key.js';
import { type CompleteKeyedHeader, type PartialKeyedHeader, readKeyedHeader } from '../state/keyed-header.js';
import type { DeclaredTypes, KeyedState, KeyedStateEntry } from '../state/keyed-state.js';
import { mergeSourceOf, mergeTables, type VisibleEntry } from './merge-tables.js';
import type { Table } from './table.js';
import { UnreadTableError } from './unread-table-error.js';

/** What an incremental handle and its operator say, with the tables of the handle opened. */
export interface RocksDbFiles {
  readonly metaStream: Uint8Array;
  /** All `*.sst` of the handle, shared and private, in any order. */
  readonly tables: readonly Table[];
  /** Tables may hold more: what a rescaled job has not yet cleaned out. It is passed over. */
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
}

/** The state of a subtask, or the reason why it cannot be had although the meta stream is sound. */
export type RocksDbSnapshot =
  | {
      readonly kind: 'readable';
      readonly header: CompleteKeyedHeader;
      readonly key: KeyedTypes['key'];
      readonly states: readonly KeyedState[];
      /** The entries of one of `states` by ascending key as bytes; errors as of the tables and serializers. */
      entries(state: KeyedState): AsyncIterable<KeyedStateEntry>;
    }
  | { readonly kind: 'unknown-serializer'; readonly header: PartialKeyedHeader }
  | {
      readonly kind: 'unsupported-state';
      readonly header: CompleteKeyedHeader;
      readonly stateName: string;
      readonly reason: string;
    };

type KeyedTypes = Extract<BoundStates, { readonly kind: 'bound' }>;

/**
 * Opens the state of one handle. With `declared`, keys and states of those names are read with the serializers given.
 * UnreadTableError where a table does not tell its column family: state would be lost in silence.
 */
export function openRocksDbSnapshot(files: RocksDbFiles, declared?: DeclaredTypes): RocksDbSnapshot {
  const header = readKeyedHeader(files.metaStream);
  if (header.kind === 'partial') return { kind: 'unknown-serializer', header };
  const types = bindStates(header, declared);
  if (types.kind === 'unsupported') {
    return { kind: 'unsupported-state', header, stateName: types.stateName, reason: types.reason };
  }
  if (files.tables.some(({ properties }) => properties.columnFamily === null)) {
    throw new UnreadTableError('column-family', 'a table does not tell which column family it is of');
  }
  const { key, states } = types;
  return { kind: 'readable', header, key, states, entries: (state) => entriesOf(files, key, state) };
}

async function* entriesOf(
  files: RocksDbFiles,
  key: KeyedTypes['key'],
  state: KeyedState,
): AsyncGenerator<KeyedStateEntry> {
  const tables = files.tables.filter(({ properties }) => properties.columnFamily?.name === state.name);
  const sources = await Promise.all(tables.map(mergeSourceOf));
  const prefixBytes = keyGroupPrefixBytes(files.maxParallelism);
  const { first, last } = files.keyGroups;
  let pending: CanonicalEntry | null = null;
  for await (const visible of mergeTables(sources)) {
    const keyGroup = keyGroupOf(visible, prefixBytes);
    if (keyGroup < first || keyGroup > last) continue;
    const read = readCanonicalEntry(asCanonical(visible, state), { state, key, keyGroup, prefixBytes });
    if (pending !== null && isSameMap(pending, read)) {
      pending = joinedMap(pending, read);
      continue;
    }
    if (pending !== null) yield pending.entry;
    pending = read;
  }
  if (pending !== null) yield pending.entry;
}

/** An entry as a canonical file has it. Offsets of errors count from its start. */
function asCanonical({ key, value }: VisibleEntry, state: KeyedState): ByteReader {
  const target = new ByteWriter(key.length + value.length + 8);
  target.lengthPrefixedBytes(key);
  target.lengthPrefixedBytes(value);
  const source = new ByteReader(target.take());
  source.enter(state.name);
  return source;
}

/** Shorter keys are left to the reader of entries, which says what is wrong with them. */
function keyGroupOf({ key }: VisibleEntry, prefixBytes: 1 | 2): number {
  return key.length < prefixBytes ? 0 : key.readUIntBE(0, prefixBytes);
}
