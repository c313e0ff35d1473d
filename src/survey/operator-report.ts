// What a `_metadata` tells of one operator, subtask by subtask, without looking at any state file and without keeping
// the subtasks: a `_metadata` may be larger than what there is room for.
import type { KeyedStateHandle, KeyGroupRange, OperatorHead, SubtaskState } from '../model/metadata.js';
import type { OperatorReport } from '../model/snapshot-report.js';
import {
  addSizes,
  channelSizeBytes,
  coordinatorSizes,
  keyedSizeBytes,
  operatorHandleSizeBytes,
  type StateSizes,
  streamSizeBytes,
  subtaskSizes,
} from '../model/state-sizes.js';
import { type LeafStream, visitCoordinatorStreams, visitSubtaskStreams } from '../model/streams.js';
import { NamedStates } from './named-states.js';

/** What the handles of an operator tell; how many files they reference is counted where all references are. */
export type ToldByHandles = Omit<OperatorReport, 'files'>;

/** Is told the subtasks of one operator, then asked for the report. */
export class OperatorScan {
  readonly #head: OperatorHead;
  readonly #states = new NamedStates();
  readonly #ranges = new Map<string, KeyGroupRange>();
  #sizes: StateSizes;
  #keyedBytes = 0n;
  #operatorBytes = 0n;
  #inFlightBytes = 0n;
  #inlineBytes = 0;
  #subtasks = 0;
  #finishedSubtasks = 0;
  #hasState: boolean;

  constructor(head: OperatorHead) {
    this.#head = head;
    this.#sizes = coordinatorSizes(head);
    this.#hasState = head.coordinatorState !== null;
    visitCoordinatorStreams(head, this);
  }

  subtask(subtask: SubtaskState): void {
    this.#subtasks++;
    if (subtask.finished) this.#finishedSubtasks++;
    this.#hasState ||= hasState(subtask);
    this.#sizes = addSizes(this.#sizes, subtaskSizes(subtask));
    for (const handles of [subtask.managedKeyedState, subtask.rawKeyedState]) {
      for (const handle of handles) this.#keyed(handle);
    }
    this.#operatorBytes += operatorBytes(subtask);
    for (const handles of [subtask.inputChannelState, subtask.resultSubpartitionState]) {
      for (const handle of handles) this.#inFlightBytes += channelSizeBytes(handle);
    }
    this.#states.add(subtask);
    visitSubtaskStreams(this.#head.id, subtask, this);
  }

  stream(stream: LeafStream): void {
    if (stream.kind === 'bytes') this.#inlineBytes += stream.data.length;
  }

  report(): ToldByHandles {
    const { id, name, uid, parallelism, maxParallelism, fullyFinished, coordinatorState } = this.#head;
    return {
      id,
      name,
      uid,
      parallelism,
      maxParallelism,
      fullBytes: this.#sizes.stateSizeBytes,
      addedBytes: this.#sizes.checkpointedSizeBytes,
      states: this.#states.reports(),
      keyedBytes: this.#keyedBytes,
      operatorBytes: this.#operatorBytes,
      coordinatorBytes: coordinatorState === null ? 0n : streamSizeBytes(coordinatorState),
      inFlightBytes: this.#inFlightBytes,
      inlineBytes: BigInt(this.#inlineBytes),
      keyGroupRanges: [...this.#ranges.values()].sort((a, b) => a.first - b.first || a.last - b.last),
      subtasks: this.#subtasks,
      finishedSubtasks: this.#finishedSubtasks,
      fullyFinished,
      hasState: this.#hasState,
    };
  }

  /** Empty ranges hold nothing and are left out. */
  #keyed(handle: KeyedStateHandle): void {
    this.#keyedBytes += keyedSizeBytes(handle);
    const { first, last } = handle.keyGroups;
    if (last >= first) this.#ranges.set(`${first}-${last}`, handle.keyGroups);
  }
}

function operatorBytes({ managedOperatorState, rawOperatorState, legacyState }: SubtaskState): bigint {
  let total = 0n;
  for (const handle of managedOperatorState) total += operatorHandleSizeBytes(handle);
  for (const handle of rawOperatorState) total += operatorHandleSizeBytes(handle);
  for (const stream of legacyState) total += streamSizeBytes(stream);
  return total;
}

/** Flink's OperatorSubtaskState#hasState. */
function hasState(subtask: SubtaskState): boolean {
  const { index: _, finished, ...slots } = subtask;
  return !finished && Object.values(slots).some((handles) => handles.length > 0);
}
