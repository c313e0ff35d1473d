// State of one subtask, versions 2 to 6; version1.ts has the older form. Source: Flink 2.3
// MetadataV2V3SerializerBase#serializeSubtaskState, MetadataV2Serializer, MetadataV3Serializer.
import type { KeyedStateHandle, OperatorStateHandle, SubtaskState } from '../../model/metadata.js';
import { readChannels, writeChannel } from './channel-handle.js';
import { readOptionalKeyed, writeOptionalKeyed } from './keyed-handle.js';
import { type MetadataReader, objectBytes } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { readOperatorHandle, writeOperatorHandle } from './operator-handle.js';
import { readLegacyState } from './version1.js';

const NONE: readonly never[] = [];
const SUBTASK_FIELDS = 9;
const SUBTASK_BYTES = objectBytes(SUBTASK_FIELDS);
const SINGLETON_BYTES = objectBytes(3);

/** A subtask that finished before the snapshot: it has an index and nothing else. */
export function finishedSubtask(reader: MetadataReader, index: number): SubtaskState {
  reader.charge(SUBTASK_BYTES, 'subtaskIndex');
  return {
    index,
    finished: true,
    managedOperatorState: NONE,
    rawOperatorState: NONE,
    managedKeyedState: NONE,
    rawKeyedState: NONE,
    inputChannelState: NONE,
    resultSubpartitionState: NONE,
    legacyState: NONE,
  };
}

//  +----------------+------------------------------+-----------------+-----------------+
//  | V2: i64 unused | V2: i32 n, n * StreamHandle  | OperatorSlot    | OperatorSlot    |
//  |     (-1)       |     legacy states            | managed         | raw             |
//  +----------------+------------------------------+-----------------+-----------------+
//  +----------------+----------------+------------------------------+-------------------------------------+
//  | KeyedHandle    | KeyedHandle    | V3+: i32 n, n * ChannelHandle | V3+: i32 n, n * ChannelHandle      |
//  | managed        | raw            | inputs                       | result subpartitions                |
//  +----------------+----------------+------------------------------+-------------------------------------+
export function readSubtask(reader: MetadataReader, index: number): SubtaskState {
  reader.charge(SUBTASK_BYTES, 'subtaskIndex');
  const { layout } = reader;
  const withChannels = layout.channels !== 'none';
  return {
    index,
    finished: false,
    legacyState: layout.legacyState ? readLegacyState(reader) : NONE,
    managedOperatorState: readOperatorSlot(reader, 'managedOperatorState'),
    rawOperatorState: readOperatorSlot(reader, 'rawOperatorState'),
    managedKeyedState: readKeyedSlot(reader, 'managedKeyedState'),
    rawKeyedState: readKeyedSlot(reader, 'rawKeyedState'),
    inputChannelState: withChannels ? readChannels(reader, 'input') : NONE,
    resultSubpartitionState: withChannels ? readChannels(reader, 'output') : NONE,
  };
}

export function writeSubtask(writer: MetadataWriter, subtask: SubtaskState): void {
  if (subtask.legacyState.length > 0) {
    throw writer.refusal(
      'state of the `Checkpointed` interface of Flink 1.1',
      'migrate the job with Flink 1.3',
    );
  }
  writeOperatorSlot(writer, subtask.managedOperatorState);
  writeOperatorSlot(writer, subtask.rawOperatorState);
  writeOptionalKeyed(writer, onlyOne(writer, subtask.managedKeyedState));
  writeOptionalKeyed(writer, onlyOne(writer, subtask.rawKeyedState));
  writer.list(subtask.inputChannelState, writeChannel);
  writer.list(subtask.resultSubpartitionState, writeChannel);
}

//  +---------------------+----------------+
//  | i32 present, 0 or 1 | OperatorHandle |  the handle only where present
//  +---------------------+----------------+
function readOperatorSlot(reader: MetadataReader, field: string): readonly OperatorStateHandle[] {
  const present = reader.i32(field);
  if (present === 0) return NONE;
  if (present !== 1) throw reader.error(`expected 0 or 1, found ${present}`, field, reader.offset - 4);
  reader.charge(SINGLETON_BYTES, field);
  reader.enter(field);
  const handle = readOperatorHandle(reader);
  if (handle === null) throw reader.error('announced and then missing', 'code', reader.offset - 1);
  reader.leave();
  return [handle];
}

function writeOperatorSlot(writer: MetadataWriter, handles: readonly OperatorStateHandle[]): void {
  const handle = onlyOne(writer, handles);
  writer.i32(handle === null ? 0 : 1);
  if (handle !== null) writeOperatorHandle(writer, handle);
}

function readKeyedSlot(reader: MetadataReader, field: string): readonly KeyedStateHandle[] {
  reader.enter(field);
  const handle = readOptionalKeyed(reader);
  reader.leave();
  if (handle === null) return NONE;
  reader.charge(SINGLETON_BYTES, field);
  return [handle];
}

/** The format has room for one handle in each of these places. */
function onlyOne<T>(writer: MetadataWriter, handles: readonly T[]): T | null {
  if (handles.length <= 1) return handles[0] ?? null;
  throw writer.refusal(
    `a subtask with ${handles.length} handles in one place`,
    'merge them into one, as a snapshot of one subtask has it',
  );
}
