// The whole of a `_metadata` as one JSON document, field by field, so that it can be held against Flink's own reading.
// Names, shapes and order are public: docs/metadata-format.md. Sizes are Flink's counts.
import type {
  CheckpointProperties,
  MasterState,
  Metadata,
  OperatorState,
  SubtaskState,
} from '../model/metadata.js';
import { documentSizes, operatorSizes, type StateSizes, subtaskSizes } from '../model/state-sizes.js';
import { type LeafStream, visitStreams } from '../model/streams.js';
import { exactNumber } from './json.js';
import { rawChannelHandle, rawKeyedHandle, rawOperatorHandle } from './raw-handles.js';
import { type JsonObject, pathOf, rawStream, sha256 } from './raw-stream.js';

/**
 * The document of `metadata`. `pointer` is the URI of the snapshot's directory: relative files are shown below it.
 * Integers are numbers, past 2^53 decimal strings. A subtask with state of Flink 1.1's interface (versions 1 and 2) has
 * a list more, `legacyState`.
 */
export function rawMetadata(metadata: Metadata, pointer: string): JsonObject {
  const operators = metadata.operators.map(asFlinkKeepsIt);
  const kept = { ...metadata, operators };
  return {
    formatVersion: metadata.formatVersion,
    pointer,
    checkpointId: exactNumber(metadata.checkpointId),
    properties: metadata.properties === null ? null : rawProperties(metadata.properties),
    masterStates: metadata.masterStates.map(rawMasterState),
    operators: operators.map((operator) => rawOperator(operator, pointer)),
    ...rawSizes(documentSizes(kept)),
    ...rawTotals(kept, pointer),
  };
}

/** Subtasks by index; of several entries for one subtask the last counts. */
function asFlinkKeepsIt(operator: OperatorState): OperatorState {
  const last = new Map(operator.subtasks.map((subtask) => [subtask.index, subtask]));
  return { ...operator, subtasks: [...last.values()].sort((a, b) => a.index - b.index) };
}

function rawProperties(properties: CheckpointProperties): JsonObject {
  const { snapshotType } = properties;
  const savepoint = snapshotType.kind === 'savepoint';
  return {
    snapshotType: snapshotType.name,
    savepoint,
    savepointFormat: savepoint ? snapshotType.format : null,
    sharing: savepoint ? 'NO_SHARING' : snapshotType.sharing,
    forced: properties.forced,
    unclaimed: properties.unclaimed,
    discardSubsumed: properties.discardSubsumed,
    discardFinished: properties.discardFinished,
    discardCancelled: properties.discardCancelled,
    discardFailed: properties.discardFailed,
    discardSuspended: properties.discardSuspended,
  };
}

function rawMasterState({ name, version, payload }: MasterState): JsonObject {
  return { name, version, size: payload.length, sha256: sha256(payload) };
}

function rawOperator(operator: OperatorState, pointer: string): JsonObject {
  const { id, name, uid, parallelism, maxParallelism, fullyFinished, coordinatorState } = operator;
  return {
    id,
    name,
    uid,
    parallelism,
    maxParallelism,
    fullyFinished,
    coordinatorState: coordinatorState === null ? null : rawStream(coordinatorState, pointer),
    subtasks: operator.subtasks.map((subtask) => rawSubtask(subtask, pointer)),
    ...rawSizes(operatorSizes(operator)),
  };
}

function rawSubtask(subtask: SubtaskState, pointer: string): JsonObject {
  const { index, finished } = subtask;
  if (finished) return { index, finished };
  const legacyState = subtask.legacyState.map((stream) => rawStream(stream, pointer));
  return {
    index,
    finished,
    ...rawSizes(subtaskSizes(subtask)),
    managedOperatorState: subtask.managedOperatorState.map((handle) => rawOperatorHandle(handle, pointer)),
    rawOperatorState: subtask.rawOperatorState.map((handle) => rawOperatorHandle(handle, pointer)),
    managedKeyedState: subtask.managedKeyedState.map((handle) => rawKeyedHandle(handle, pointer)),
    rawKeyedState: subtask.rawKeyedState.map((handle) => rawKeyedHandle(handle, pointer)),
    inputChannelState: subtask.inputChannelState.map((handle) => rawChannelHandle(handle, pointer)),
    resultSubpartitionState: subtask.resultSubpartitionState.map((handle) =>
      rawChannelHandle(handle, pointer),
    ),
    ...(legacyState.length === 0 ? {} : { legacyState }),
  };
}

function rawSizes(sizes: StateSizes): JsonObject {
  return {
    stateSize: exactNumber(sizes.stateSizeBytes),
    checkpointedSize: exactNumber(sizes.checkpointedSizeBytes),
  };
}

/** Counts over all streams; a file counts once, with its greatest size, a merged one to the end of the furthest segment. */
function rawTotals(metadata: Metadata, pointer: string): JsonObject {
  const sizes = new Map<string, bigint>();
  let streamCount = 0;
  let inlineStreamCount = 0;
  let inlineBytes = 0;
  const stream = (leaf: LeafStream) => {
    streamCount++;
    if (leaf.kind === 'bytes') {
      inlineStreamCount++;
      inlineBytes += leaf.data.length;
    } else if (leaf.kind !== 'segment-empty') {
      const path = pathOf(leaf, pointer);
      const end = leaf.kind === 'segment' ? asLong(leaf.startPos + leaf.sizeBytes) : leaf.sizeBytes;
      const before = sizes.get(path) ?? 0n;
      sizes.set(path, end > before ? end : before);
    }
  };
  visitStreams(metadata, { stream });
  const fileBytes = [...sizes.values()].reduce((sum, size) => asLong(sum + size), 0n);
  return {
    streamCount,
    inlineStreamCount,
    inlineBytes,
    fileCount: sizes.size,
    fileBytes: exactNumber(fileBytes),
  };
}

/** Sums wrap, as Java's do. */
function asLong(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
