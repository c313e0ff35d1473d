// A sink that keeps what it is given in memory, exactly once: records show up in `committed` when the checkpoint that
// covers them is complete. For tests and for programs that want the result of a job.
import { deserialize, serialize } from 'node:v8';
import type { Sink, SinkContext, SinkWriter } from '../job/sink.js';

/** What one subtask wrote between two checkpoints. The id is the same after a recovery. */
interface Portion<T> {
  readonly id: string;
  readonly records: readonly T[];
}

export class CollectSink<T> implements Sink<T, Portion<T>> {
  /** All committed records, in the order of the commits. */
  readonly committed: T[] = [];
  readonly #committedIds = new Set<string>();

  createWriter(context: SinkContext): SinkWriter<T, Portion<T>> {
    return new CollectWriter(context.subtaskIndex, (portion) => this.#commit(portion));
  }

  serializeCommittable(portion: Portion<T>): Uint8Array {
    return serialize(portion);
  }

  deserializeCommittable(bytes: Uint8Array): Portion<T> {
    return deserialize(bytes) as Portion<T>;
  }

  #commit(portion: Portion<T>): void {
    if (this.#committedIds.has(portion.id)) return;
    this.#committedIds.add(portion.id);
    for (const record of portion.records) this.committed.push(record);
  }
}

class CollectWriter<T> implements SinkWriter<T, Portion<T>> {
  readonly #subtaskIndex: number;
  readonly #commitPortion: (portion: Portion<T>) => void;
  #records: T[] = [];

  constructor(subtaskIndex: number, commitPortion: (portion: Portion<T>) => void) {
    this.#subtaskIndex = subtaskIndex;
    this.#commitPortion = commitPortion;
  }

  write(record: T): void {
    this.#records.push(record);
  }

  async prepareCommit(checkpointId: number): Promise<readonly Portion<T>[]> {
    const portion = { id: `${checkpointId}-${this.#subtaskIndex}`, records: this.#records };
    this.#records = [];
    return portion.records.length === 0 ? [] : [portion];
  }

  async commit(portions: readonly Portion<T>[]): Promise<void> {
    for (const portion of portions) this.#commitPortion(portion);
  }

  async close(): Promise<void> {}
}
