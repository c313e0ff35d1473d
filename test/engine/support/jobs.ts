// Jobs that the engine's tests run, and what they must come to.
import type { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import {
  type Collector,
  type CollectSink,
  EventTimeSessionWindows,
  KeyedCoProcessFunction,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type MapState,
  MapStateDescriptor,
  type OnTimerContext,
  ProcessWindowFunction,
  type RuntimeContext,
  TumblingEventTimeWindows,
  Types,
  type ValueState,
  ValueStateDescriptor,
  WatermarkStrategy,
  type WindowAssigner,
  type WindowContext,
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

/** As the counting job, but an eighth of the numbers has a source of its own, which ends early. */
export function unevenJob(sink: CollectSink<string>, job: CountingJob) {
  const [sources, counts, sinks] = job.parallelism ?? [1, 1, 1];
  const interfere = job.interfere ?? (() => {});
  const few = Math.floor(job.records / 8);
  return (env: StreamExecutionEnvironment): void => {
    const parts = [
      ['short', 1, few],
      ['long', few + 1, job.records],
    ] as const;
    const [short, long] = parts.map(([uid, from, to]) =>
      env
        .fromSequence(from, to)
        .uid(`${uid} numbers`)
        .setParallelism(sources)
        .map((value) => {
          interfere(value);
          return value;
        })
        .uid(`${uid} interfere`)
        .setParallelism(sources),
    );
    short!
      .union(long!)
      .keyBy((value) => `k${value % job.keys}`)
      .process(new Count())
      .uid('count')
      .setParallelism(counts)
      .sinkTo(sink)
      .uid('sink')
      .setParallelism(sinks);
  };
}

/** Counts as {@link Count} does, what comes from two streams. */
class CountBoth extends KeyedCoProcessFunction<string, number, number, string> {
  private readonly counting = new Count();

  override open(context: RuntimeContext): void {
    this.counting.open(context);
  }

  processElement1(value: number, context: KeyedProcessContext<string>, out: Collector<string>): void {
    this.counting.processElement(value, context, out);
  }

  processElement2(value: number, context: KeyedProcessContext<string>, out: Collector<string>): void {
    this.counting.processElement(value, context, out);
  }
}

/** As the counting job, but odd and even numbers come as two streams. */
export function connectedJob(sink: CollectSink<string>, job: CountingJob) {
  const [sources, counts, sinks] = job.parallelism ?? [1, 1, 1];
  const interfere = job.interfere ?? (() => {});
  return (env: StreamExecutionEnvironment): void => {
    const numbers = env.fromSequence(1, job.records).uid('numbers').setParallelism(sources);
    const [even, odd] = [0, 1].map((remainder) =>
      numbers
        .filter((value) => {
          interfere(value);
          return value % 2 === remainder;
        })
        .uid(`remainder ${remainder}`)
        .setParallelism(sources)
        .keyBy((value) => `k${value % job.keys}`),
    );
    even!
      .connect(odd!)
      .process(() => new CountBoth())
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

class TellSum extends ProcessWindowFunction<string, number, string> {
  process(key: string, { window }: WindowContext, [sum]: readonly number[], out: Collector<string>): void {
    out.collect(`${key}@${window.end - 1}=${sum}`);
  }
}

/** As the job with timers, with windows. */
export function windowingJob(sink: CollectSink<string>, job: CountingJob) {
  return windowed(sink, job, { assigner: TumblingEventTimeWindows.of(SUMMED_MS), timeOf: (value) => value });
}

/** As many numbers in a row as belong to one session. */
const BURST = 50;
const SESSION_GAP_MS = 500;
const burstTime = (value: number) => value + 1000 * Math.floor(value / BURST);

/** Numbers come in bursts, which are the sessions of each key. */
export function sessionsJob(sink: CollectSink<string>, job: CountingJob) {
  const assigner = EventTimeSessionWindows.withGap(SESSION_GAP_MS);
  return windowed(sink, job, { assigner, timeOf: burstTime });
}

export function expectedSessions({ records, keys }: CountingJob): string[] {
  const sessions = new Map<string, { sum: number; lastMs: number }>();
  for (let value = 1; value <= records; value++) {
    const name = `k${value % keys} ${Math.floor(value / BURST)}`;
    const sum = (sessions.get(name)?.sum ?? 0) + value;
    sessions.set(name, { sum, lastMs: burstTime(value) });
  }
  return [...sessions]
    .map(([name, { sum, lastMs }]) => `${name.split(' ')[0]}@${lastMs + SESSION_GAP_MS - 1}=${sum}`)
    .sort();
}

interface Windows {
  readonly assigner: WindowAssigner;
  readonly timeOf: (value: number) => number;
}

function windowed(sink: CollectSink<string>, job: CountingJob, { assigner, timeOf }: Windows) {
  const [sources, sums, sinks] = job.parallelism ?? [1, 1, 1];
  return (env: StreamExecutionEnvironment): void => {
    keyedNumbers(env, job, { parallelism: sources, timeOf })
      .window(assigner)
      .reduce((a, b) => a + b, Types.LONG, new TellSum())
      .uid('sums')
      .setParallelism(sums)
      .sinkTo(sink)
      .uid('sink')
      .setParallelism(sinks);
  };
}

/** Numbers with themselves as event time -> sums by key and interval -> transactional sink. */
export function summingJob(sink: CollectSink<string>, job: CountingJob) {
  const [sources, sums, sinks] = job.parallelism ?? [1, 1, 1];
  return (env: StreamExecutionEnvironment): void => {
    keyedNumbers(env, job, { parallelism: sources, timeOf: (value) => value })
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

function keyedNumbers(
  env: StreamExecutionEnvironment,
  job: CountingJob,
  { parallelism, timeOf }: { readonly parallelism: number; readonly timeOf: (value: number) => number },
) {
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
      WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner(timeOf),
    )
    .uid('event time')
    .setParallelism(parallelism)
    .keyBy((value) => `k${value % job.keys}`);
}

function endOfInterval(value: number): number {
  return value - (value % SUMMED_MS) + SUMMED_MS - 1;
}
