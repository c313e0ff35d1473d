// Sizes of state as Flink counts them: longs that wrap, a size of -1 where a file's is unknown, a file counted as often
// as it is referred to. Source: Flink 2.3 StateObject#getStateSize, CompositeStateHandle#getCheckpointedSize and the
// handle classes, OperatorSubtaskState, OperatorState.
import { assertNever } from '../support/errors.js';
import type {
  ChannelStateHandle,
  IncrementalHandle,
  KeyedStateHandle,
  Metadata,
  OperatorHead,
  OperatorState,
  OperatorStateHandle,
  StreamStateHandle,
  SubtaskState,
} from './metadata.js';

/** Flink's two counts. */
export interface StateSizes {
  /** All state that is referred to. */
  readonly stateSizeBytes: bigint;
  /** What was written anew for this snapshot. */
  readonly checkpointedSizeBytes: bigint;
}

const UNKNOWN_SIZE = -1n;

export function documentSizes(metadata: Metadata): StateSizes {
  return sumOf(metadata.operators, operatorSizes);
}

export function operatorSizes(operator: OperatorState): StateSizes {
  return addSizes(coordinatorSizes(operator), sumOf(operator.subtasks, subtaskSizes));
}

/** What an operator has besides its subtasks. */
export function coordinatorSizes(operator: OperatorHead): StateSizes {
  return operator.coordinatorState === null ? NOTHING : allNew(streamSizeBytes(operator.coordinatorState));
}

export function subtaskSizes(subtask: SubtaskState): StateSizes {
  if (subtask.finished) return NOTHING;
  let stateSize = 0n;
  let checkpointedSize = 0n;
  for (const keyed of [subtask.managedKeyedState, subtask.rawKeyedState]) {
    for (const handle of keyed) {
      stateSize += keyedSizeBytes(handle);
      checkpointedSize += keyedCheckpointedSizeBytes(handle);
    }
  }
  let others = 0n;
  for (const stream of subtask.legacyState) others += streamSizeBytes(stream);
  for (const handle of subtask.managedOperatorState) others += operatorHandleSizeBytes(handle);
  for (const handle of subtask.rawOperatorState) others += operatorHandleSizeBytes(handle);
  for (const handle of subtask.inputChannelState) others += channelSizeBytes(handle);
  for (const handle of subtask.resultSubpartitionState) others += channelSizeBytes(handle);
  return {
    stateSizeBytes: asLong(stateSize + others),
    checkpointedSizeBytes: asLong(checkpointedSize + others),
  };
}

export function addSizes(left: StateSizes, right: StateSizes): StateSizes {
  return {
    stateSizeBytes: asLong(left.stateSizeBytes + right.stateSizeBytes),
    checkpointedSizeBytes: asLong(left.checkpointedSizeBytes + right.checkpointedSizeBytes),
  };
}

export function streamSizeBytes(stream: StreamStateHandle): bigint {
  switch (stream.kind) {
    case 'bytes':
      return BigInt(stream.data.length);
    case 'file':
    case 'relative-file':
    case 'segment':
      return stream.sizeBytes;
    case 'segment-empty':
      return 0n;
    case 'key-groups-stream':
      return streamSizeBytes(stream.stream);
    default:
      return assertNever(stream, 'stream handle');
  }
}

export function operatorHandleSizeBytes(handle: OperatorStateHandle): bigint {
  return streamSizeBytes(handle.stream);
}

export function channelSizeBytes(handle: ChannelStateHandle): bigint {
  return handle.sizeBytes;
}

export function keyedSizeBytes(handle: KeyedStateHandle): bigint {
  switch (handle.kind) {
    case 'key-groups':
    case 'savepoint-key-groups':
      return streamSizeBytes(handle.stream);
    case 'incremental':
      return incrementalSizeBytes(handle);
    case 'changelog':
      return asLong(
        sum(handle.materialized, (part) => (part === null ? 0n : keyedSizeBytes(part))) +
          sum(handle.nonMaterialized, keyedSizeBytes),
      );
    case 'changelog-files':
      return handle.sizeBytes;
    case 'changelog-memory':
      return sum(handle.changes, (change) => BigInt(change.change.length));
    default:
      return assertNever(handle, 'keyed handle');
  }
}

export function keyedCheckpointedSizeBytes(handle: KeyedStateHandle): bigint {
  switch (handle.kind) {
    case 'incremental': {
      const written = handle.checkpointedSizeBytes ?? UNKNOWN_SIZE;
      return written === UNKNOWN_SIZE ? keyedSizeBytes(handle) : written;
    }
    case 'changelog':
      return handle.checkpointedSizeBytes ?? keyedSizeBytes(handle);
    case 'changelog-files':
      return handle.incrementalSizeBytes ?? keyedSizeBytes(handle);
    case 'key-groups':
    case 'savepoint-key-groups':
    case 'changelog-memory':
      return keyedSizeBytes(handle);
    default:
      return assertNever(handle, 'keyed handle');
  }
}

const NOTHING: StateSizes = { stateSizeBytes: 0n, checkpointedSizeBytes: 0n };

function incrementalSizeBytes(handle: IncrementalHandle): bigint {
  let size = streamSizeBytes(handle.metaStream);
  for (const file of handle.shared) size += streamSizeBytes(file.stream);
  for (const file of handle.private) size += streamSizeBytes(file.stream);
  return asLong(size);
}

function allNew(sizeBytes: bigint): StateSizes {
  return { stateSizeBytes: sizeBytes, checkpointedSizeBytes: sizeBytes };
}

function sumOf<T>(parts: readonly T[], sizesOf: (part: T) => StateSizes): StateSizes {
  return parts.reduce((total, part) => addSizes(total, sizesOf(part)), NOTHING);
}

function sum<T>(parts: readonly T[], sizeOf: (part: T) => bigint): bigint {
  return asLong(parts.reduce((total, part) => total + sizeOf(part), 0n));
}

function asLong(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
