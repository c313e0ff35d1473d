// An operator and its subtasks. Source: Flink 2.3 MetadataV2, V3 and V5Serializer#serializeOperatorState.
import type { BytesHandle, OperatorHead, OperatorState, SubtaskState } from '../../model/metadata.js';
import { type MetadataReader, objectBytes, STRING_BYTES } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';
import { readOptionalStream, writeOptionalStream } from './stream-handle.js';
import { finishedSubtask, readSubtask, writeSubtask } from './subtask-state.js';
import { readChainedSubtask } from './version1.js';

const FULLY_FINISHED = -1;
const ID_BYTES = 16;
const OPERATOR_ID = /^[0-9a-f]{32}$/;

/** Smallest operator: id, parallelism, max parallelism, number of subtasks. */
export const SMALLEST_OPERATOR_BYTES = 28;
/** Smallest subtask: the index of one that finished. */
const SMALLEST_SUBTASK_BYTES = 4;

/** An operator, and how many subtasks follow. */
export interface OperatorStart {
  readonly head: OperatorHead;
  readonly subtaskCount: number;
}

//  +--------------+-------------+--------------+-----------------+--------------------+---------------------+
//  | V5+:         | V5+:        | 16 bytes id  | i32 parallelism | i32 maxParallelism | V1, V2: i32 unused  |
//  | utf name     | utf uid     |              |                 |                    | (length of chain)   |
//  +--------------+-------------+--------------+-----------------+--------------------+---------------------+
//  +-------------------------------+-----------------------------------------+--------------+
//  | V3+: StreamHandle coordinator | i32 numSubtasks, -1: all finished (V3+) | n * Subtask  |
//  +-------------------------------+-----------------------------------------+--------------+
//  Name and uid: empty for none. The coordinator's state is inline or there is none. Without it where all finished.
export function readOperatorStart(reader: MetadataReader): OperatorStart {
  reader.charge(objectBytes(9) + 3 * STRING_BYTES, 'id');
  const { layout } = reader;
  const name = layout.names ? readOptionalText(reader, 'name') : null;
  const uid = layout.names ? readOptionalText(reader, 'uid') : null;
  const id = reader.hex(ID_BYTES, 'id');
  const parallelism = reader.i32('parallelism');
  const maxParallelism = reader.i32('maxParallelism');
  if (parallelism < 0 || parallelism > maxParallelism) {
    const message = `parallelism ${parallelism} is not from 0 to the max parallelism of ${maxParallelism}`;
    throw reader.error(message, 'parallelism', reader.offset - 8);
  }
  if (layout.chainLength) reader.i32('chainLength');
  const coordinatorState = layout.coordinatorState ? readCoordinatorState(reader) : null;
  const subtaskCount = readSubtaskCount(reader, coordinatorState);
  const fullyFinished = subtaskCount === FULLY_FINISHED;
  const head = { id, name, uid, parallelism, maxParallelism, fullyFinished, coordinatorState };
  return { head, subtaskCount: Math.max(0, subtaskCount) };
}

//  +---------------------------------------------+--------------------------+
//  | i32 index, V3+: -index - 1 where finished   | SubtaskState             |  none where finished
//  +---------------------------------------------+--------------------------+
export function readSubtaskEntry(reader: MetadataReader, head: OperatorHead): SubtaskState {
  const written = reader.i32('subtaskIndex');
  const finished = written < 0 && reader.layout.finishedFlags;
  const index = finished ? -written - 1 : written;
  if (index < 0 || index >= head.parallelism) {
    const message = `subtask ${index} of an operator with parallelism ${head.parallelism}`;
    throw reader.error(message, 'subtaskIndex', reader.offset - 4);
  }
  if (finished) return finishedSubtask(reader, index);
  return reader.layout.entries === 'vertices'
    ? readChainedSubtask(reader, index)
    : readSubtask(reader, index);
}

export function writeOperator(writer: MetadataWriter, operator: OperatorState): void {
  writer.place = `operator ${operator.uid ?? operator.name ?? operator.id}`;
  if (!OPERATOR_ID.test(operator.id)) {
    throw writer.refusal(`the operator id ${operator.id}`, 'give 32 lower-case hex digits');
  }
  if (operator.fullyFinished && (operator.coordinatorState !== null || operator.subtasks.length > 0)) {
    throw writer.refusal(
      'state of an operator that has finished',
      'leave it out, or the mark that it finished',
    );
  }
  if (writer.layout.names) {
    writer.utf(operator.name ?? '');
    writer.utf(operator.uid ?? '');
  }
  writer.bytes(Buffer.from(operator.id, 'hex'));
  writer.i32(operator.parallelism);
  writer.i32(operator.maxParallelism);
  writeOptionalStream(writer, operator.coordinatorState);
  if (operator.fullyFinished) writer.i32(FULLY_FINISHED);
  else writer.list(operator.subtasks, writeSubtaskEntry);
}

function writeSubtaskEntry(writer: MetadataWriter, subtask: SubtaskState): void {
  writer.i32(subtask.finished ? -subtask.index - 1 : subtask.index);
  if (!subtask.finished) writeSubtask(writer, subtask);
}

function readOptionalText(reader: MetadataReader, field: string): string | null {
  const text = reader.utf(field);
  return text === '' ? null : text;
}

function readCoordinatorState(reader: MetadataReader): BytesHandle | null {
  const at = reader.offset;
  const stream = readOptionalStream(reader, 'coordinatorState');
  if (stream === null || stream.kind === 'bytes') return stream;
  throw reader.error(`expected inline bytes, found a handle of kind ${stream.kind}`, 'coordinatorState', at);
}

function readSubtaskCount(reader: MetadataReader, coordinatorState: BytesHandle | null): number {
  if (!reader.layout.finishedFlags || !reader.nextIsI32(FULLY_FINISHED)) {
    return reader.count('subtasks', SMALLEST_SUBTASK_BYTES);
  }
  if (coordinatorState !== null) {
    throw reader.error('an operator that has finished has a coordinator', 'subtasks');
  }
  return reader.i32('subtasks');
}
