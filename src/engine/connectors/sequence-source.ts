// A source of whole numbers. Source: Flink NumberSequenceSource.
import { ByteReader } from '../../format/bytes/byte-reader.js';
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import { UsageError } from '../../support/errors.js';
import type { PollResult, Source, SourceOutput, SourceReader } from '../job/source.js';

/** The numbers from `next` to `last`, both included. */
interface SequenceSplit {
  readonly next: number;
  readonly last: number;
}

/** The whole numbers from `from` to `to`, cut into as many ranges as there are subtasks. */
export function fromSequence(from: number, to: number): Source<number, SequenceSplit> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw new UsageError(`fromSequence wants whole numbers, found ${from} and ${to}`);
  }
  return {
    boundedness: 'bounded',
    discoverSplits: async (parallelism) => splitsOf(from, to, parallelism),
    serializeSplit({ next, last }) {
      const writer = new ByteWriter(16);
      writer.i64Number(next);
      writer.i64Number(last);
      return writer.take();
    },
    deserializeSplit(bytes) {
      const reader = new ByteReader(bytes);
      const split = { next: Number(reader.i64('next')), last: Number(reader.i64('last')) };
      reader.expectEnd('split');
      return split;
    },
    createReader: () => new SequenceReader(),
  };
}

function splitsOf(from: number, to: number, parallelism: number): SequenceSplit[] {
  const size = Math.max(0, to - from + 1);
  const borderOf = (index: number) => from + Math.floor((size / parallelism) * index);
  return Array.from({ length: parallelism }, (_, index) => ({
    next: borderOf(index),
    last: index === parallelism - 1 ? to : borderOf(index + 1) - 1,
  })).filter(({ next, last }) => next <= last);
}

class SequenceReader implements SourceReader<number, SequenceSplit> {
  #splits: SequenceSplit[] = [];
  #next = 0;
  #last = -1;

  async start(splits: readonly SequenceSplit[]): Promise<void> {
    this.#splits = [...splits];
  }

  poll(output: SourceOutput<number>, limit: number): PollResult {
    if (this.#next > this.#last && !this.#open()) return 'end';
    const end = Math.min(this.#next + limit, this.#last + 1);
    let next = this.#next;
    while (next < end) output.collect(next++);
    this.#next = next;
    return 'more';
  }

  async available(): Promise<void> {}

  snapshotState(): readonly SequenceSplit[] {
    if (this.#next > this.#last) return this.#splits;
    return [{ next: this.#next, last: this.#last }, ...this.#splits];
  }

  async close(): Promise<void> {}

  #open(): boolean {
    const split = this.#splits.shift();
    if (split === undefined) return false;
    this.#next = split.next;
    this.#last = split.last;
    return true;
  }
}
