// A document whose state lies elsewhere: every stream replaced by another, and the directories that merged files are in
// no longer named. Pure. Source: Flink 2.3 MetadataV2V3SerializerBase, which takes any stream in a handle of state.
import type {
  ChannelStateHandle,
  HandleAndLocalPath,
  KeyedStateHandle,
  Metadata,
  OperatorStateHandle,
  StreamStateHandle,
  SubtaskState,
} from '../model/metadata.js';
import type { LeafStream } from '../model/streams.js';
import { assertNever } from '../support/errors.js';

/**
 * Whether only this snapshot names a stream, or later checkpoints too of a job that claims it: tables of RocksDB that an
 * incremental checkpoint shares, and all of a changelog.
 */
export type StreamUse = 'own' | 'handed-on';

/** Where a stream is now. */
export type StreamMap = (stream: LeafStream, use: StreamUse) => StreamStateHandle;

/**
 * `metadata` with every stream replaced. Operator state that was in merged files becomes plain operator state; handles
 * of none, which only keep the directories of merged files alive, are left out.
 */
export function relocate(metadata: Metadata, map: StreamMap): Metadata {
  const relocation = new Relocation(map);
  return {
    ...metadata,
    operators: metadata.operators.map((operator) => ({
      ...operator,
      subtasks: operator.subtasks.map((subtask) => relocation.subtask(subtask)),
    })),
  };
}

class Relocation {
  readonly #map: StreamMap;
  /** Inside of a changelog. */
  readonly #use: StreamUse;

  constructor(map: StreamMap, use: StreamUse = 'own') {
    this.#map = map;
    this.#use = use;
  }

  subtask(subtask: SubtaskState): SubtaskState {
    const operatorStates = (handles: readonly OperatorStateHandle[]) =>
      handles
        .filter(({ stream }) => stream.kind !== 'segment-empty')
        .map((handle) => ({ ...handle, stream: this.#stream(handle.stream), merging: null }));
    const keyedStates = (handles: readonly KeyedStateHandle[]) =>
      handles.map((handle) => this.#keyedState(handle));
    return {
      ...subtask,
      managedOperatorState: operatorStates(subtask.managedOperatorState),
      rawOperatorState: operatorStates(subtask.rawOperatorState),
      managedKeyedState: keyedStates(subtask.managedKeyedState),
      rawKeyedState: keyedStates(subtask.rawKeyedState),
      inputChannelState: this.#channels(subtask.inputChannelState),
      resultSubpartitionState: this.#channels(subtask.resultSubpartitionState),
      legacyState: subtask.legacyState.map((stream) => this.#stream(stream)),
    };
  }

  #channels(handles: readonly ChannelStateHandle[]): readonly ChannelStateHandle[] {
    return handles.map((handle) => ({ ...handle, stream: this.#stream(handle.stream) }));
  }

  #keyedState<H extends KeyedStateHandle>(handle: H): H;
  #keyedState(handle: KeyedStateHandle): KeyedStateHandle {
    switch (handle.kind) {
      case 'key-groups':
      case 'savepoint-key-groups':
        return { ...handle, stream: this.#stream(handle.stream) };
      case 'incremental':
        return {
          ...handle,
          metaStream: this.#stream(handle.metaStream),
          shared: this.#handedOn().#localPaths(handle.shared),
          private: this.#localPaths(handle.private),
        };
      case 'changelog':
        return {
          ...handle,
          materialized: handle.materialized.map((part) => part && this.#handedOn().#keyedState(part)),
          nonMaterialized: handle.nonMaterialized.map((part) => this.#handedOn().#keyedState(part)),
        };
      case 'changelog-files':
        return {
          ...handle,
          parts: handle.parts.map(({ offset, stream }) => ({ offset, stream: this.#stream(stream) })),
        };
      case 'changelog-memory':
        return handle;
      default:
        return assertNever(handle, 'keyed handle');
    }
  }

  #localPaths(files: readonly HandleAndLocalPath[]): readonly HandleAndLocalPath[] {
    return files.map(({ localPath, stream }) => ({ localPath, stream: this.#stream(stream) }));
  }

  #stream(stream: StreamStateHandle): StreamStateHandle {
    return stream.kind === 'key-groups-stream'
      ? { ...stream, stream: this.#stream(stream.stream) }
      : this.#map(stream, this.#use);
  }

  #handedOn(): Relocation {
    return new Relocation(this.#map, 'handed-on');
  }
}
