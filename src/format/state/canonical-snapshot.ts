// The canonical ("unified") state file of savepoints, which every backend of Flink restores, and of the full
// checkpoints of old RocksDB backends. Source: Flink FullSnapshotAsyncWriter, FullSnapshotUtil.
//
//     header (keyed-header.ts)
//     for every key group that is not empty, ascending; its offset is in the handle, 0 for an empty one:
//         i16 id of the first state                            (compressed: the key group is a stream, snappy-stream.ts)
//         entries (canonical-entry.ts); after the last one of a state an i16: the next state, or -1 at the end
import type { KeyGroupRange } from '../../model/metadata.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import {
  type CanonicalEntry,
  END_OF_KEY_GROUP,
  isSameMap,
  joinedMap,
  readCanonicalEntry,
} from './canonical-entry.js';
import { CanonicalKeyGroupWriter } from './canonical-key-group-writer.js';
import { keyGroupPrefixBytes } from './composite-key.js';
import { chosenKeyGroups, endsOf, type KeyedTypes, openKeyed, writeEach } from './keyed-file.js';
import { writeKeyedHeader } from './keyed-header.js';
import type {
  DeclaredTypes,
  KeyedContent,
  KeyedSnapshot,
  KeyedState,
  KeyedStateEntry,
  KeyGroupOffsets,
  WrittenKeyedState,
} from './keyed-state.js';
import type { TypeSerializer } from './serializer.js';
import { readSnappyStream } from './snappy-stream.js';

/** The max parallelism of the operator: it decides how many bytes a key group takes. */
export interface WithMaxParallelism {
  readonly maxParallelism: number;
}

/**
 * Writes a canonical file, uncompressed; the offset of an empty key group is 0. Throws a TypeError that names state and
 * key where a value is not of its type.
 */
export function writeCanonicalSnapshot(content: KeyedContent & WithMaxParallelism): WrittenKeyedState {
  const { key, keyGroups, states } = content;
  const prefixBytes = keyGroupPrefixBytes(content.maxParallelism);
  const target = new ByteWriter();
  writeKeyedHeader(
    target,
    key,
    states.map(({ state }) => state),
  );
  const writers = new Map<number, CanonicalKeyGroupWriter>();
  const writerOf = (keyGroup: number) => {
    const known = writers.get(keyGroup);
    if (known !== undefined) return known;
    const added = new CanonicalKeyGroupWriter(new ByteWriter(), { key, keyGroup, prefixBytes });
    writers.set(keyGroup, added);
    return added;
  };
  for (const [id, content] of states.entries()) {
    writeEach(content, (keyGroup, entry) => writerOf(keyGroup).write(id, content.state, entry));
  }
  const offsets: bigint[] = [];
  for (let keyGroup = keyGroups.first; keyGroup <= keyGroups.last; keyGroup++) {
    const writer = writers.get(keyGroup);
    offsets.push(writer?.end() === true ? BigInt(target.offset) : 0n);
    if (writer !== undefined) target.bytes(writer.target.take());
  }
  return { bytes: target.take(), offsets };
}

/** A subtask's state as the rows that a database has of it. */
export interface CanonicalRows extends WithMaxParallelism {
  readonly key: TypeSerializer<unknown>;
  readonly keyGroups: KeyGroupRange;
  readonly states: readonly KeyedState[];
  /** Rows of one state and key group, ascending: composite keys and values as they are in the file. */
  rowsOf(
    state: KeyedState,
    keyGroup: number,
  ): Promise<readonly { readonly key: Uint8Array; readonly value: Uint8Array | null }[]>;
}

/** Writes a canonical file out of rows. */
export async function writeCanonicalRows(content: CanonicalRows): Promise<WrittenKeyedState> {
  const { key, keyGroups, states } = content;
  const prefixBytes = keyGroupPrefixBytes(content.maxParallelism);
  const target = new ByteWriter();
  const offsets: bigint[] = [];
  writeKeyedHeader(target, key, states);
  for (let keyGroup = keyGroups.first; keyGroup <= keyGroups.last; keyGroup++) {
    const writer = new CanonicalKeyGroupWriter(target, { key, keyGroup, prefixBytes });
    const start = target.offset;
    for (const [id, state] of states.entries()) {
      for (const row of await content.rowsOf(state, keyGroup))
        writer.writeRow(id, row.key, row.value ?? NO_BYTES);
    }
    offsets.push(writer.end() ? BigInt(start) : 0n);
  }
  return { bytes: target.take(), offsets };
}

const NO_BYTES = new Uint8Array();

/**
 * Opens a canonical file. With `declared`, keys and states of those names are read with the serializers given, and a
 * UsageError tells where the file was written with other types.
 */
export function openCanonicalSnapshot(
  bytes: Uint8Array,
  where: KeyGroupOffsets & WithMaxParallelism,
  declared?: DeclaredTypes,
): KeyedSnapshot {
  return openKeyed(bytes, declared, (types, range) => readKeyGroups(bytes, { where, types, range }));
}

interface CanonicalFile {
  readonly where: KeyGroupOffsets & WithMaxParallelism;
  readonly types: KeyedTypes;
  readonly range: KeyGroupRange | undefined;
}

function* readKeyGroups(
  bytes: Uint8Array,
  { where, types, range }: CanonicalFile,
): Generator<KeyedStateEntry> {
  const source = new ByteReader(bytes);
  const prefixBytes = keyGroupPrefixBytes(where.maxParallelism);
  const { first, last } = chosenKeyGroups(where, range);
  const ends = endsOf(where.offsets, bytes.length);
  for (let keyGroup = first; keyGroup <= last; keyGroup++) {
    const offset = Number(where.offsets[keyGroup - where.keyGroups.first] ?? -1n);
    if (offset === 0) continue;
    source.enter('keyGroups');
    source.enter(keyGroup);
    source.seek(offset, 'offset');
    const states = types.compressed ? readSnappyStream(source, ends.get(offset)!) : source;
    yield* wholeMaps(readStates(states, types, { keyGroup, prefixBytes }));
    if (types.compressed) states.expectEnd('entries');
    source.leave();
    source.leave();
  }
}

function* readStates(
  source: ByteReader,
  types: KeyedTypes,
  at: { readonly keyGroup: number; readonly prefixBytes: 1 | 2 },
): Generator<CanonicalEntry> {
  for (let id = source.u16('stateId'); id !== END_OF_KEY_GROUP; id = source.u16('nextStateId')) {
    const state = types.states[id];
    if (state === undefined) throw source.error(`no state ${id}`, 'stateId', source.offset - 2);
    source.enter(state.name);
    for (let isLast = false; !isLast; ) {
      const read = readCanonicalEntry(source, { ...at, key: types.key, state });
      isLast = read.isLastOfState;
      yield read;
    }
    source.leave();
  }
}

/** Joins the entries of one map, which follow each other. */
function* wholeMaps(entries: Iterable<CanonicalEntry>): Generator<KeyedStateEntry> {
  let pending: CanonicalEntry | null = null;
  for (const read of entries) {
    if (pending !== null && isSameMap(pending, read)) {
      pending = joinedMap(pending, read);
    } else {
      if (pending !== null) yield pending.entry;
      pending = read;
    }
  }
  if (pending !== null) yield pending.entry;
}
