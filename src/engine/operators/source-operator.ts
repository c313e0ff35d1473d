// The head of a task that reads: a source's reader, its splits and where its records go.
// Source: Flink SourceOperator.
import type { PollResult, Source, SourceOutput, SourceReader } from '../job/source.js';
import type { OperatorListState } from '../state/operator-state.js';
import { NO_TIMESTAMP, type OperatorContext, type Output } from './operator.js';

/** Flink's name of the list state that holds the splits. */
const STATE_NAME = 'SourceReaderState';

export class SourceOperator<T, Split> {
  readonly #source: Source<T, Split>;
  readonly #reader: SourceReader<T, Split>;
  readonly #state: OperatorListState;
  readonly #output: RecordOutput<T>;

  constructor(source: Source<T, Split>, context: OperatorContext, output: Output<T>) {
    const { subtaskIndex, parallelism } = context;
    this.#source = source;
    this.#reader = source.createReader({ subtaskIndex, parallelism });
    this.#state = context.listState(STATE_NAME);
    this.#output = new RecordOutput(output);
  }

  /** Records emitted since the start. */
  get emitted(): number {
    return this.#output.emitted;
  }

  /** `fresh` are the splits of this subtask where nothing was restored. */
  open(fresh: readonly Split[]): Promise<void> {
    const { restored } = this.#state;
    const splits = restored === null ? fresh : restored.map((bytes) => this.#source.deserializeSplit(bytes));
    return this.#reader.start(splits);
  }

  poll(limit: number): PollResult {
    return this.#reader.poll(this.#output, limit);
  }

  available(): Promise<void> {
    return this.#reader.available();
  }

  prepareSnapshot(): void {
    this.#state.elements = this.#reader.snapshotState().map((split) => this.#source.serializeSplit(split));
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}

class RecordOutput<T> implements SourceOutput<T> {
  readonly #output: Output<T>;
  emitted = 0;

  constructor(output: Output<T>) {
    this.#output = output;
  }

  collect(record: T, timestampMs: number = NO_TIMESTAMP): void {
    this.emitted++;
    this.#output.processElement(record, timestampMs);
  }

  emitWatermark(timestampMs: number): void {
    this.#output.processWatermark(timestampMs);
  }
}
