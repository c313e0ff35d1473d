// A job as the capacity model sees it, and what the model says of it. Every number has its unit in its name; none is
// rounded.

/** Operators that are alike. */
export interface ModelledOperator {
  readonly name: string;
  readonly count: number;
  /** State of one of them, before compression. */
  readonly stateBytes: number;
  /** How much of its state one of them writes, new or again. */
  readonly changedBytesPerSecond: number;
  /** What one of them adds to `_metadata`. */
  readonly metadataBytes: number;
}

/** A job and its surroundings, free of contradictions. */
export interface JobModel {
  readonly operators: readonly ModelledOperator[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly minPauseMs: number;
  readonly maxConcurrent: number;
  /** How many completed checkpoints Flink keeps. */
  readonly retained: number;
  /** How long checkpoints are kept besides; null where Flink's own number is all. */
  readonly lifetimeMs: number | null;
  readonly mode: 'full' | 'incremental';
  /** Bytes of state for a byte in the store, at least 1. */
  readonly compressionRatio: number;
  /**
   * Bytes that incremental checkpoints upload for a changed byte, because compaction writes it again; at least 1. Null: as
   * RocksDB's levels make it.
   */
  readonly writeAmplification: number | null;
  /** Bytes in RocksDB's tables for a byte of state, because old versions lie in them for a while; as above. */
  readonly spaceAmplification: number | null;
  /** Of all tasks together, to the store and back. */
  readonly bandwidthBytesPerSecond: number;
  readonly alignmentMs: number;
  /** From the last upload's end until the coordinator has every acknowledgement and has written `_metadata`. */
  readonly ackMs: number;
  /** Mean time between failures. */
  readonly failureEveryMs: number;
  /** From a failure until tasks start to read their state. */
  readonly restartMs: number;
  /** How many times faster than its input the job can run; above 1. */
  readonly catchUpFactor: number;
  /** Share of the throughput that is lost while a checkpoint is under way, between 0 and 1. */
  readonly slowdownShare: number;
  /** What lies in the store now. */
  readonly storedBytes: number;
}

export interface CapacityForecast {
  /** From the start of one checkpoint to the next: longer than asked for where checkpoints take longer. */
  readonly intervalMs: number;
  readonly checkpoint: CheckpointForecast;
  readonly store: StoreForecast;
  readonly choice: IntervalChoice;
  /** At {@link intervalMs}, and at the interval chosen. */
  readonly now: IntervalCost;
  readonly chosen: IntervalCost;
  readonly formulas: readonly Formula[];
}

export interface CheckpointForecast {
  /** State as it lies in the store. */
  readonly stateBytes: number;
  readonly metadataBytes: number;
  /** What one checkpoint writes, its `_metadata` included. */
  readonly uploadBytes: number;
  readonly saveMs: number;
  readonly totalMs: number;
  /** Whether it is done before the timeout. */
  readonly completes: boolean;
}

export interface StoreForecast {
  readonly liveCheckpoints: number;
  /** All live checkpoints, each file once. */
  readonly steadyBytes: number;
  /** While further ones are under way and nothing is subsumed yet. */
  readonly peakBytes: number;
  readonly writtenBytesPerDay: number;
}

export interface IntervalChoice {
  /** First-order guess: Young 1974. */
  readonly youngMs: number;
  /** Higher-order guess: Daly 2006. */
  readonly dalyMs: number;
  /** The shortest interval that can be kept up. */
  readonly leastMs: number;
  /** The longest after which a checkpoint still completes in time: Infinity where each does, 0 where none does. */
  readonly longestMs: number;
  readonly chosenMs: number;
  /** What decided: the guess, or a bound of it. */
  readonly decidedBy: 'daly' | 'least' | 'longest';
}

/** What an interval costs. */
export interface IntervalCost {
  readonly intervalMs: number;
  /** Share of the throughput lost to checkpoints. */
  readonly overheadShare: number;
  /** Input to be read again after a failure, on average. */
  readonly replayMs: number;
  /** Until a failed job has restored its state, on average. */
  readonly downMs: number;
  /** Until it has caught up with its input, counted from the failure. */
  readonly recoveryMs: number;
}

/** A formula as articles have it, with what it gives here, where it fails, and what is right. */
export interface Formula {
  readonly name: string;
  readonly form: string;
  readonly gives: Quantity;
  readonly fails: string;
  readonly right: string;
  readonly rightGives: Quantity;
}

export interface Quantity {
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'bytes-per-day';
}
