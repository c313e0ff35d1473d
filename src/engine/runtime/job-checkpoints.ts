// The checkpoints of one job over all its attempts: what it is restored from, and who takes new ones.
// Source: Flink CheckpointCoordinator#restoreSavepoint, DefaultExecutionGraph#enableCheckpointing.
import { readMetadata } from '../../format/metadata/read.js';
import { child, formatLocation, type Location } from '../../model/location.js';
import type { Metadata } from '../../model/metadata.js';
import { documentSizes } from '../../model/state-sizes.js';
import { FormatError, JobError } from '../../support/errors.js';
import { CheckpointStorage } from '../checkpoint/checkpoint-storage.js';
import {
  type CompletedCheckpoint,
  CompletedCheckpoints,
  checkpointProperties,
} from '../checkpoint/completed-checkpoints.js';
import { CheckpointCoordinator } from '../checkpoint/coordinator.js';
import { finishedVertices } from '../checkpoint/finished-vertices.js';
import type { CheckpointPlan } from '../checkpoint/pending-checkpoint.js';
import { restoreInFlight, restoreStates } from '../checkpoint/restore.js';
import { stateStreams } from '../checkpoint/state-streams.js';
import { options as keys } from '../configuration.js';
import type { JobEnvironment, JobOptions } from '../execute.js';
import { adoptMaxParallelism, type JobGraph, taskIdentity } from '../job/job-graph.js';
import type { TaskSurroundings } from './task-factory.js';

export interface JobCheckpointsParts {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly options: JobOptions;
  readonly environment: JobEnvironment;
  /** The running attempt cannot go on. */
  onFailure(error: Error): void;
}

export class JobCheckpoints {
  /** The job's graph, with the max parallelism of the snapshot that it starts from. */
  readonly graph: JobGraph;
  /** Null where the job takes no checkpoints. */
  readonly coordinator: CheckpointCoordinator | null;
  readonly #parts: JobCheckpointsParts;
  readonly #plan: CheckpointPlan;
  readonly #completed: CompletedCheckpoints;
  /** The snapshot that the job was started from: it may have state that the job does not claim. */
  readonly #initial: CompletedCheckpoint | null;

  private constructor(parts: JobCheckpointsParts, initial: CompletedCheckpoint | null) {
    const { configuration } = parts.options;
    this.#parts = parts;
    this.#initial = initial;
    this.graph = initial === null ? parts.graph : graphFor(initial.metadata, parts.graph);
    this.#plan = planOf(this.graph);
    this.#completed = new CompletedCheckpoints(configuration.get(keys.numRetained));
    const { checkpointDirectory } = parts.environment;
    this.coordinator = checkpointDirectory === null ? null : this.#makeCoordinator(checkpointDirectory);
  }

  /** Reads the snapshot to start from. Throws where that cannot be done. */
  static async open(parts: JobCheckpointsParts): Promise<JobCheckpoints> {
    const { restore } = parts.options;
    const initial = restore === undefined ? null : await readSnapshot(parts, restore.snapshot);
    return new JobCheckpoints(parts, initial);
  }

  /** Those of the job itself: not a snapshot that it was started from and does not own. */
  get retained() {
    return this.#completed.all.filter(({ ownership }) => ownership !== null).map(({ summary }) => summary);
  }

  /** What the next attempt starts from; null for the beginning. */
  get latest(): CompletedCheckpoint | null {
    return this.#completed.latest ?? this.#initial;
  }

  /**
   * All tasks have the state of {@link latest}. From now on the snapshot that the job was started from is one of its
   * checkpoints; not before, so that a job that the snapshot does not fit never removes it.
   */
  restored(): void {
    if (this.latest === null) return;
    if (this.#completed.latest === null) this.#completed.add(this.latest);
    const { summary, metadata } = this.latest;
    const { checkpointId, location, stateBytes } = summary;
    const isSavepoint = metadata.properties?.snapshotType.kind === 'savepoint';
    this.#parts.environment.onEvent({ kind: 'restored', checkpointId, location, stateBytes, isSavepoint });
  }

  /** The state of the newest checkpoint for the next attempt, null where there is none. */
  async restore(): Promise<TaskSurroundings['restored']> {
    const { latest } = this;
    if (latest === null) return null;
    const { environment, options } = this.#parts;
    const { metadata, summary, ownership } = latest;
    const owned = ownership !== null;
    const streams = stateStreams(environment.storage, { directory: summary.location, owned });
    const snapshot = { metadata, streams, where: formatLocation(summary.location) };
    const mayLeave = latest !== this.#initial || options.restore?.allowNonRestoredState === true;
    const states = await restoreStates(this.#plan.operators, snapshot, mayLeave);
    const inFlight = await restoreInFlight(this.#plan.operators, snapshot);
    return { states, streams, inFlight, finished: finishedVertices(this.graph, snapshot) };
  }

  #makeCoordinator(directory: Location): CheckpointCoordinator {
    const { jobId, environment, options, onFailure } = this.#parts;
    const { configuration } = options;
    const { storage, random, clock } = environment;
    const root = configuration.get(keys.createSubdir) ? child(directory, jobId) : directory;
    const inline = configuration.get(keys.storage) === 'jobmanager';
    const inlineThresholdBytes = inline ? Number.POSITIVE_INFINITY : configuration.get(keys.inlineThreshold);
    return new CheckpointCoordinator({
      plan: this.#plan,
      checkpoints: this.#completed,
      checkpointStorage: new CheckpointStorage({ storage, root, random, inlineThresholdBytes }),
      storage,
      clock,
      rules: {
        intervalMs: configuration.get(keys.interval),
        minPauseMs: configuration.get(keys.minPause),
        maxConcurrent: configuration.get(keys.maxConcurrent),
      },
      timeoutMs: configuration.get(keys.timeout),
      tolerableFailures: configuration.get(keys.tolerableFailures),
      properties: checkpointProperties(configuration.get(keys.retention), options.onFinish),
      formatVersion: options.formatVersion ?? 6,
      firstCheckpointId: (this.#initial?.summary.checkpointId ?? 0) + 1,
      onEvent: environment.onEvent,
      onFailure,
    });
  }
}

function graphFor({ operators }: Metadata, graph: JobGraph): JobGraph {
  return adoptMaxParallelism(graph, new Map(operators.map(({ id, maxParallelism }) => [id, maxParallelism])));
}

function planOf({ vertices }: JobGraph): CheckpointPlan {
  return {
    operators: vertices.flatMap(({ head, operators }) =>
      operators.map(({ id, node, maxParallelism }) => {
        const { name, uid, parallelism } = node;
        return { id, name, uid, vertexId: head.id, parallelism, maxParallelism };
      }),
    ),
    tasks: vertices.flatMap((vertex) =>
      Array.from({ length: vertex.parallelism }, (_, index) => taskIdentity(vertex, index)),
    ),
  };
}

async function readSnapshot(parts: JobCheckpointsParts, location: Location): Promise<CompletedCheckpoint> {
  const { environment, options } = parts;
  const { retention } = keys;
  const bytes = await environment.storage.read(child(location, '_metadata'));
  const metadata = parseSnapshot(bytes, location);
  const summary = {
    checkpointId: Number(metadata.checkpointId),
    location,
    durationMs: 0,
    stateBytes: Number(documentSizes(metadata).stateSizeBytes),
    metadataBytes: bytes.length,
    files: 0,
  };
  const claimed = options.restore?.claimMode === 'claim';
  const properties = checkpointProperties(options.configuration.get(retention), options.onFinish);
  return { summary, metadata, ownership: claimed ? properties : null };
}

function parseSnapshot(bytes: Uint8Array, location: Location): Metadata {
  try {
    return readMetadata(bytes);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const where = formatLocation(location);
    const next = 'restore from another snapshot; ckpt list shows which are complete';
    throw new JobError(`the _metadata of ${where} is damaged: ${cause.message}`, {
      code: 'format',
      where,
      next,
      cause,
    });
  }
}
