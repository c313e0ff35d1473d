// How records get their event time, and how it goes on. Source: Flink WatermarkStrategy, BoundedOutOfOrdernessWatermarks,
// WatermarksWithIdleness.

/** Takes what a generator has to say. */
export interface WatermarkSink {
  emitWatermark(timestampMs: number): void;
  /** The stream has nothing to say of event time until {@link WatermarkSink.markActive} or the next watermark. */
  markIdle(): void;
  markActive(): void;
}

export interface WatermarkGenerator<T> {
  onEvent(record: T, timestampMs: number, output: WatermarkSink): void;
  /** Called every `pipeline.auto-watermark-interval`. */
  onPeriodicEmit(output: WatermarkSink): void;
}

/** Event time of a record, ms since the epoch; `before` is the one that it has, null for none. */
export type TimestampAssigner<T> = (record: T, before: number | null) => number;

/** Makes the generator of one subtask. */
type GeneratorFactory<T> = (time: { now(): number }) => WatermarkGenerator<T>;

export class WatermarkStrategy<T> {
  readonly createWatermarkGenerator: GeneratorFactory<T>;
  readonly timestampOf: TimestampAssigner<T>;

  private constructor(create: GeneratorFactory<T>, timestampOf: TimestampAssigner<T>) {
    this.createWatermarkGenerator = create;
    this.timestampOf = timestampOf;
  }

  /** Records may be late by so much: event time is that of the latest record, less this. */
  static forBoundedOutOfOrderness<T>(maxOutOfOrdernessMs: number): WatermarkStrategy<T> {
    return WatermarkStrategy.forGenerator(() => new BoundedOutOfOrderness(maxOutOfOrdernessMs));
  }

  /** Every record is at least as late as those before it. */
  static forMonotonousTimestamps<T>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forBoundedOutOfOrderness(0);
  }

  /** Timestamps alone. */
  static noWatermarks<T>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forGenerator(() => ({ onEvent: () => {}, onPeriodicEmit: () => {} }));
  }

  static forGenerator<T>(create: GeneratorFactory<T>): WatermarkStrategy<T> {
    return new WatermarkStrategy(create, keepTimestamp);
  }

  withTimestampAssigner(timestampOf: TimestampAssigner<T>): WatermarkStrategy<T> {
    return new WatermarkStrategy(this.createWatermarkGenerator, timestampOf);
  }

  /** A subtask without records for so long holds up nobody's event time. */
  withIdleness(idleTimeoutMs: number): WatermarkStrategy<T> {
    const create: GeneratorFactory<T> = (time) =>
      new WithIdleness(this.createWatermarkGenerator(time), time, idleTimeoutMs);
    return new WatermarkStrategy(create, this.timestampOf);
  }
}

function keepTimestamp(_record: unknown, before: number | null): number {
  return before ?? Number.NEGATIVE_INFINITY;
}

class BoundedOutOfOrderness<T> implements WatermarkGenerator<T> {
  readonly #maxOutOfOrdernessMs: number;
  #latestMs = Number.NEGATIVE_INFINITY;

  constructor(maxOutOfOrdernessMs: number) {
    this.#maxOutOfOrdernessMs = maxOutOfOrdernessMs;
  }

  onEvent(_record: T, timestampMs: number): void {
    if (timestampMs > this.#latestMs) this.#latestMs = timestampMs;
  }

  /** Another record of the latest millisecond may follow. */
  onPeriodicEmit(output: WatermarkSink): void {
    output.emitWatermark(this.#latestMs - this.#maxOutOfOrdernessMs - 1);
  }
}

class WithIdleness<T> implements WatermarkGenerator<T> {
  readonly #generator: WatermarkGenerator<T>;
  readonly #time: { now(): number };
  readonly #idleTimeoutMs: number;
  #hadRecords = false;
  #lastRecordMs: number;
  #isIdle = false;

  constructor(generator: WatermarkGenerator<T>, time: { now(): number }, idleTimeoutMs: number) {
    this.#generator = generator;
    this.#time = time;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#lastRecordMs = time.now();
  }

  onEvent(record: T, timestampMs: number, output: WatermarkSink): void {
    this.#generator.onEvent(record, timestampMs, output);
    this.#hadRecords = true;
    if (!this.#isIdle) return;
    this.#isIdle = false;
    output.markActive();
  }

  onPeriodicEmit(output: WatermarkSink): void {
    const now = this.#time.now();
    if (this.#hadRecords) this.#lastRecordMs = now;
    this.#hadRecords = false;
    if (now - this.#lastRecordMs < this.#idleTimeoutMs) {
      this.#generator.onPeriodicEmit(output);
    } else if (!this.#isIdle) {
      this.#isIdle = true;
      output.markIdle();
    }
  }
}
