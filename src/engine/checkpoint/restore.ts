// From a snapshot to the state of each subtask: operators are matched by id, key groups go by range to whoever owns them
// now, lists are dealt out anew where the parallelism changed.
// Source: Flink Checkpoints#loadAndValidateCheckpoint, StateAssignmentOperation, RoundRobinOperatorStateRepartitioner.
import { type OperatorStateContent, openOperatorSnapshot } from '../../format/state/operator-snapshot.js';
import { keyGroupRangeOf } from '../../model/key-groups.js';
import type { KeyedStateHandle, Metadata, OperatorState, OperatorStateHandle } from '../../model/metadata.js';
import { UsageError } from '../../support/errors.js';
import type { StateStreams } from '../state/keyed-backend.js';
import type { RestoredLists } from '../state/operator-state.js';
import { type RestoredChannel, readChannels } from './channel-handles.js';
import type { PlannedOperator } from './pending-checkpoint.js';
import { redistribute } from './redistribute.js';
import { streamsFor } from './state-streams.js';

/** What one subtask of an operator gets back. */
export interface RestoredSubtask {
  /** Handles that have key groups of the subtask, and perhaps others too. */
  readonly keyed: readonly KeyedStateHandle[];
  readonly lists: RestoredLists;
}

/** What all operators get back: by operator id, then subtask. Operators that the snapshot lacks are missing. */
export type RestoredStates = ReadonlyMap<string, readonly RestoredSubtask[]>;

export interface SnapshotToRestore {
  readonly metadata: Metadata;
  readonly streams: StateStreams;
  /** For messages. */
  readonly where: string;
}

/**
 * Throws a UsageError where the snapshot does not fit the job: state of operators that the job does not have (unless
 * allowed), another max parallelism, state of a kind that cannot be restored.
 */
export async function restoreStates(
  operators: readonly PlannedOperator[],
  snapshot: SnapshotToRestore,
  allowNonRestoredState: boolean,
): Promise<RestoredStates> {
  if (!allowNonRestoredState) checkAllClaimed(operators, snapshot);
  const restored = new Map<string, readonly RestoredSubtask[]>();
  for (const operator of operators) {
    const state = snapshot.metadata.operators.find(({ id }) => id === operator.id);
    if (state === undefined || state.fullyFinished) continue;
    checkMaxParallelism(operator, state, snapshot.where);
    refuseWhatIsNotRestored(operator, state);
    const lists = await restoreLists(operator, state, snapshot.streams);
    const subtasks = lists.map((own, index) => ({ keyed: keyedOf(operator, state, index), lists: own }));
    restored.set(operator.id, subtasks);
  }
  return restored;
}

/** The records in flight, by the operator that they come to. Call {@link restoreStates} before. */
export async function restoreInFlight(
  operators: readonly PlannedOperator[],
  { metadata, streams }: SnapshotToRestore,
): Promise<ReadonlyMap<string, readonly RestoredChannel[]>> {
  const inFlight = new Map<string, readonly RestoredChannel[]>();
  for (const { id, name } of operators) {
    const state = metadata.operators.find((other) => other.id === id);
    const channels = state === undefined ? [] : await readChannels(state, streamsFor(name, streams));
    if (channels.length > 0) inFlight.set(id, channels);
  }
  return inFlight;
}

function checkAllClaimed(
  operators: readonly PlannedOperator[],
  { metadata, where }: SnapshotToRestore,
): void {
  const known = new Set(operators.map(({ id }) => id));
  const left = metadata.operators.filter((state) => !known.has(state.id) && hasState(state));
  if (left.length === 0) return;
  const names = left.map(({ id, uid, name }) =>
    uid === null ? `${name ?? 'operator'} (${id})` : `uid ${uid}`,
  );
  throw new UsageError(
    `the snapshot has state of operators that the job does not have: ${names.join(', ')}`,
    {
      code: 'non-restored-state',
      where,
      next: 'give the operators their old uids, or leave the state behind with --allowNonRestoredState',
    },
  );
}

function hasState({ coordinatorState, subtasks }: OperatorState): boolean {
  const holds = (handles: readonly unknown[]) => handles.length > 0;
  return (
    coordinatorState !== null ||
    subtasks.some(
      (subtask) =>
        holds(subtask.managedKeyedState) ||
        holds(subtask.rawKeyedState) ||
        holds(subtask.managedOperatorState) ||
        holds(subtask.rawOperatorState) ||
        holds(subtask.legacyState) ||
        holds(subtask.inputChannelState) ||
        holds(subtask.resultSubpartitionState),
    )
  );
}

function checkMaxParallelism(operator: PlannedOperator, state: OperatorState, where: string): void {
  const isKeyed = state.subtasks.some(({ managedKeyedState }) => managedKeyedState.length > 0);
  if (!isKeyed || operator.maxParallelism === state.maxParallelism) return;
  const { name, parallelism, maxParallelism } = operator;
  const keyed = 'the max parallelism of keyed state cannot change';
  if (parallelism > state.maxParallelism) {
    const next = `run it with a parallelism of at most ${state.maxParallelism} (-p, setParallelism): ${keyed}`;
    throw new UsageError(
      `operator ${name} is to run with parallelism ${parallelism}, and the snapshot has max parallelism ${state.maxParallelism}`,
      { where, next },
    );
  }
  throw new UsageError(
    `operator ${name} has max parallelism ${maxParallelism}, the snapshot ${state.maxParallelism}`,
    {
      where,
      next: `set it with setMaxParallelism(${state.maxParallelism}), or nowhere in the job: ${keyed}`,
    },
  );
}

/** State that the engine has no use for must not be dropped in silence. */
function refuseWhatIsNotRestored(
  operator: PlannedOperator,
  { coordinatorState, subtasks }: OperatorState,
): void {
  if (coordinatorState !== null) throw unreadable(operator, 'state of a source coordinator');
  for (const subtask of subtasks) {
    if (subtask.rawKeyedState.length > 0) throw unreadable(operator, 'raw keyed state');
    if (subtask.rawOperatorState.length > 0) throw unreadable(operator, 'raw operator state');
    if (subtask.legacyState.length > 0) throw unreadable(operator, 'state of Flink 1.1');
    if (subtask.resultSubpartitionState.length > 0)
      throw unreadable(operator, 'records in flight of Flink (an unaligned checkpoint)');
  }
}

function keyedOf(operator: PlannedOperator, state: OperatorState, index: number): KeyedStateHandle[] {
  const own = keyGroupRangeOf(index, operator.parallelism, operator.maxParallelism);
  const handles = state.subtasks.flatMap(({ managedKeyedState }) => managedKeyedState);
  return handles.filter(({ keyGroups }) => keyGroups.first <= own.last && keyGroups.last >= own.first);
}

/** The operator state of every subtask: as it was where the parallelism is the same, else dealt out anew. */
async function restoreLists(
  operator: PlannedOperator,
  state: OperatorState,
  streams: StateStreams,
): Promise<readonly RestoredLists[]> {
  const parts: OperatorStateContent[][] = Array.from({ length: state.parallelism }, () => []);
  for (const { index, managedOperatorState } of state.subtasks) {
    for (const handle of managedOperatorState)
      parts[index]?.push(...(await readStates(operator, handle, streams)));
  }
  return redistribute(parts, operator.parallelism);
}

async function readStates(
  operator: PlannedOperator,
  handle: OperatorStateHandle,
  streams: StateStreams,
): Promise<readonly OperatorStateContent[]> {
  const bytes = await streamsFor(operator.name, streams).read(handle.stream);
  const snapshot = openOperatorSnapshot(bytes, handle.states);
  if (snapshot.kind !== 'readable') throw unreadable(operator, snapshot.kind);
  return snapshot.states;
}

function unreadable(operator: PlannedOperator, what: string): UsageError {
  return new UsageError(`operator ${operator.name} has operator state that cannot be restored: ${what}`, {
    where: operator.name,
    next: 'take the snapshot with this engine, or an aligned one of basic types with Flink',
  });
}
