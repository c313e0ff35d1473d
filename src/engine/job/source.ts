// What a job reads. A source is cut into splits; each subtask reads some of them, and the splits with their positions
// are the source's operator state: a split list, so that another parallelism can take them over (Flink FLIP-27 without
// the enumerator's own process: splits are discovered once, at the first start).

/** Where a reader puts its records. `timestampMs` is the event time, where the source knows one. */
export interface SourceOutput<T> {
  collect(record: T, timestampMs?: number): void;
  emitWatermark(timestampMs: number): void;
}

/** Outcome of one {@link SourceReader.poll}: records may follow at once, only after `available()`, or never. */
export type PollResult = 'more' | 'nothing' | 'end';

/** What a source may know of the subtask it runs in. */
export interface SourceContext {
  readonly subtaskIndex: number;
  readonly parallelism: number;
}

/** Reads splits within one subtask. All calls come one after the other. */
export interface SourceReader<T, Split> {
  /** Called once, with the splits of this subtask: fresh ones or those of a snapshot. */
  start(splits: readonly Split[]): Promise<void>;
  /** Emits at most `limit` records without waiting for anything. */
  poll(output: SourceOutput<T>, limit: number): PollResult;
  /** Resolves when a `poll` may have something again. Called only after `nothing`. */
  available(): Promise<void>;
  /** The splits with their positions after the last record emitted; finished ones left out. */
  snapshotState(): readonly Split[];
  close(): Promise<void>;
}

/** A source of records. `Split` must survive `serializeSplit` and back. */
export interface Source<T, Split = unknown> {
  readonly boundedness: 'bounded' | 'unbounded';
  /**
   * Called when the job starts without a snapshot, and again when it restarts before its first checkpoint. Split i goes to
   * subtask i modulo the parallelism.
   */
  discoverSplits(parallelism: number): Promise<readonly Split[]>;
  serializeSplit(split: Split): Uint8Array;
  /** Throws where the bytes are not a split of this source. */
  deserializeSplit(bytes: Uint8Array): Split;
  createReader(context: SourceContext): SourceReader<T, Split>;
}
