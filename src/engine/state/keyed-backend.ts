// What a keyed state backend is to the rest of the engine. One backend serves one operator of one subtask; all calls
// come one after the other. Source: Flink CheckpointableKeyedStateBackend.
import type { ValueKeyedState } from '../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import type { KeyedStateHandle, KeyGroupRange, StreamStateHandle } from '../../model/metadata.js';
import type { Contents } from './contents.js';
import type { TimerQueue } from './timer-queue.js';

/**
 * How keyed state is written: as the backend does for a checkpoint; `native`, the same with nothing shared; or `canonical`,
 * as every backend reads it.
 */
export type SnapshotForm = 'checkpoint' | 'native' | 'canonical';

/** Where a snapshot's bytes go. */
export interface CheckpointStreams {
  readonly checkpointId: number;
  readonly form: SnapshotForm;
  /** Inside the metadata where `bytes` are few, else a file: of the checkpoint alone, or one that later ones may share. */
  write(bytes: Uint8Array, scope?: 'exclusive' | 'shared'): Promise<StreamStateHandle>;
  /** A random UUID. */
  newId(): string;
}

/** Where the bytes of a snapshot to restore come from. */
export interface StateStreams {
  /** Where true the job owns the files: its next checkpoints may refer to them again. */
  readonly owned?: boolean;
  read(stream: StreamStateHandle): Promise<Uint8Array>;
}

/** The asynchronous part of a snapshot: runs while records go on being processed. Null where there is no state. */
export type SnapshotWriter<Handle> = (streams: CheckpointStreams) => Promise<Handle | null>;

/** Brings what keys have into memory before the records with those keys are processed. */
export interface KeyPrefetcher {
  /** Keys in memory stay there until the next call. Where a promise is returned nothing may be used before it resolves. */
  prefetch(keys: readonly unknown[]): Promise<void> | undefined;
  /** Chooses the key at this position of the last {@link KeyPrefetcher.prefetch}. */
  choose(position: number): void;
}

export interface KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
  /** Chooses the key that all state handles work on. UsageError where it is not of the declared type. */
  setCurrentKey(key: unknown): void;
  /** Until the next choice there is no key: state cannot be used. */
  clearCurrentKey(): void;
  readonly currentKey: unknown;
  /** What the current key has in a state, valid as long as the backend. UsageError where the name has another type. */
  contentsOf<C>(state: ValueKeyedState): Contents<C>;
  /** The timers of this name, for keys of the backend. */
  timerQueue(name: string, namespace: TypeSerializer<unknown>): TimerQueue;
  /** Loads what the handles have of this backend's key groups. Called once, after open. UsageError where a type changed. */
  restore(handles: readonly KeyedStateHandle[], streams: StateStreams): Promise<void>;
  /** Takes a consistent copy now and returns what writes it. */
  snapshot(form: SnapshotForm): SnapshotWriter<KeyedStateHandle>;
  /** Null where every key is at hand at any time. */
  readonly prefetcher: KeyPrefetcher | null;
  /** The handle that was written for this checkpoint is part of a complete one. */
  notifyCheckpointComplete(checkpointId: number): void;
  /** Gives back what the backend holds outside of this process's memory. */
  close(): Promise<void>;
}
