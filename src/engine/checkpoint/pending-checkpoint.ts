// A checkpoint under way: which tasks have acknowledged, and the document it becomes when all have. Tasks that have
// finished take no part: the document says so of their operators. Source: Flink PendingCheckpoint, DefaultCheckpointPlan.
import type { CheckpointProperties, Metadata, OperatorState, SubtaskState } from '../../model/metadata.js';
import { BugError } from '../../support/errors.js';
import { type TaskIdentity, taskIdOf } from '../job/job-graph.js';
import type { CheckpointLocation } from './checkpoint-storage.js';
import type { SavepointRequest } from './savepoint.js';

/** An operator whose state goes into every checkpoint. */
export interface PlannedOperator {
  readonly id: string;
  readonly name: string;
  readonly uid: string | null;
  /** That of its task. */
  readonly vertexId: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

/** Which operators and tasks take part in a job's checkpoints. */
export interface CheckpointPlan {
  readonly operators: readonly PlannedOperator[];
  readonly tasks: readonly TaskIdentity[];
}

/** A subtask without any state. */
export const STATELESS: SubtaskState = {
  index: 0,
  finished: false,
  managedOperatorState: [],
  rawOperatorState: [],
  managedKeyedState: [],
  rawKeyedState: [],
  inputChannelState: [],
  resultSubpartitionState: [],
  legacyState: [],
};

/** What one subtask of an operator has to say at a checkpoint. */
export interface AcknowledgedState {
  readonly operatorId: string;
  readonly state: SubtaskState;
}

interface PendingParts {
  readonly plan: CheckpointPlan;
  readonly baseId: number;
  readonly triggeredAtMs: number;
  readonly savepoint: SavepointRequest | null;
}

export class PendingCheckpoint {
  readonly checkpointId: number;
  readonly triggeredAtMs: number;
  readonly location: CheckpointLocation;
  /** The newest complete checkpoint when it began, 0 without one: it refers to shared files of this or later ones. */
  readonly baseId: number;
  /** Null for a checkpoint. */
  readonly savepoint: SavepointRequest | null;
  readonly #plan: CheckpointPlan;
  readonly #missing: Set<string>;
  #finished: ReadonlySet<string> = new Set();
  readonly #subtasks = new Map<string, SubtaskState[]>();
  /** `running` until all have acknowledged, then `finalizing`; `over` when complete or given up. */
  phase: 'running' | 'finalizing' | 'over' = 'running';
  cancelTimeout: () => void = () => {};

  constructor(location: CheckpointLocation, parts: PendingParts) {
    this.checkpointId = location.checkpointId;
    this.#plan = parts.plan;
    this.location = location;
    this.baseId = parts.baseId;
    this.triggeredAtMs = parts.triggeredAtMs;
    this.savepoint = parts.savepoint;
    this.#missing = new Set(parts.plan.tasks.map(({ id }) => id));
    if (this.#missing.size !== parts.plan.tasks.length) throw new BugError('two tasks have one id');
  }

  /** Whether the task has not acknowledged it yet. */
  awaits(taskId: string): boolean {
    return this.phase === 'running' && this.#missing.has(taskId);
  }

  /** Leaves out the tasks with these ids; returns them. */
  leaveOut(finished: ReadonlySet<string>): readonly TaskIdentity[] {
    this.#finished = new Set(finished);
    return this.#plan.tasks.filter(({ id }) => finished.has(id) && this.#missing.delete(id));
  }

  /** Notes a task's state; true when it was the last one missing. */
  acknowledge(taskId: string, states: readonly AcknowledgedState[]): boolean {
    if (!this.#missing.delete(taskId)) return false;
    for (const { operatorId, state } of states) {
      const subtasks = this.#subtasks.get(operatorId);
      if (subtasks === undefined) this.#subtasks.set(operatorId, [state]);
      else subtasks.push(state);
    }
    return this.#missing.size === 0;
  }

  toMetadata(properties: CheckpointProperties): Metadata {
    return {
      formatVersion: 6,
      dialect: 'current',
      checkpointId: BigInt(this.checkpointId),
      masterStates: [],
      operators: this.#plan.operators.map((operator) => this.#stateOf(operator)),
      properties,
    };
  }

  #stateOf({ vertexId, ...operator }: PlannedOperator): OperatorState {
    const indices = Array.from({ length: operator.parallelism }, (_, index) => index);
    const finished = indices.filter((index) => this.#finished.has(taskIdOf(vertexId, index)));
    if (finished.length === operator.parallelism)
      return { ...operator, fullyFinished: true, coordinatorState: null, subtasks: [] };
    const subtasks = [
      ...(this.#subtasks.get(operator.id) ?? []),
      ...finished.map((index) => ({ ...STATELESS, index, finished: true })),
    ];
    subtasks.sort((a, b) => a.index - b.index);
    return { ...operator, fullyFinished: false, coordinatorState: null, subtasks };
  }
}
