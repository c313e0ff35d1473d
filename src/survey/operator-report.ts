// What a `_metadata` tells of one operator, without looking at any state file.
import type {
  KeyedStateHandle,
  KeyGroupRange,
  OperatorState,
  OperatorStateHandle,
  SubtaskState,
} from '../model/metadata.js';
import type { Rewrite } from '../model/rewrite.js';
import type { OperatorReport } from '../model/snapshot-report.js';
import {
  channelSizeBytes,
  coordinatorSizes,
  keyedSizeBytes,
  operatorHandleSizeBytes,
  operatorSizes,
  streamSizeBytes,
} from '../model/state-sizes.js';
import { visitCoordinatorStreams, visitSubtaskStreams } from '../model/streams.js';
import type { SnapshotPlace } from '../model/survey.js';
import { namedStates } from './named-states.js';
import { ReferenceCollector } from './references-of.js';

/** The report of an operator of the snapshot at `place`. */
export function reportOperator(
  operator: OperatorState,
  place: SnapshotPlace,
  rewrites: readonly Rewrite[],
): OperatorReport {
  const { id, name, uid, parallelism, maxParallelism, fullyFinished, subtasks } = operator;
  const { stateSizeBytes, checkpointedSizeBytes } = operatorSizes(operator);
  return {
    id,
    name,
    uid,
    parallelism,
    maxParallelism,
    fullBytes: stateSizeBytes,
    addedBytes: checkpointedSizeBytes,
    states: namedStates(subtasks),
    keyedBytes: sum(subtasks.flatMap(keyedHandles), keyedSizeBytes),
    operatorBytes: sum(subtasks, operatorBytes),
    coordinatorBytes: coordinatorSizes(operator).stateSizeBytes,
    inFlightBytes: sum(
      subtasks.flatMap((subtask) => [...subtask.inputChannelState, ...subtask.resultSubpartitionState]),
      channelSizeBytes,
    ),
    ...placesOfState(operator, place, rewrites),
    keyGroupRanges: distinctRanges(subtasks.flatMap(keyedHandles)),
    subtasks: subtasks.length,
    finishedSubtasks: subtasks.filter(({ finished }) => finished).length,
    fullyFinished,
  };
}

function keyedHandles({ managedKeyedState, rawKeyedState }: SubtaskState): readonly KeyedStateHandle[] {
  return [...managedKeyedState, ...rawKeyedState];
}

function operatorBytes({ managedOperatorState, rawOperatorState, legacyState }: SubtaskState): bigint {
  const handles: readonly OperatorStateHandle[] = [...managedOperatorState, ...rawOperatorState];
  return sum(handles, operatorHandleSizeBytes) + sum(legacyState, streamSizeBytes);
}

function placesOfState(
  operator: OperatorState,
  place: SnapshotPlace,
  rewrites: readonly Rewrite[],
): Pick<OperatorReport, 'inlineBytes' | 'files'> {
  const collector = new ReferenceCollector(place.directory, rewrites);
  let inlineBytes = 0n;
  const visitor = {
    stream: (stream: Parameters<typeof collector.addStream>[0]) => {
      if (stream.kind === 'bytes') inlineBytes += BigInt(stream.data.length);
      else collector.addStream(stream);
    },
  };
  visitCoordinatorStreams(operator, visitor);
  for (const subtask of operator.subtasks) visitSubtaskStreams(operator.id, subtask, visitor);
  return { inlineBytes, files: collector.references().files.length };
}

/** Ascending; empty ranges hold nothing and are left out. */
function distinctRanges(handles: readonly KeyedStateHandle[]): readonly KeyGroupRange[] {
  const ranges = new Map<string, KeyGroupRange>();
  for (const { keyGroups } of handles) {
    if (keyGroups.last >= keyGroups.first) ranges.set(`${keyGroups.first}-${keyGroups.last}`, keyGroups);
  }
  return [...ranges.values()].sort((a, b) => a.first - b.first || a.last - b.last);
}

function sum<T>(parts: readonly T[], sizeOf: (part: T) => bigint): bigint {
  return parts.reduce((total, part) => total + sizeOf(part), 0n);
}
