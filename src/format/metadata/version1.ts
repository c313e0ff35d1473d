// What only Flink 1.2 and 1.3 wrote: the states of a whole chain of operators in one subtask, and those of Flink 1.1's
// `Checkpointed` interface. Read for the references in them; never written. Places of the chain without state are passed
// over. Source: Flink 1.2 SavepointV1Serializer, 1.3 SavepointV2Serializer.
import type { KeyedStateHandle, StreamStateHandle, SubtaskState } from '../../model/metadata.js';
import { readOptionalKeyed } from './keyed-handle.js';
import { type MetadataReader, objectBytes } from './metadata-reader.js';
import { readOperatorHandle } from './operator-handle.js';
import { readOptionalStream } from './stream-handle.js';

const NONE: readonly never[] = [];

//  +-----------------+----------------------+------------------------+------------------------+-------------+-------------+
//  | LegacyState     | i32 n, n *           | i32 n, n *             | KeyedHandle            | KeyedHandle |
//  | (below)         | OperatorHandle       | OperatorHandle, raw    | managed                | raw         |
//  +-----------------+----------------------+------------------------+------------------------+-------------+
export function readChainedSubtask(reader: MetadataReader, index: number): SubtaskState {
  reader.charge(objectBytes(9), 'subtaskIndex');
  return {
    index,
    finished: false,
    legacyState: readLegacyState(reader),
    managedOperatorState: present(reader.list('managedOperatorState', 1, readOperatorHandle)),
    rawOperatorState: present(reader.list('rawOperatorState', 1, readOperatorHandle)),
    managedKeyedState: readKeyedSlot(reader, 'managedKeyedState'),
    rawKeyedState: readKeyedSlot(reader, 'rawKeyedState'),
    inputChannelState: NONE,
    resultSubpartitionState: NONE,
  };
}

//  +-----------------+------------------------+
//  | i64 unused (-1) | i32 n, n * StreamHandle |
//  +-----------------+------------------------+
export function readLegacyState(reader: MetadataReader): readonly StreamStateHandle[] {
  reader.i64('unused');
  return present(reader.list('legacyState', 1, readLegacyStream));
}

function readLegacyStream(reader: MetadataReader): StreamStateHandle | null {
  return readOptionalStream(reader, 'stream');
}

function readKeyedSlot(reader: MetadataReader, field: string): readonly KeyedStateHandle[] {
  reader.enter(field);
  const handle = readOptionalKeyed(reader);
  reader.leave();
  return present([handle]);
}

function present<T>(handles: readonly (T | null)[]): readonly T[] {
  return handles.length === 0 ? NONE : handles.filter((handle) => handle !== null);
}
