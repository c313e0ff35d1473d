// What a `_metadata` file says, in Flink's words: operators, subtasks, state handles. Numbers that are Java longs on
// the wire stay bigint, so that every file can be written back as it was. Nothing here knows bytes or storage.
// Source: Flink 2.3 CheckpointMetadata, OperatorState, OperatorSubtaskState and the StateHandle classes.

/** Version number at the head of a `_metadata` file. 1 is Flink 1.2's, 6 is written by 2.1 and later. */
export type FormatVersion = 1 | 2 | 3 | 4 | 5 | 6;

/** Versions that can be written. */
export type WritableVersion = 3 | 4 | 5 | 6;

/**
 * Layouts that share one version number; a reader finds out by trying (docs/metadata-format.md). `current` is the
 * newest layout of a version, the only one that is written.
 */
export type Dialect = 'current' | 'flink-1.14' | 'flink-1.11';

/** What stands before the operators in a `_metadata` file. */
export interface MetadataHeader {
  readonly formatVersion: FormatVersion;
  readonly dialect: Dialect;
  /** Never negative; a savepoint has one too. */
  readonly checkpointId: bigint;
  readonly masterStates: readonly MasterState[];
}

/** The whole of a `_metadata` file. */
export interface Metadata extends MetadataHeader {
  /** In the order of the file, which carries no meaning. */
  readonly operators: readonly OperatorState[];
  /** Null before version 4, and where the file holds a serialized null. */
  readonly properties: CheckpointProperties | null;
}

/** State of a hook that the JobManager runs. */
export interface MasterState {
  readonly name: string;
  readonly version: number;
  readonly payload: Uint8Array;
}

/** Flink's CheckpointProperties: what the coordinator was to do with the snapshot when it was taken. */
export interface CheckpointProperties {
  readonly snapshotType: SnapshotType;
  /** "Must be triggered", not "full". */
  readonly forced: boolean;
  readonly unclaimed: boolean;
  readonly discardSubsumed: boolean;
  readonly discardFinished: boolean;
  readonly discardCancelled: boolean;
  readonly discardFailed: boolean;
  readonly discardSuspended: boolean;
}

export type SharingFilesStrategy = 'FORWARD_BACKWARD' | 'FORWARD' | 'NO_SHARING';
export type SavepointFormat = 'CANONICAL' | 'NATIVE';
export type PostCheckpointAction = 'NONE' | 'SUSPEND' | 'TERMINATE';

/** Flink's CheckpointType or SavepointType. */
export type SnapshotType =
  | { readonly kind: 'checkpoint'; readonly name: string; readonly sharing: SharingFilesStrategy }
  | {
      readonly kind: 'savepoint';
      readonly name: string;
      readonly format: SavepointFormat;
      readonly postCheckpointAction: PostCheckpointAction;
    };

/** An operator without its subtasks. In version 1 an entry stands for a job vertex and its whole chain. */
export interface OperatorHead {
  /** 32 lower-case hex digits, as Flink prints an OperatorID. */
  readonly id: string;
  /** Null before version 5 or where the file has none. */
  readonly name: string | null;
  readonly uid: string | null;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** The operator finished before the checkpoint; it has no subtasks then. */
  readonly fullyFinished: boolean;
  readonly coordinatorState: BytesHandle | null;
}

/** State of one operator, all subtasks. */
export interface OperatorState extends OperatorHead {
  /** In the order of the file. Subtasks without state may be left out. */
  readonly subtasks: readonly SubtaskState[];
}

/**
 * State of one subtask (Flink's OperatorSubtaskState). The operator and keyed lists hold at most one handle, but in
 * version 1, where they hold one for each operator of the chain that has such state.
 */
export interface SubtaskState {
  readonly index: number;
  /** The subtask finished before the checkpoint; everything else is empty then. */
  readonly finished: boolean;
  readonly managedOperatorState: readonly OperatorStateHandle[];
  readonly rawOperatorState: readonly OperatorStateHandle[];
  readonly managedKeyedState: readonly KeyedStateHandle[];
  readonly rawKeyedState: readonly KeyedStateHandle[];
  readonly inputChannelState: readonly ChannelStateHandle[];
  readonly resultSubpartitionState: readonly ChannelStateHandle[];
  /** State of Flink 1.1's `Checkpointed` interface, seen in versions 1 and 2 only. */
  readonly legacyState: readonly StreamStateHandle[];
}

/** Key groups `first` to `last`, both included; `last` is `first - 1` for an empty range. */
export interface KeyGroupRange {
  readonly first: number;
  readonly last: number;
}

/** Bytes somewhere: inside the metadata, in a file, or in a part of a file. */
export type StreamStateHandle =
  | BytesHandle
  | FileHandle
  | RelativeFileHandle
  | SegmentHandle
  | EmptySegmentHandle
  | KeyGroupsStreamHandle;

/** ByteStreamStateHandle: inline. Its name looks like a path but no such file exists. */
export interface BytesHandle {
  readonly kind: 'bytes';
  readonly handleName: string;
  readonly data: Uint8Array;
}

/** FileStateHandle: a file named by an absolute URI. `sizeBytes` is -1 where unknown. */
export interface FileHandle {
  readonly kind: 'file';
  readonly path: string;
  readonly sizeBytes: bigint;
}

/** RelativeFileStateHandle: a file beside the `_metadata`. */
export interface RelativeFileHandle {
  readonly kind: 'relative-file';
  readonly relativePath: string;
  readonly sizeBytes: bigint;
}

/** SegmentFileStateHandle: a part of a merged file. */
export interface SegmentHandle {
  readonly kind: 'segment';
  readonly path: string;
  readonly startPos: bigint;
  readonly sizeBytes: bigint;
  readonly scope: 'EXCLUSIVE' | 'SHARED';
  readonly logicalFileId: string;
}

/** EmptySegmentFileStateHandle: a placeholder, never opened. */
export interface EmptySegmentHandle {
  readonly kind: 'segment-empty';
}

/** KeyGroupsStateHandle where a plain stream is expected (code 3 in a stream's place). */
export interface KeyGroupsStreamHandle {
  readonly kind: 'key-groups-stream';
  readonly keyGroups: KeyGroupRange;
  readonly offsets: readonly bigint[];
  readonly stream: StreamStateHandle;
}

export type KeyedStateHandle =
  | KeyGroupsHandle
  | IncrementalHandle
  | ChangelogHandle
  | ChangelogFilesHandle
  | ChangelogMemoryHandle;

/**
 * KeyGroupsStateHandle or KeyGroupsSavepointStateHandle: one stream with all key groups, `offsets[i]` the position of
 * key group `first + i`. `stateHandleId` is null where the encoding stores none.
 */
export interface KeyGroupsHandle {
  readonly kind: 'key-groups' | 'savepoint-key-groups';
  readonly keyGroups: KeyGroupRange;
  readonly offsets: readonly bigint[];
  readonly stream: StreamStateHandle;
  readonly stateHandleId: string | null;
}

/** A file of a RocksDB directory and where its bytes are. */
export interface HandleAndLocalPath {
  readonly localPath: string;
  readonly stream: StreamStateHandle;
}

/** IncrementalRemoteKeyedStateHandle. `checkpointedSizeBytes` is null where the encoding stores none, -1 if unknown. */
export interface IncrementalHandle {
  readonly kind: 'incremental';
  readonly checkpointId: bigint;
  readonly backendId: string;
  readonly keyGroups: KeyGroupRange;
  readonly checkpointedSizeBytes: bigint | null;
  readonly metaStream: StreamStateHandle;
  readonly shared: readonly HandleAndLocalPath[];
  readonly private: readonly HandleAndLocalPath[];
  readonly stateHandleId: string | null;
}

/** ChangelogStateBackendHandleImpl. Fields that an older dialect does not store are null. */
export interface ChangelogHandle {
  readonly kind: 'changelog';
  readonly keyGroups: KeyGroupRange;
  readonly checkpointedSizeBytes: bigint | null;
  /** Null where the file holds an empty place, which Flink passes over. */
  readonly materialized: readonly (KeyedStateHandle | null)[];
  readonly nonMaterialized: readonly (ChangelogFilesHandle | ChangelogMemoryHandle)[];
  readonly materializationId: bigint | null;
  readonly checkpointId: bigint | null;
  readonly stateHandleId: string | null;
}

/** ChangelogStateHandleStreamImpl: change sets at offsets in files. */
export interface ChangelogFilesHandle {
  readonly kind: 'changelog-files';
  readonly keyGroups: KeyGroupRange;
  readonly parts: readonly { readonly offset: bigint; readonly stream: StreamStateHandle }[];
  readonly sizeBytes: bigint;
  readonly incrementalSizeBytes: bigint | null;
  readonly stateHandleId: string | null;
  /** Null where the encoding stores none, which means `filesystem`. */
  readonly storageId: string | null;
}

/** InMemoryChangelogStateHandle: change sets inline. `keyGroup` is -1 for a metadata change. */
export interface ChangelogMemoryHandle {
  readonly kind: 'changelog-memory';
  readonly keyGroups: KeyGroupRange;
  readonly from: bigint;
  readonly to: bigint;
  readonly changes: readonly { readonly keyGroup: number; readonly change: Uint8Array }[];
  readonly stateHandleId: string | null;
}

export type DistributionMode = 'SPLIT_DISTRIBUTE' | 'UNION' | 'BROADCAST';

/** Where the elements of one operator state begin in the stream of its handle. */
export interface OperatorStateOffsets {
  readonly name: string;
  readonly mode: DistributionMode;
  readonly offsets: readonly bigint[];
}

/** OperatorStreamStateHandle, or FileMergingOperatorStreamStateHandle where `merging` is there. */
export interface OperatorStateHandle {
  readonly kind: 'operator';
  readonly states: readonly OperatorStateOffsets[];
  readonly stream: StreamStateHandle;
  readonly merging: FileMergingDirectories | null;
}

/** The two directories that a code 17 handle keeps alive (absolute URIs). */
export interface FileMergingDirectories {
  readonly taskOwnedDir: string;
  readonly sharedDir: string;
  readonly isEmpty: boolean;
}

/** Index of a channel: (gate, input channel) for inputs, (partition, subpartition) for outputs. */
export interface ChannelInfo {
  readonly group: number;
  readonly index: number;
}

export type ChannelDirection = 'input' | 'output';

/** State of one channel of an unaligned checkpoint. `subtaskIndex` is null in Flink 1.11's layout. */
export interface SingleChannelHandle {
  readonly kind: 'channel';
  readonly direction: ChannelDirection;
  readonly subtaskIndex: number | null;
  readonly channel: ChannelInfo;
  readonly offsets: readonly bigint[];
  readonly sizeBytes: bigint;
  readonly stream: StreamStateHandle;
}

/** State of many channels of one subtask in one handle (version 6). */
export interface MergedChannelHandle {
  readonly kind: 'merged-channels';
  readonly direction: ChannelDirection;
  readonly subtaskIndex: number;
  readonly sizeBytes: bigint;
  readonly channels: readonly {
    readonly channel: ChannelInfo;
    readonly sizeBytes: bigint;
    readonly offsets: readonly bigint[];
  }[];
  readonly stream: StreamStateHandle;
}

export type ChannelStateHandle = SingleChannelHandle | MergedChannelHandle;
