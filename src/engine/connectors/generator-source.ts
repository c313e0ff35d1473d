// Made-up records at a steady rate: record i is a function of i alone, so that a job restored from a snapshot sees the
// records that it would have seen (Flink DataGeneratorSource with RateLimiterStrategy.perSecond).

import { type Clock, systemClock } from '../../support/clock.js';
import { FormatError, UsageError } from '../../support/errors.js';
import type { PollResult, Source, SourceOutput, SourceReader } from '../job/source.js';

/** The records `next`, `next` + `step`, `next` + 2 `step`, … */
export interface GeneratorSplit {
  readonly next: number;
  readonly step: number;
}

export interface GeneratorOptions {
  /** Over all subtasks together. */
  readonly recordsPerSecond: number;
  readonly clock?: Clock;
}

/** More splits than subtasks at first, so that a job restored with a higher parallelism has work for all. */
const LEAST_SPLITS = 16;

/**
 * Endlessly the records `generate(0)`, `generate(1)`, …, each by one subtask. `generate` must depend on nothing but its
 * argument. Throws a UsageError where the rate is not above 0.
 */
export function generatorSource<T>(
  generate: (index: number) => T,
  { recordsPerSecond, clock = systemClock }: GeneratorOptions,
): Source<T, GeneratorSplit> {
  if (!(recordsPerSecond > 0)) {
    throw new UsageError(`a generator cannot make ${recordsPerSecond} records a second`, {
      where: 'recordsPerSecond',
      next: 'give a number above 0',
    });
  }
  return {
    boundedness: 'unbounded',
    discoverSplits: async (parallelism) => splitsFor(Math.max(parallelism, LEAST_SPLITS)),
    serializeSplit: ({ next, step }) => Buffer.from(JSON.stringify({ next, step })),
    deserializeSplit: decodeSplit,
    createReader: () => new GeneratorReader(generate, { recordsPerSecond, clock }),
  };
}

function splitsFor(count: number): GeneratorSplit[] {
  return Array.from({ length: count }, (_, index) => ({ next: index, step: count }));
}

class GeneratorReader<T> implements SourceReader<T, GeneratorSplit> {
  readonly #generate: (index: number) => T;
  readonly #options: Required<GeneratorOptions>;
  #splits: { next: number; readonly step: number }[] = [];
  /** The split whose turn it is. */
  #turn = 0;
  #startedAt = 0;
  #emitted = 0;

  constructor(generate: (index: number) => T, options: Required<GeneratorOptions>) {
    this.#generate = generate;
    this.#options = options;
  }

  async start(splits: readonly GeneratorSplit[]): Promise<void> {
    this.#splits = splits.map((split) => ({ ...split }));
    this.#turn = this.#splits.reduce((least, { next }, at, all) => (next < all[least]!.next ? at : least), 0);
    this.#startedAt = this.#options.clock.monotonic();
  }

  poll(output: SourceOutput<T>, limit: number): PollResult {
    if (this.#splits.length === 0) return 'end';
    const due = this.#recordsPerMs * (this.#options.clock.monotonic() - this.#startedAt);
    const count = Math.min(limit, Math.floor(due) - this.#emitted);
    for (let left = count; left > 0; left--) this.#emitNext(output);
    return count < limit ? 'nothing' : 'more';
  }

  available(): Promise<void> {
    const { clock } = this.#options;
    const nextAt = this.#startedAt + (this.#emitted + 1) / this.#recordsPerMs;
    return new Promise((resolve) => {
      clock.schedule(Math.max(1, Math.ceil(nextAt - clock.monotonic())), resolve);
    });
  }

  snapshotState(): readonly GeneratorSplit[] {
    return this.#splits.map((split) => ({ ...split }));
  }

  async close(): Promise<void> {}

  /** What is due of the splits read here: each has its share of the whole. */
  get #recordsPerMs(): number {
    const share = this.#splits.reduce((sum, { step }) => sum + 1 / step, 0);
    return (this.#options.recordsPerSecond * share) / 1000;
  }

  #emitNext(output: SourceOutput<T>): void {
    const split = this.#splits[this.#turn]!;
    output.collect(this.#generate(split.next));
    split.next += split.step;
    this.#turn = (this.#turn + 1) % this.#splits.length;
    this.#emitted++;
  }
}

function decodeSplit(bytes: Uint8Array): GeneratorSplit {
  const match = /^\{"next":(\d{1,15}),"step":([1-9]\d{0,4})\}$/.exec(Buffer.from(bytes).toString());
  if (match !== null) return { next: Number(match[1]), step: Number(match[2]) };
  throw new FormatError(
    'not the position of a generator',
    { offset: 0, field: 'split' },
    { next: 'give the source the uid that it had when the snapshot was taken' },
  );
}
