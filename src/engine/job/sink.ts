// What a job writes. Exactly once for the outside world by two phases, as in Flink's two-phase commit sinks: what was
// written since the last checkpoint is prepared with the checkpoint and committed only when that is complete.

/** What a sink may know of the subtask it runs in. */
export interface SinkContext {
  readonly subtaskIndex: number;
  readonly parallelism: number;
}

/** Writes within one subtask. All calls come one after the other. */
export interface SinkWriter<T, Committable> {
  write(record: T): void;
  /**
   * Resolves when more may be written, for sinks with a bounded buffer; undefined where that is now. Asked after every
   * write. Records that are already on their way, some hundred at most, may still come before it resolves.
   */
  backpressure?(): Promise<void> | undefined;
  /**
   * Called at a barrier, before the snapshot: ends what was written so far and makes it durable. The committables
   * become part of the checkpoint. Ids rise over restarts too; a job without checkpoints calls it once, at its end, with
   * Number.MAX_SAFE_INTEGER.
   */
  prepareCommit(checkpointId: number): Promise<readonly Committable[]>;
  /** Makes committables visible. May be called again for the same one after a recovery: must then do nothing. */
  commit(committables: readonly Committable[]): Promise<void>;
  /**
   * Called once before anything is written, at the first start and after every recovery: takes away what earlier attempts
   * left uncommitted. By then all subtasks have committed what the restored checkpoint holds.
   */
  recover?(): Promise<void>;
  close(): Promise<void>;
}

/** A sink for records. `Committable` must survive `serializeCommittable` and back. */
export interface Sink<T, Committable = unknown> {
  createWriter(context: SinkContext): SinkWriter<T, Committable>;
  serializeCommittable(committable: Committable): Uint8Array;
  /** Throws where the bytes are not a committable of this sink. */
  deserializeCommittable(bytes: Uint8Array): Committable;
}
