// Whether a job would find its state in a snapshot, by structure alone: operator ids and parallelism. Types of state are
// not compared. Source: Flink Checkpoints#loadAndValidateCheckpoint, StateAssignmentOperation.

/** An operator of a job that does not run yet. */
export interface NewOperator {
  readonly uid: string;
  /** Null where nothing is said of it. */
  readonly parallelism: number | null;
}

/** An operator of the snapshot beside the one of the job. All fields are JSON. */
export interface RestoredOperator {
  readonly uid: string;
  readonly id: string;
  readonly name: string | null;
  readonly bytes: bigint;
  readonly maxParallelism: number;
  /** Why Flink refuses it; null where it fits. */
  readonly problem: string | null;
}

/** State of the snapshot that no operator of the job claims. All fields are JSON. */
export interface LeftOverState {
  readonly id: string;
  readonly uid: string | null;
  readonly name: string | null;
  readonly bytes: bigint;
  /** Flink skips an operator without state, and refuses one with (unless non-restored state is allowed). */
  readonly hasState: boolean;
}

/** All fields are JSON. */
export interface RestoreCheck {
  readonly structureOnly: true;
  readonly wouldRestore: boolean;
  /** It would with Flink's --allowNonRestoredState, which drops what is left over. */
  readonly wouldRestoreWithoutLeftOvers: boolean;
  readonly found: readonly RestoredOperator[];
  readonly leftOver: readonly LeftOverState[];
  /** Uids that the snapshot has nothing for: they start empty. */
  readonly withoutState: readonly string[];
}
