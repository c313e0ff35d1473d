// What passes through tasks besides records: event time, watermarks, waiting sources and sinks that need time.
import { describe, expect, test } from 'vitest';
import { Configuration } from '../../../src/engine/configuration.js';
import { startJob } from '../../../src/engine/execute.js';
import { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import { BaseOperator, type Output } from '../../../src/engine/operators/operator.js';
import { ProcessFunction, type Sink, type SinkWriter } from '../../../src/index.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import { seededRandom } from '../../../src/support/random.js';
import { scriptedSource } from '../support/scripted-source.js';
import { simulate } from '../support/simulation.js';

/** Writes down what reaches it, watermarks too. */
class Witness extends BaseOperator<string, string> {
  readonly #seen: string[];
  constructor(output: Output<unknown>, seen: string[]) {
    super(output as Output<string>);
    this.#seen = seen;
  }
  processElement(value: string, timestampMs: number): void {
    this.#seen.push(`${value}@${timestampMs}`);
  }
  override processWatermark(timestampMs: number): void {
    this.#seen.push(`watermark ${timestampMs}`);
  }
  override endInput(): void {
    this.#seen.push('end');
  }
}

const witnessed = async (build: (env: StreamExecutionEnvironment, seen: string[]) => void) => {
  const seen: string[] = [];
  await simulate({ build: (env) => build(env, seen) }).finish();
  return seen;
};

describe('event time', () => {
  test('goes with its record through chains and channels, and the last watermark comes before the end', async () => {
    const source = scriptedSource([
      [{ value: 'a', timestampMs: 5 }, { value: 'b' }, { watermarkMs: 5 }, { value: 'c', timestampMs: 9 }],
    ]);
    for (const chained of [true, false]) {
      const seen = await witnessed((env, log) => {
        if (!chained) env.disableOperatorChaining();
        env
          .fromSource(source, 'script')
          .map((value) => value)
          .transform('witness', (_, output) => new Witness(output, log) as never);
      });
      expect(seen).toEqual(['a@5', 'b@-Infinity', 'watermark 5', 'c@9', 'watermark Infinity', 'end']);
    }
  });

  test('is as late as the latest of several inputs', async () => {
    const script = (first: number, second: number) => [{ watermarkMs: first }, { watermarkMs: second }];
    const seen = await witnessed((env, log) => {
      const one = env.fromSource(scriptedSource([script(10, 20)]), 'one');
      const other = env.fromSource(scriptedSource([script(1, 2)]), 'other');
      one.union(other).transform('witness', (_, output) => new Witness(output, log) as never);
    });
    expect(seen.slice(-2)).toEqual(['watermark Infinity', 'end']);
    const watermarks = seen
      .filter((line) => line.startsWith('watermark'))
      .map((line) => Number(line.split(' ')[1]));
    expect(watermarks).toEqual([...watermarks].sort((a, b) => a - b));
    expect(new Set(watermarks).size).toBe(watermarks.length);
    expect(watermarks.every((time) => [1, 2, 10, 20, Number.POSITIVE_INFINITY].includes(time))).toBe(true);
  });

  test('is what a process function is told', async () => {
    class Tell extends ProcessFunction<string, string> {
      processElement(
        value: string,
        context: { timestamp(): number | null },
        out: { collect(line: string): void },
      ): void {
        out.collect(`${value} at ${context.timestamp()}`);
      }
    }
    const simulated = simulate({
      build: (env) =>
        env
          .fromSource(scriptedSource([[{ value: 'a', timestampMs: 5 }, { value: 'b' }]]), 'script')
          .process(new Tell())
          .print(),
    });
    await simulated.finish();
    expect(simulated.output).toEqual(['a at 5', 'b at null']);
  });
});

describe('waiting', () => {
  test('a source that has nothing to read is left alone, and checkpoints are taken meanwhile', async () => {
    let arrive: () => void = () => {};
    const wait = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const simulated = simulate({
      build: (env) =>
        env.fromSource(scriptedSource([[{ value: 'a' }, { wait }, { value: 'b' }]]), 'script').print(),
    });
    await simulated.runUntil('checkpoint-completed', 3);
    expect(simulated.output).toEqual(['a']);
    arrive();
    await simulated.finish();
    expect(simulated.output).toEqual(['a', 'b']);
  });

  test('a sink that asks for time gets only what is on its way until it has had it', async () => {
    const sink = new BusySink();
    const simulated = simulate({ build: (env) => env.fromSequence(1, 200).sinkTo(sink) });
    sink.pause = () => new Promise((resolve) => simulated.host.clock.schedule(30, () => resolve()));
    await simulated.finish();
    expect(sink.written).toBe(200);
    // A step of the simulation has at most eight records.
    expect(sink.mostWhileBusy).toBeLessThanOrEqual(8);
    expect(sink.preparedWhileBusy).toBe(0);
    expect(simulated.host.clock.now()).toBeGreaterThanOrEqual((200 / 8) * 30);
  });

  test('a job that can go on no more but waits for ever is told from one that is done', async () => {
    const wait = new Promise<void>(() => {});
    const simulated = simulate({
      build: (env) => env.fromSource(scriptedSource([[{ wait }]]), 'script').print(),
      checkpoints: false,
    });
    await expect(simulated.finish()).rejects.toThrow(/waits for nothing/);
  });
});

/** Takes a pause after every record. */
class BusySink implements Sink<number, never> {
  written = 0;
  mostWhileBusy = 0;
  preparedWhileBusy = 0;
  pause: () => Promise<void> = async () => {};

  createWriter(): SinkWriter<number, never> {
    let busy = 0;
    return {
      write: () => {
        this.written++;
      },
      backpressure: () => {
        this.mostWhileBusy = Math.max(this.mostWhileBusy, ++busy);
        return this.pause().then(() => {
          busy--;
        });
      },
      prepareCommit: async () => {
        this.preparedWhileBusy += busy;
        return [];
      },
      commit: async () => {},
      close: async () => {},
    };
  }

  serializeCommittable(): Uint8Array {
    return new Uint8Array();
  }

  deserializeCommittable(): never {
    throw new Error('there are none');
  }
}

test.each([
  ['in one task', true],
  ['in two', false],
])('a slow function lets the host have its turn between few records: %s', async (_, chaining) => {
  let turn = 0;
  const recordsOfTurn = new Map<number, number>();
  const env = new StreamExecutionEnvironment();
  if (!chaining) env.disableOperatorChaining();
  const slow = (value: number) => {
    recordsOfTurn.set(turn, (recordsOfTurn.get(turn) ?? 0) + 1);
    return value;
  };
  env.fromSequence(1, 5000).map(slow).discard();
  let nowMs = 0;
  const job = startJob(
    env.getStreamGraph('slow'),
    { configuration: Configuration.of([]), onFinish: 'retain' },
    {
      storage: new MemoryStorage(),
      checkpointDirectory: null,
      // Whoever looks at the clock finds that time has passed.
      clock: { now: () => nowMs, monotonic: () => nowMs++, schedule: () => () => {} },
      random: seededRandom(1),
      eventLoop: {
        nextTurn: (action) =>
          setImmediate(() => {
            turn++;
            action();
          }),
      },
      output: () => {},
      onEvent: () => {},
    },
  );
  expect((await job.result).sourceRecords).toBe(5000);
  expect(Math.max(...recordsOfTurn.values())).toBeLessThan(1000);
});
