// The state file of Flink's hashmap backend. Source: Flink HeapSnapshotStrategy, HeapRestoreOperation.
//
//     header (keyed-header.ts)
//     for every key group of the range, ascending, also empty ones; its offset is in the handle:
//         i32 key group
//         for every state: i16 state id | i32 n | n entries    (compressed: each state a stream, snappy-stream.ts)
//     an entry is namespace, key, value; in a PRIORITY_QUEUE it is a timer
import type { KeyGroupRange } from '../../model/metadata.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { EntriesByKeyGroup } from './entries-by-key-group.js';
import { chosenKeyGroups, type KeyedTypes, openKeyed } from './keyed-file.js';
import { writeKeyedHeader } from './keyed-header.js';
import type {
  DeclaredTypes,
  KeyedContent,
  KeyedEntry,
  KeyedSnapshot,
  KeyedState,
  KeyedStateEntry,
  KeyGroupOffsets,
  TimerState,
  WrittenKeyedState,
} from './keyed-state.js';
import type { TypeSerializer } from './serializer.js';
import { readSnappyStream } from './snappy-stream.js';

/**
 * Writes a heap file, uncompressed: every key group of the range has an offset, also empty ones. Throws a TypeError
 * that names state and key where a value is not of its type.
 */
export function writeHeapSnapshot({ key, keyGroups, states }: KeyedContent): WrittenKeyedState {
  const target = new ByteWriter();
  const offsets: bigint[] = [];
  writeKeyedHeader(
    target,
    key,
    states.map(({ state }) => state),
  );
  const entries = states.map(
    (content) => new EntriesByKeyGroup(content, keyGroups, entryWriter(key, content.state)),
  );
  for (let keyGroup = keyGroups.first; keyGroup <= keyGroups.last; keyGroup++) {
    offsets.push(BigInt(target.offset));
    target.i32(keyGroup);
    for (const [id, ofState] of entries.entries()) {
      target.i16(id);
      ofState.reserve(target, keyGroup - keyGroups.first);
    }
  }
  for (const ofState of entries) ofState.fill(target);
  return { bytes: target.take(), offsets };
}

/**
 * Opens a heap file. With `declared`, keys and states of those names are read with the serializers given, and a
 * UsageError tells where the file was written with other types.
 */
export function openHeapSnapshot(
  bytes: Uint8Array,
  where: KeyGroupOffsets,
  declared?: DeclaredTypes,
): KeyedSnapshot {
  return openKeyed(bytes, declared, (types, range) => readKeyGroups(bytes, { where, types, range }));
}

function entryWriter(
  key: TypeSerializer<unknown>,
  state: KeyedState,
): (target: ByteWriter, entry: KeyedEntry) => void {
  if (state.kind === 'PRIORITY_QUEUE') {
    const { timer } = state;
    return (target, entry) =>
      timer.write(target, {
        timestampMs: entry.value as bigint,
        key: entry.key,
        namespace: entry.namespace,
      });
  }
  const { namespace } = state;
  const value: TypeSerializer<unknown> = state.value;
  return (target, entry) => {
    namespace.write(target, entry.namespace);
    key.write(target, entry.key);
    value.write(target, entry.value);
  };
}

interface HeapFile {
  readonly where: KeyGroupOffsets;
  readonly types: KeyedTypes;
  readonly range: KeyGroupRange | undefined;
}

function* readKeyGroups(bytes: Uint8Array, { where, types, range }: HeapFile): Generator<KeyedStateEntry> {
  const source = new ByteReader(bytes);
  const { first, last } = chosenKeyGroups(where, range);
  for (let keyGroup = first; keyGroup <= last; keyGroup++) {
    const index = keyGroup - where.keyGroups.first;
    source.enter('keyGroups');
    source.enter(keyGroup);
    source.seek(Number(where.offsets[index] ?? -1n), 'offset');
    const found = source.i32('keyGroup');
    if (found !== keyGroup) throw source.error(`expected key group ${keyGroup}, found ${found}`, 'keyGroup');
    const end = Number(where.offsets[index + 1] ?? bytes.length);
    const states = types.compressed ? readSnappyStream(source, end) : source;
    yield* readStates(states, types, keyGroup);
    if (types.compressed) states.expectEnd('entries');
    else if (source.offset !== end) {
      throw source.error(`the key group ends here and not at ${end}`, 'entries');
    }
    source.leave();
    source.leave();
  }
}

/** Every state has its block in every key group, in an order of the writer's. */
function* readStates(source: ByteReader, types: KeyedTypes, keyGroup: number): Generator<KeyedStateEntry> {
  const seen = new Set<KeyedState>();
  while (seen.size < types.states.length) {
    const start = source.offset;
    const id = source.i16('stateId');
    const state = types.states[id];
    if (state === undefined || seen.has(state))
      throw source.error(`unexpected state ${id}`, 'stateId', start);
    seen.add(state);
    source.enter(state.name);
    for (let left = source.count('entryCount', 2); left > 0; left--) {
      const entryAt = source.offset;
      source.startValue();
      yield state.kind === 'PRIORITY_QUEUE'
        ? timerEntry(source, state, keyGroup)
        : {
            state,
            keyGroup,
            namespace: state.namespace.read(source),
            key: types.key.read(source),
            value: state.value.read(source),
            sizeBytes: source.offset - entryAt,
          };
    }
    source.leave();
  }
}

function timerEntry(source: ByteReader, state: TimerState, keyGroup: number): KeyedStateEntry {
  const entryAt = source.offset;
  const { namespace, key, timestampMs } = state.timer.read(source);
  return { state, keyGroup, namespace, key, value: timestampMs, sizeBytes: source.offset - entryAt };
}
