// How far a running job is: what its tasks have done so far. Counts and times are of the attempt that runs; durations are
// milliseconds.

/** What one subtask has done since its attempt began. Its three times add up to the time that it has run. */
export interface TaskProgress {
  /** Id of the vertex: that of the operator at its head. */
  readonly vertexId: string;
  readonly subtask: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
  /** Neither of the others. All tasks share a thread: waiting for it counts as being busy, as waiting for a core does. */
  readonly busyMs: number;
  /** Could not go on, as the next task had not taken what was sent to it. */
  readonly backPressuredMs: number;
  /** Had nothing to do. */
  readonly idleMs: number;
  /** All records are processed. */
  readonly hasEnded: boolean;
}

/** What a subtask's part of a checkpoint took. */
export interface CheckpointMetrics {
  /** From the first barrier to the last. */
  readonly alignmentMs: number;
  /** The copy, during which no record is processed. */
  readonly syncMs: number;
  /** Writing the copy, while records go on. */
  readonly asyncMs: number;
  /** Records in flight that are part of it; null where no barrier overtook any. */
  readonly persistedBytes: number | null;
}

/** A running job as a person wants to see it, at one moment. Rates are those of the last seconds. */
export interface JobView {
  readonly name: string;
  /** Flink's JobStatus. */
  readonly state: string;
  readonly restarts: number;
  readonly forMs: number;
  /** In the order of the graph. */
  readonly vertices: readonly VertexView[];
  /** The newest first. */
  readonly checkpoints: readonly CheckpointView[];
}

/** The subtasks of a vertex together; shares are between 0 and 1. */
export interface VertexView {
  readonly name: string;
  readonly parallelism: number;
  readonly recordsInPerSecond: number;
  readonly recordsOutPerSecond: number;
  readonly busy: number;
  readonly backPressured: number;
}

export interface CheckpointView {
  readonly id: number;
  readonly kind: 'checkpoint' | 'savepoint';
  readonly outcome: 'in-progress' | 'completed' | 'failed';
  readonly stateBytes: number;
  /** What of it was written for this one. */
  readonly addedBytes: number;
  /** The longest of any subtask. */
  readonly alignmentMs: number;
  readonly durationMs: number;
}
