// Jobs that the engine's tests run, and what they must come to.
import type { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import {
  type Collector,
  type CollectSink,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type MapState,
  MapStateDescriptor,
  type OnTimerContext,
  type RuntimeContext,
  Types,
  type ValueState,
  ValueStateDescriptor,
  WatermarkStrategy,
} from '../../../src/index.js';

/** Emits `key:count` for each record, the count with this record. */
export class Count extends KeyedProcessFunction<string, number, string> {
  private count!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.count = context.getState(new ValueStateDescriptor('count', Types.LONG));
  }

  processElement(_value: number, context: KeyedProcessContext<string>, out: Collector<string>): void {
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    out.collect(`${context.getCurrentKey()}:${count}`);
  }
}

export interface CountingJob {
  readonly records: number;
  readonly keys: number;
  /** Of source, count and sink. */
  readonly parallelism?: readonly [number, number, number];
  /** Called with every record between source and count; may throw. */
  readonly interfere?: (value: number) => void;
}

/** Numbers -> count by key -> transactional sink. */
export function countingJob(sink: CollectSink<string>, job: CountingJob) {
  const [sources, counts, sinks] = job.parallelism ?? [1, 1, 1];
  const interfere = job.interfere ?? (() => {});
  return (env: StreamExecutionEnvironment): void => {
    env
      .fromSequence(1, job.records)
      .uid('numbers')
      .setParallelism(sources)
      .map((value) => {
        interfere(value);
        return value;
      })
      .uid('interfere')
      .setParallelism(sources)
      .keyBy((value) => `k${value % job.keys}`)
      .process(new Count())
      .uid('count')
      .setParallelism(counts)
      .sinkTo(sink)
      .uid('sink')
      .setParallelism(sinks);
  };
}

/** What a run without failures commits, sorted. */
export function expectedCounts({ records, keys }: CountingJob): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (let value = 1; value <= records; value++) {
    const key = `k${value % keys}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    lines.push(`${key}:${count}`);
  }
  return lines.sort();
}

/** Milliseconds of event time in which numbers are added up; each number is the time of its own. */
const SUMMED_MS = 16;

/** Adds numbers up by intervals of event time, with timers: what a tumbling window does. */
class SumByTimer extends KeyedProcessFunction<string, number, string> {
  private sums!: MapState<number, number>;

  override open(context: RuntimeContext): void {
    this.sums = context.getMapState(new MapStateDescriptor('sums', Types.LONG, Types.LONG));
  }

  processElement(value: number, context: KeyedProcessContext<string>): void {
    const end = endOfInterval(value);
    this.sums.put(end, (this.sums.get(end) ?? 0) + value);
    context.timerService().registerEventTimeTimer(end);
  }

  override onTimer(end: number, context: OnTimerContext<string>, out: Collector<string>): void {
    out.collect(`${context.getCurrentKey()}@${end}=${this.sums.get(end)}`);
    this.sums.remove(end);
  }
}

/** Numbers with themselves as event time -> sums by key and interval -> transactional sink. */
export function summingJob(sink: CollectSink<string>, job: CountingJob) {
  const [sources, sums, sinks] = job.parallelism ?? [1, 1, 1];
  return (env: StreamExecutionEnvironment): void => {
    keyedNumbers(env, job, sources)
      .process(new SumByTimer())
      .uid('sums')
      .setParallelism(sums)
      .sinkTo(sink)
      .uid('sink')
      .setParallelism(sinks);
  };
}

/** What a run without failures commits, sorted. */
export function expectedSums({ records, keys }: CountingJob): string[] {
  const sums = new Map<string, number>();
  for (let value = 1; value <= records; value++) {
    const interval = `k${value % keys}@${endOfInterval(value)}`;
    sums.set(interval, (sums.get(interval) ?? 0) + value);
  }
  return [...sums].map(([interval, sum]) => `${interval}=${sum}`).sort();
}

function keyedNumbers(env: StreamExecutionEnvironment, job: CountingJob, parallelism: number) {
  const interfere = job.interfere ?? (() => {});
  return env
    .fromSequence(1, job.records)
    .uid('numbers')
    .setParallelism(parallelism)
    .map((value) => {
      interfere(value);
      return value;
    })
    .uid('interfere')
    .setParallelism(parallelism)
    .assignTimestampsAndWatermarks(
      WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner((value) => value),
    )
    .uid('event time')
    .setParallelism(parallelism)
    .keyBy((value) => `k${value % job.keys}`);
}

function endOfInterval(value: number): number {
  return value - (value % SUMMED_MS) + SUMMED_MS - 1;
}
