// The life of a sink's writer: committables go into the checkpoint and are committed when that is complete; those of a
// restored checkpoint at once. Source: Flink SinkWriterOperator and CommitterOperator, in one.
import { ByteReader } from '../../format/bytes/byte-reader.js';
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { Sink, SinkWriter } from '../job/sink.js';
import type { OperatorListState } from '../state/operator-state.js';
import { BaseOperator, type OperatorContext, type OperatorFactory, type Output } from './operator.js';

/** Name of the list state that holds what is prepared and not yet committed. */
const STATE_NAME = 'committables';

export function sinkOperator<T, Committable>(sink: Sink<T, Committable>): OperatorFactory {
  return (context, output) =>
    new SinkOperator(output as Output<never>, context, sink) as BaseOperator<unknown, never>;
}

interface Prepared<Committable> {
  readonly checkpointId: number;
  readonly committables: readonly Committable[];
}

class SinkOperator<T, Committable> extends BaseOperator<T, never> {
  readonly #context: OperatorContext;
  readonly #sink: Sink<T, Committable>;
  readonly #writer: SinkWriter<T, Committable>;
  readonly #state: OperatorListState;
  #prepared: Prepared<Committable>[] = [];

  constructor(output: Output<never>, context: OperatorContext, sink: Sink<T, Committable>) {
    super(output);
    this.#context = context;
    this.#sink = sink;
    this.#writer = sink.createWriter({
      subtaskIndex: context.subtaskIndex,
      parallelism: context.parallelism,
    });
    this.#state = context.listState(STATE_NAME);
  }

  override async open(): Promise<void> {
    const restored = (this.#state.restored ?? []).map((bytes) => this.#decode(bytes));
    if (restored.length > 0) await this.#writer.commit(restored);
  }

  override recover(): void | Promise<void> {
    return this.#writer.recover?.();
  }

  processElement(value: T): void {
    this.#writer.write(value);
    const room = this.#writer.backpressure?.();
    if (room !== undefined) this.#context.suspendUntil(room);
  }

  override async prepareSnapshot(checkpointId: number): Promise<void> {
    const committables = await this.#writer.prepareCommit(checkpointId);
    if (committables.length > 0) this.#prepared.push({ checkpointId, committables });
    this.#state.elements = this.#prepared.flatMap((prepared) =>
      prepared.committables.map((committable) => this.#encode(prepared.checkpointId, committable)),
    );
  }

  override async notifyCheckpointComplete(checkpointId: number): Promise<void> {
    const due = this.#prepared.filter((prepared) => prepared.checkpointId <= checkpointId);
    if (due.length > 0) await this.#writer.commit(due.flatMap((prepared) => prepared.committables));
    this.#prepared = this.#prepared.filter((prepared) => prepared.checkpointId > checkpointId);
  }

  override close(): Promise<void> {
    return this.#writer.close();
  }

  /** `i64 checkpointId | bytes of the sink's own` */
  #encode(checkpointId: number, committable: Committable): Uint8Array {
    const bytes = this.#sink.serializeCommittable(committable);
    const writer = new ByteWriter(8 + bytes.length);
    writer.i64Number(checkpointId);
    writer.bytes(bytes);
    return writer.take();
  }

  #decode(bytes: Uint8Array): Committable {
    const reader = new ByteReader(bytes);
    reader.i64('checkpointId');
    return this.#sink.deserializeCommittable(reader.bytes(reader.remaining, 'committable'));
  }
}
