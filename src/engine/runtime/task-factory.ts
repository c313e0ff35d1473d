// From a job graph to tasks with their channels, operators and state. Source: Flink Task, StreamTask#init.
import { keyGroupRangeOf } from '../../model/key-groups.js';
import { BugError } from '../../support/errors.js';
import type { RestoredChannel } from '../checkpoint/channel-handles.js';
import type { RestoredStates, RestoredSubtask } from '../checkpoint/restore.js';
import { streamsFor } from '../checkpoint/state-streams.js';
import type { JobEnvironment } from '../execute.js';
import type { RuntimeContext } from '../job/functions.js';
import {
  type ChainedOperator,
  type JobEdge,
  type JobGraph,
  type JobVertex,
  taskIdentity,
} from '../job/job-graph.js';
import { MAX_WATERMARK, type OperatorContext, type Output } from '../operators/operator.js';
import { SourceOperator } from '../operators/source-operator.js';
import { HeapKeyedStateBackend } from '../state/heap-backend.js';
import type { KeyedStateBackend, StateStreams } from '../state/keyed-backend.js';
import { KeyedStateStore } from '../state/keyed-state-store.js';
import { OperatorStateBackend } from '../state/operator-state.js';
import { RocksDbKeyedStateBackend, type RocksDbSettings } from '../state/rocksdb/rocksdb-backend.js';
import { BroadcastOutput, type OperatorOutputs } from './chain-output.js';
import type { FailureInjection } from './failure-injection.js';
import { InputTask } from './input-task.js';
import { type ChainSurroundings, OperatorChain, type OperatorStates } from './operator-chain.js';
import { type RecordWriter, recordWriter } from './record-writer.js';
import { dealRestored, expectReaders } from './restored-records.js';
import { runtimeContext } from './runtime-context.js';
import { SourceTask } from './source-task.js';
import type { Task, TaskHost } from './task.js';
import { Wiring } from './wiring.js';

/** What the tasks of an attempt have in common. */
export interface TaskSurroundings {
  readonly environment: JobEnvironment;
  readonly mode: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';
  readonly injection: FailureInjection;
  readonly autoWatermarkIntervalMs: number;
  /** Null where keyed state is in memory. */
  readonly rocksDb: RocksDbSettings | null;
  /** Null where the attempt starts from nothing. */
  readonly restored: {
    readonly states: RestoredStates;
    readonly streams: StateStreams;
    /** Records in flight, by the operator that they come to. */
    readonly inFlight: ReadonlyMap<string, readonly RestoredChannel[]>;
    /** Ids of the vertices that had finished. */
    readonly finished: ReadonlySet<string>;
  } | null;
}

/** The subtasks of all vertices that have not finished, inputs before their consumers. */
export function buildTasks(graph: JobGraph, host: TaskHost, surroundings: TaskSurroundings): readonly Task[] {
  const wiring = new Wiring(graph);
  const splits = new FreshSplits();
  const inFlight: ReadonlyMap<string, readonly RestoredChannel[]> =
    surroundings.restored?.inFlight ?? new Map();
  expectReaders(inFlight.keys(), graph.vertices);
  return graph.vertices.flatMap((vertex, position) => {
    if (surroundings.restored?.finished.has(vertex.head.id)) {
      endOutputs(vertex, wiring);
      return [];
    }
    const channelsInto = (subtask: number) => wiring.into(position, subtask);
    const restored = dealRestored(inFlight.get(vertex.head.id) ?? [], vertex, channelsInto);
    return Array.from({ length: vertex.parallelism }, (_, subtaskIndex) => {
      const identity = taskIdentity(vertex, subtaskIndex);
      const makeChain = (task: Task) =>
        new OperatorChain(
          vertex.head,
          new Subtask({ graph, vertex, wiring, splits, subtaskIndex, task, ...surroundings }),
        );
      if (vertex.inputs === 0)
        return new SourceTask(identity, host, { makeChain, injection: surroundings.injection });
      return new InputTask(identity, host, {
        makeChain,
        channels: channelsInto(subtaskIndex),
        mode: surroundings.mode,
        restored: restored[subtaskIndex]!,
      });
    });
  });
}

/** All that a task sends which had finished before. */
function endOutputs({ operators, parallelism }: JobVertex, wiring: Wiring): void {
  const streams = operators.flatMap((operator) => operator.streams);
  for (let subtask = 0; subtask < parallelism; subtask++) {
    for (const channel of streams.flatMap((stream) => wiring.outOf(stream, subtask))) {
      channel.addEvent({ kind: 'watermark', timestampMs: MAX_WATERMARK });
      channel.addEvent({ kind: 'end-of-data' });
      channel.addEvent({ kind: 'end-of-partition' });
    }
  }
}

/** A side output that nobody reads. */
const NOBODY = new BroadcastOutput([], []);

interface SubtaskParts extends TaskSurroundings {
  readonly graph: JobGraph;
  readonly vertex: JobVertex;
  readonly wiring: Wiring;
  readonly splits: FreshSplits;
  readonly subtaskIndex: number;
  readonly task: Task;
}

/** What the operators of one subtask are given. */
class Subtask implements ChainSurroundings {
  readonly subtaskIndex: number;
  readonly #parts: SubtaskParts;

  constructor(parts: SubtaskParts) {
    this.#parts = parts;
    this.subtaskIndex = parts.subtaskIndex;
  }

  statesOf(operator: ChainedOperator): OperatorStates {
    const { key, name: operatorName, parallelism } = operator.node;
    const { maxParallelism } = operator;
    const lists = new OperatorStateBackend(operatorName, this.#restored(operator)?.lists ?? null);
    if (key === null) return { keyed: null, lists };
    const keyGroups = keyGroupRangeOf(this.subtaskIndex, parallelism, maxParallelism);
    const parts = { operatorName, keyType: key.type, keyGroups, maxParallelism };
    const { rocksDb } = this.#parts;
    const keyed =
      rocksDb === null ? new HeapKeyedStateBackend(parts) : new RocksDbKeyedStateBackend(parts, rocksDb);
    return { keyed, lists };
  }

  contextOf(
    { node }: ChainedOperator,
    { keyed, lists }: OperatorStates,
    { side }: OperatorOutputs,
  ): OperatorContext {
    const { environment, task, autoWatermarkIntervalMs } = this.#parts;
    const { subtaskIndex } = this;
    const { clock } = environment;
    const keyedStates = keyed === null ? null : new KeyedStateStore(keyed, clock);
    const runtime: RuntimeContext = runtimeContext(node, subtaskIndex, keyedStates);
    return {
      operatorName: node.name,
      subtaskIndex,
      parallelism: node.parallelism,
      clock,
      processingTime: task.time,
      autoWatermarkIntervalMs,
      runtime,
      keyedState: keyed,
      sideOutput: ({ id }) => side.get(id) ?? NOBODY,
      isRestored: this.#parts.restored !== null,
      operatorStates: lists,
      listState: (name) => lists.listState(name),
      suspendUntil: (promise) => task.suspendUntil(promise),
      print: (line) => environment.output(line),
    };
  }

  writerOf(stream: JobEdge): RecordWriter {
    const { wiring, graph, task } = this.#parts;
    const channels = wiring.outOf(stream, this.subtaskIndex);
    for (const channel of channels) channel.producer = task;
    const { maxParallelism, node } = graph.vertices[stream.target]!.head;
    const { key, broadcast } = stream.edge;
    return recordWriter(channels, { key, broadcast, operatorName: node.name, maxParallelism });
  }

  async restoreKeyed(operator: ChainedOperator, backend: KeyedStateBackend): Promise<void> {
    const own = this.#restored(operator);
    if (own === null || this.#parts.restored === null) return;
    await backend.restore(own.keyed, streamsFor(operator.node.name, this.#parts.restored.streams));
  }

  makeSource({ node }: ChainedOperator, context: OperatorContext, output: Output<unknown>) {
    if (node.logic.kind !== 'source') throw new BugError(`${node.name} is no source`);
    return new SourceOperator(node.logic.source, context, output);
  }

  freshSplits(operator: ChainedOperator): Promise<readonly unknown[]> {
    if (this.#restored(operator) !== null) return Promise.resolve([]);
    return this.#parts.splits.of(operator, this.subtaskIndex);
  }

  #restored(operator: ChainedOperator): RestoredSubtask | null {
    return this.#parts.restored?.states.get(operator.id)?.[this.subtaskIndex] ?? null;
  }
}

/** The splits of sources that start afresh, discovered once for all subtasks. */
class FreshSplits {
  readonly #discovered = new Map<string, Promise<readonly unknown[]>>();

  /** Split i belongs to subtask i modulo the parallelism. */
  async of({ id, node }: ChainedOperator, subtaskIndex: number): Promise<readonly unknown[]> {
    if (node.logic.kind !== 'source') return [];
    const known = this.#discovered.get(id) ?? node.logic.source.discoverSplits(node.parallelism);
    this.#discovered.set(id, known);
    return (await known).filter((_, index) => index % node.parallelism === subtaskIndex);
  }
}
