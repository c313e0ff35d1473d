// Jobs that the engine's tests run, and what they must come to.
import type { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import {
  type Collector,
  type CollectSink,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type RuntimeContext,
  Types,
  type ValueState,
  ValueStateDescriptor,
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
