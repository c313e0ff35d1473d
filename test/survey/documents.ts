// Small `_metadata` documents, made by hand: what matters to a survey is which streams they hold.
import { writeMetadata } from '../../src/format/metadata/write.js';
import type {
  CheckpointProperties,
  IncrementalHandle,
  KeyedStateHandle,
  Metadata,
  OperatorStateHandle,
  StreamStateHandle,
  WritableVersion,
} from '../../src/model/metadata.js';

const KEY_GROUPS = { first: 0, last: 127 };

export interface DocumentParts {
  readonly checkpointId?: bigint;
  /** Each becomes the stream of an operator state of its own. */
  readonly streams?: readonly StreamStateHandle[];
  readonly keyed?: readonly KeyedStateHandle[];
  readonly operator?: readonly OperatorStateHandle[];
  readonly savepoint?: boolean;
  readonly version?: WritableVersion;
}

/** The bytes of a `_metadata`: one operator, one subtask for each handle. */
export function metadataBytes(parts: DocumentParts): Uint8Array {
  const { streams = [], keyed = [], operator = [], version = 6 } = parts;
  const handles = [...streams.map(operatorHandle), ...operator];
  const count = Math.max(1, handles.length, keyed.length);
  const metadata: Metadata = {
    formatVersion: 6,
    dialect: 'current',
    checkpointId: parts.checkpointId ?? 1n,
    masterStates: [],
    operators: [
      {
        id: '0da08f51eaa85fc298e176a139b3649a',
        name: 'counter',
        uid: 'counter',
        parallelism: count,
        maxParallelism: Math.max(128, count),
        fullyFinished: false,
        coordinatorState: null,
        subtasks: Array.from({ length: count }, (_, index) => ({
          index,
          finished: false,
          managedOperatorState: handles.slice(index, index + 1),
          rawOperatorState: [],
          managedKeyedState: keyed.slice(index, index + 1),
          rawKeyedState: [],
          inputChannelState: [],
          resultSubpartitionState: [],
          legacyState: [],
        })),
      },
    ],
    properties: parts.savepoint === true ? SAVEPOINT : null,
  };
  return writeMetadata(metadata, version);
}

export function file(path: string, sizeBytes: number): StreamStateHandle {
  return { kind: 'file', path, sizeBytes: BigInt(sizeBytes) };
}

export function relative(relativePath: string, sizeBytes: number): StreamStateHandle {
  return { kind: 'relative-file', relativePath, sizeBytes: BigInt(sizeBytes) };
}

export function segment(path: string, startPos: number, sizeBytes: number): StreamStateHandle {
  return {
    kind: 'segment',
    path,
    startPos: BigInt(startPos),
    sizeBytes: BigInt(sizeBytes),
    scope: 'SHARED',
    logicalFileId: `${path}@${startPos}`,
  };
}

export function inline(handleName: string, content: string): StreamStateHandle {
  return { kind: 'bytes', handleName, data: new TextEncoder().encode(content) };
}

export function incremental(
  shared: readonly StreamStateHandle[],
  checkpointedSizeBytes: bigint,
): IncrementalHandle {
  return {
    kind: 'incremental',
    checkpointId: 1n,
    backendId: '7f3a5a1c-0000-4000-8000-000000000000',
    keyGroups: KEY_GROUPS,
    checkpointedSizeBytes,
    metaStream: inline('meta', 'header'),
    shared: shared.map((stream, index) => ({ localPath: `${String(index).padStart(6, '0')}.sst`, stream })),
    private: [],
    stateHandleId: '7f3a5a1c-0000-4000-8000-000000000001',
  };
}

export function changelogFiles(parts: readonly StreamStateHandle[], sizeBytes: number): KeyedStateHandle {
  return {
    kind: 'changelog-files',
    keyGroups: KEY_GROUPS,
    parts: parts.map((stream) => ({ offset: 0n, stream })),
    sizeBytes: BigInt(sizeBytes),
    incrementalSizeBytes: BigInt(sizeBytes),
    stateHandleId: '7f3a5a1c-0000-4000-8000-000000000002',
    storageId: 'filesystem',
  };
}

export function merged(
  stream: StreamStateHandle,
  taskOwnedDir: string,
  sharedDir: string,
): OperatorStateHandle {
  return {
    ...operatorHandle(stream),
    merging: { taskOwnedDir, sharedDir, isEmpty: stream.kind === 'segment-empty' },
  };
}

function operatorHandle(stream: StreamStateHandle): OperatorStateHandle {
  return {
    kind: 'operator',
    states: [{ name: 'buffer', mode: 'SPLIT_DISTRIBUTE', offsets: [0n] }],
    stream,
    merging: null,
  };
}

const SAVEPOINT: CheckpointProperties = {
  snapshotType: { kind: 'savepoint', name: 'Savepoint', format: 'CANONICAL', postCheckpointAction: 'NONE' },
  forced: true,
  unclaimed: false,
  discardSubsumed: false,
  discardFinished: false,
  discardCancelled: false,
  discardFailed: false,
  discardSuspended: false,
};
