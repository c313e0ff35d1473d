// One walk over every stream that a document refers to, with its place: references, sizes and listings are all taken
// from it, so that none of them forgets a handle. Streams within other handles are reached; their order is the file's.
import { assertNever } from '../support/errors.js';
import type {
  ChangelogHandle,
  ChannelStateHandle,
  KeyedStateHandle,
  KeyGroupRange,
  KeyGroupsStreamHandle,
  Metadata,
  OperatorHead,
  OperatorStateHandle,
  StreamStateHandle,
  SubtaskState,
} from './metadata.js';

/** A stream that holds no other: inline bytes, a file, or a part of one. */
export type LeafStream = Exclude<StreamStateHandle, KeyGroupsStreamHandle>;

/** The list of a subtask, or the operator's coordinator. */
export type StateSlot = Exclude<keyof SubtaskState, 'index' | 'finished'> | 'coordinatorState';

/**
 * What a stream is to its handle. `meta`, `shared` and `private` are those of an incremental handle, `changes` those of
 * a changelog; `state` is any other.
 */
export type StreamRole = 'state' | 'meta' | 'shared' | 'private' | 'changes';

/** Whose stream it is. `subtaskIndex` is null for the coordinator's. */
export interface StreamPlace {
  readonly operatorId: string;
  readonly subtaskIndex: number | null;
  readonly slot: StateSlot;
  readonly role: StreamRole;
  /** Those of the keyed state that it is part of; null for state without keys. */
  readonly keyGroups: KeyGroupRange | null;
}

/** Is told of every stream. Only files have a path: the name of inline bytes and an empty segment are none. */
export interface StreamVisitor {
  stream(stream: LeafStream, place: StreamPlace): void;
  /** A directory that merged operator state keeps alive, an absolute URI. */
  directory?(path: string, owner: 'task-owned' | 'shared', place: StreamPlace): void;
}

/** Visits the streams of a whole document. */
export function visitStreams(metadata: Metadata, visitor: StreamVisitor): void {
  for (const operator of metadata.operators) {
    visitCoordinatorStreams(operator, visitor);
    for (const subtask of operator.subtasks) visitSubtaskStreams(operator.id, subtask, visitor);
  }
}

/** Visits the stream of an operator that belongs to none of its subtasks. */
export function visitCoordinatorStreams(operator: OperatorHead, visitor: StreamVisitor): void {
  if (operator.coordinatorState === null) return;
  visitor.stream(operator.coordinatorState, {
    operatorId: operator.id,
    subtaskIndex: null,
    slot: 'coordinatorState',
    role: 'state',
    keyGroups: null,
  });
}

/** Visits the streams of one subtask. */
export function visitSubtaskStreams(operatorId: string, subtask: SubtaskState, visitor: StreamVisitor): void {
  if (subtask.finished) return;
  const walk = (slot: StateSlot) => new SlotWalk(visitor, operatorId, subtask.index, slot);
  for (const stream of subtask.legacyState) walk('legacyState').stream(stream, 'state');
  for (const handle of subtask.managedOperatorState) walk('managedOperatorState').operatorState(handle);
  for (const handle of subtask.rawOperatorState) walk('rawOperatorState').operatorState(handle);
  for (const handle of subtask.managedKeyedState) walk('managedKeyedState').keyedState(handle);
  for (const handle of subtask.rawKeyedState) walk('rawKeyedState').keyedState(handle);
  walk('inputChannelState').channels(subtask.inputChannelState);
  walk('resultSubpartitionState').channels(subtask.resultSubpartitionState);
}

/** Visits what lies in one slot of one subtask; makes one place for each role. */
class SlotWalk {
  readonly #visitor: StreamVisitor;
  #place: StreamPlace;

  constructor(visitor: StreamVisitor, operatorId: string, subtaskIndex: number, slot: StateSlot) {
    this.#visitor = visitor;
    this.#place = { operatorId, subtaskIndex, slot, role: 'state', keyGroups: null };
  }

  stream(stream: StreamStateHandle, role: StreamRole): void {
    let leaf = stream;
    while (leaf.kind === 'key-groups-stream') leaf = leaf.stream;
    this.#visitor.stream(leaf, this.#in(role));
  }

  operatorState(handle: OperatorStateHandle): void {
    this.stream(handle.stream, 'state');
    if (handle.merging === null) return;
    this.#visitor.directory?.(handle.merging.taskOwnedDir, 'task-owned', this.#in('state'));
    this.#visitor.directory?.(handle.merging.sharedDir, 'shared', this.#in('state'));
  }

  channels(handles: readonly ChannelStateHandle[]): void {
    for (const handle of handles) this.stream(handle.stream, 'state');
  }

  keyedState(handle: KeyedStateHandle): void {
    this.#place = { ...this.#place, keyGroups: handle.keyGroups };
    switch (handle.kind) {
      case 'key-groups':
      case 'savepoint-key-groups':
        this.stream(handle.stream, 'state');
        break;
      case 'incremental':
        this.stream(handle.metaStream, 'meta');
        for (const file of handle.shared) this.stream(file.stream, 'shared');
        for (const file of handle.private) this.stream(file.stream, 'private');
        break;
      case 'changelog':
        this.#changelog(handle);
        break;
      case 'changelog-files':
        for (const part of handle.parts) this.stream(part.stream, 'changes');
        break;
      case 'changelog-memory':
        break;
      default:
        assertNever(handle, 'keyed handle');
    }
  }

  #changelog(handle: ChangelogHandle): void {
    for (const materialized of handle.materialized) if (materialized !== null) this.keyedState(materialized);
    for (const changes of handle.nonMaterialized) this.keyedState(changes);
  }

  #in(role: StreamRole): StreamPlace {
    if (this.#place.role !== role) this.#place = { ...this.#place, role };
    return this.#place;
  }
}
