// The operators of one subtask, wired: each calls the next, the last ones write to channels. Built from the ends to the
// head. Source: Flink OperatorChain.
import type { SubtaskState } from '../../model/metadata.js';
import { BugError } from '../../support/errors.js';
import { type AcknowledgedState, STATELESS } from '../checkpoint/pending-checkpoint.js';
import type { KeySelector } from '../job/functions.js';
import type { ChainedOperator, JobEdge } from '../job/job-graph.js';
import type {
  OperatorContext,
  Output,
  StreamOperator,
  TwoInputStreamOperator,
  WatermarkOutput,
} from '../operators/operator.js';
import type { SourceOperator } from '../operators/source-operator.js';
import type {
  CheckpointStreams,
  KeyedStateBackend,
  SnapshotForm,
  SnapshotWriter,
} from '../state/keyed-backend.js';
import type { OperatorStateBackend } from '../state/operator-state.js';
import { type Consumer, type OperatorOutputs, outputsTo } from './chain-output.js';
import type { ChannelEvent, RecordBatch } from './channel.js';
import { KeyedInput, PrefetchingInput, type RecordInput } from './keyed-input.js';
import type { RecordWriter } from './record-writer.js';

/** An operator's state in one subtask. */
export interface OperatorStates {
  readonly keyed: KeyedStateBackend | null;
  readonly lists: OperatorStateBackend;
}

/** Makes what the chain needs for each of its operators and outgoing streams. */
export interface ChainSurroundings {
  readonly subtaskIndex: number;
  statesOf(operator: ChainedOperator): OperatorStates;
  contextOf(operator: ChainedOperator, states: OperatorStates, outputs: OperatorOutputs): OperatorContext;
  writerOf(stream: JobEdge): RecordWriter;
  /** Loads the keyed state of an operator that has opened. */
  restoreKeyed(operator: ChainedOperator, backend: KeyedStateBackend): Promise<void>;
  makeSource(
    operator: ChainedOperator,
    context: OperatorContext,
    output: Output<unknown>,
  ): SourceOperator<unknown, unknown>;
  /** The splits of this subtask where nothing was restored. */
  freshSplits(operator: ChainedOperator): Promise<readonly unknown[]>;
}

type AnyOperator = StreamOperator<unknown> | TwoInputStreamOperator<unknown, unknown>;

interface Link {
  readonly operator: ChainedOperator;
  readonly states: OperatorStates;
  /** Null for a source. */
  readonly stream: AnyOperator | null;
}

export class OperatorChain {
  /** Where the records of the task go in: one for each stream that the head reads, none where that is a source. */
  readonly inputs: readonly RecordInput[];
  readonly watermarks: WatermarkOutput;
  /** Null unless the head is a source. */
  readonly source: SourceOperator<unknown, unknown> | null = null;
  readonly #surroundings: ChainSurroundings;
  /** From the head on. */
  readonly #links: Link[] = [];
  readonly #writers: RecordWriter[] = [];

  constructor(head: ChainedOperator, surroundings: ChainSurroundings) {
    this.#surroundings = surroundings;
    if (head.node.logic.kind === 'source') {
      const states = surroundings.statesOf(head);
      const outputs = this.#outputsOf(head);
      this.inputs = [];
      this.watermarks = outputs.main;
      const context = surroundings.contextOf(head, states, outputs);
      this.source = surroundings.makeSource(head, context, outputs.main);
      this.#links.unshift({ operator: head, states, stream: null });
    } else {
      const { stream, states } = this.#link(head);
      this.watermarks = stream;
      this.inputs = inputsOf(stream).map((input, index) => {
        const key = head.node.inputs.find((edge) => edge.input === index)?.key ?? null;
        return states.keyed === null || key === null ? input : keyedInput(input, states.keyed, key.selector);
      });
    }
  }

  /** These records come next into that input. Where a promise is returned they must wait for it. */
  announce({ values, count }: RecordBatch, index: 0 | 1): Promise<void> | undefined {
    const input = this.inputs[index];
    return input instanceof PrefetchingInput ? input.announce(values.slice(0, count)) : undefined;
  }

  /** Records that fit into every outgoing channel. */
  get room(): number {
    return this.#writers.reduce((room, writer) => Math.min(room, writer.room), Number.POSITIVE_INFINITY);
  }

  /** Whether the next tasks have taken all that left for them. */
  get isRead(): boolean {
    return this.#writers.every((writer) => writer.isRead);
  }

  /** Records that left for other tasks. */
  get recordsOut(): number {
    return this.#writers.reduce((sum, writer) => sum + writer.recordsOut, 0);
  }

  /** Whether a part of its state is of no use without that of all subtasks. */
  get hasUnionState(): boolean {
    return this.#links.some(({ states }) => states.lists.hasUnionState);
  }

  /** Opens the operators, those behind before those before, and loads their state. */
  async open(): Promise<void> {
    for (const { operator, states, stream } of [...this.#links].reverse()) {
      await stream?.open();
      if (states.keyed !== null) await this.#surroundings.restoreKeyed(operator, states.keyed);
    }
    if (this.source === null) return;
    await this.source.open(await this.#surroundings.freshSplits(this.#links[0]!.operator));
  }

  async recover(): Promise<void> {
    for (const { stream } of this.#links) await stream?.recover();
  }

  prepareSnapshot(checkpointId: number): Promise<unknown> | undefined {
    this.source?.prepareSnapshot();
    return all(this.#links.map(({ stream }) => stream?.prepareSnapshot(checkpointId)));
  }

  /** Copies the state of all operators now; what is returned writes the copies. */
  snapshot(form: SnapshotForm): (streams: CheckpointStreams) => Promise<readonly AcknowledgedState[]> {
    const writers = this.#links.map(({ operator, states }) => ({
      operatorId: operator.id,
      keyed: states.keyed?.snapshot(form) ?? nothing,
      lists: states.lists.snapshot(),
    }));
    const index = this.#surroundings.subtaskIndex;
    return (streams) =>
      Promise.all(
        writers.map(async ({ operatorId, keyed, lists }) => {
          const [keyedHandle, operatorHandle] = await Promise.all([keyed(streams), lists(streams)]);
          const state: SubtaskState = {
            ...STATELESS,
            index,
            managedKeyedState: keyedHandle === null ? [] : [keyedHandle],
            managedOperatorState: operatorHandle === null ? [] : [operatorHandle],
          };
          return { operatorId, state };
        }),
      );
  }

  notifyCheckpointComplete(checkpointId: number): Promise<unknown> | undefined {
    for (const { states } of this.#links) states.keyed?.notifyCheckpointComplete(checkpointId);
    return all(this.#links.map(({ stream }) => stream?.notifyCheckpointComplete(checkpointId)));
  }

  endInput(): void {
    for (const { stream } of this.#links) stream?.endInput();
  }

  broadcast(event: ChannelEvent): void {
    for (const writer of this.#writers) writer.broadcast(event);
  }

  flush(): void {
    for (const writer of this.#writers) writer.flush();
  }

  /** Closes everything, whatever fails; returns what failed, in the order of the operators. */
  async close(): Promise<readonly unknown[]> {
    const operators = [
      async () => this.source?.close(),
      ...this.#links.map(
        ({ stream }) =>
          async () =>
            stream?.close(),
      ),
    ];
    const states = this.#links.map(
      ({ states: { keyed } }) =>
        async () =>
          keyed?.close(),
    );
    return [...(await failuresOf(operators)), ...(await failuresOf(states))];
  }

  #link(operator: ChainedOperator): Link & { readonly stream: AnyOperator } {
    const { logic } = operator.node;
    if (logic.kind === 'source') throw new BugError('a source cannot be chained behind another operator');
    const states = this.#surroundings.statesOf(operator);
    const outputs = this.#outputsOf(operator);
    const context = this.#surroundings.contextOf(operator, states, outputs);
    const link = { operator, states, stream: logic.create(context, outputs.main) };
    this.#links.unshift(link);
    return link;
  }

  #outputsOf({ chained, streams }: ChainedOperator): OperatorOutputs {
    const next = chained.map((operator): Consumer => {
      const { stream } = this.#link(operator);
      if ('processElement1' in stream) throw new BugError(`${operator.node.name} reads two streams`);
      return { output: stream, sideOutput: operator.node.inputs[0]!.sideOutput };
    });
    const written = streams.map((stream) => {
      const writer = this.#surroundings.writerOf(stream);
      this.#writers.push(writer);
      return { output: writer, sideOutput: stream.edge.sideOutput };
    });
    return outputsTo([...next, ...written]);
  }
}

const nothing: SnapshotWriter<never> = async () => null;

function inputsOf(stream: AnyOperator): readonly RecordInput[] {
  if (!('processElement1' in stream)) return [stream];
  return [
    { processElement: (value, timestampMs) => stream.processElement1(value, timestampMs) },
    { processElement: (value, timestampMs) => stream.processElement2(value, timestampMs) },
  ];
}

function keyedInput(
  operator: RecordInput,
  backend: KeyedStateBackend,
  selector: KeySelector<unknown, unknown>,
): RecordInput {
  const { prefetcher } = backend;
  if (prefetcher === null) return new KeyedInput(operator, backend, selector);
  return new PrefetchingInput(operator, prefetcher, selector);
}

async function failuresOf(calls: readonly (() => Promise<void>)[]): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(calls.map((call) => call()));
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}

/** Undefined where none of the results has to be waited for. */
function all(results: readonly unknown[]): Promise<unknown> | undefined {
  const promises = results.filter((result) => result instanceof Promise);
  return promises.length === 0 ? undefined : Promise.all(promises);
}
