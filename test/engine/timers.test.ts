// Timers and event time, in virtual time: when functions are called, with what, and what is refused.
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Collector,
  KeyedProcessFunction,
  type OnTimerContext,
  OutputTag,
  ProcessFunction,
  type ReducingState,
  ReducingStateDescriptor,
  type StreamExecutionEnvironment,
  type TimerService,
  Types,
  WatermarkStrategy,
} from '../../src/index.js';
import { closeDatabases, describeRocksDb, testDatabases } from './support/rocksdb.js';
import { type Script, scriptedSource } from './support/scripted-source.js';
import { type Simulation, simulate } from './support/simulation.js';

type Step = (timers: TimerService) => void;

/** Does for each record what its step says, and tells of every call. */
class Scripted extends KeyedProcessFunction<string, string, string> {
  constructor(
    private readonly steps: Readonly<Record<string, Step>>,
    private readonly again: Readonly<Record<number, Step>> = {},
  ) {
    super();
  }

  processElement(value: string, context: { timerService(): TimerService }, out: Collector<string>): void {
    out.collect(`${value} at ${context.timerService().currentWatermark()}`);
    this.steps[value]?.(context.timerService());
  }

  override onTimer(timestampMs: number, context: OnTimerContext<string>, out: Collector<string>): void {
    out.collect(`${context.getCurrentKey()} ${context.timeDomain()} ${timestampMs}`);
    this.again[timestampMs]?.(context.timerService());
  }
}

/** The lines that a function on the script's records, keyed by their first letter, prints. */
async function linesOf(
  script: Script,
  process: KeyedProcessFunction<string, string, string>,
  more: Partial<Simulation> = {},
): Promise<readonly string[]> {
  const simulation = simulate({
    build: (env) =>
      env
        .fromSource(scriptedSource([script]), 'script')
        .keyBy((value) => value[0]!)
        .process(process)
        .print(),
    ...more,
  });
  await simulation.finish();
  return simulation.output;
}

const settings = (database: boolean): Partial<Simulation> =>
  database
    ? {
        databases: testDatabases(),
        configuration: {
          'state.backend.type': 'rocksdb',
          'state.backend.rocksdb.memory.fixed-per-slot': '1b',
        },
      }
    : {};

function eventTime(database: boolean): void {
  test('goes off when the watermark reaches it, once for each key and time, earliest first', async () => {
    const steps: Record<string, Step> = {
      a1: (timers) => {
        timers.registerEventTimeTimer(20);
        timers.registerEventTimeTimer(10);
        timers.registerEventTimeTimer(10);
      },
      b1: (timers) => timers.registerEventTimeTimer(15),
    };
    const script = [{ value: 'a1' }, { value: 'b1' }, { watermarkMs: 9 }, { watermarkMs: 16 }];
    expect(await linesOf(script, new Scripted(steps), settings(database))).toEqual([
      'a1 at -Infinity',
      'b1 at -Infinity',
      'a event-time 10',
      'b event-time 15',
      'a event-time 20',
    ]);
  });

  test('can be deleted, set again while it goes off, and set for a time that is over', async () => {
    const steps: Record<string, Step> = {
      a1: (timers) => {
        timers.registerEventTimeTimer(10);
        timers.registerEventTimeTimer(11);
      },
      a2: (timers) => timers.deleteEventTimeTimer(11),
      a3: (timers) => timers.registerEventTimeTimer(3),
    };
    const again = { 10: (timers: TimerService) => timers.registerEventTimeTimer(12) };
    const script = [
      { value: 'a1' },
      { value: 'a2' },
      { watermarkMs: 100 },
      { value: 'a3' },
      { watermarkMs: 101 },
    ];
    expect(await linesOf(script, new Scripted(steps, again), settings(database))).toEqual([
      'a1 at -Infinity',
      'a2 at -Infinity',
      'a event-time 10',
      'a event-time 12',
      'a3 at 100',
      'a event-time 3',
    ]);
  });
}

describe('an event-time timer', () => eventTime(false));
describeRocksDb('an event-time timer with RocksDB', () => {
  afterEach(closeDatabases);
  eventTime(true);
});

describe('a processing-time timer', () => {
  test('goes off when its time is over, and not after the last record', async () => {
    const times: number[] = [];
    class Alarm extends KeyedProcessFunction<string, string, string> {
      processElement(_value: string, context: { timerService(): TimerService }): void {
        const timers = context.timerService();
        timers.registerProcessingTimeTimer(1000);
        timers.registerProcessingTimeTimer(500);
        timers.registerProcessingTimeTimer(1_000_000);
      }
      override onTimer(timestampMs: number, context: OnTimerContext<string>): void {
        times.push(timestampMs, context.timerService().currentProcessingTime());
      }
    }
    let end = () => {};
    const wait = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { host, job, finish } = simulate({
      build: (env) =>
        env
          .fromSource(scriptedSource([[{ value: 'a' }, { wait }]]), 'script')
          .keyBy((value) => value)
          .process(new Alarm())
          .print(),
    });
    await host.run(job.result, () => times.length === 4);
    expect(times).toEqual([500, 501, 1000, 1001]);
    end();
    await finish();
    expect(times).toHaveLength(4);
  });
});

describe('what timers and side outputs emit', () => {
  test('has the time of the timer, and goes to those who read it', async () => {
    const late = new OutputTag<string>('late');
    class Split extends KeyedProcessFunction<string, string, string> {
      processElement(value: string, context: OnTimerContext<string>, out: Collector<string>): void {
        context.timerService().registerEventTimeTimer(50);
        if (value === 'a2') context.output(late, value);
        else out.collect(value);
      }
      override onTimer(timestampMs: number, context: OnTimerContext<string>, out: Collector<string>): void {
        out.collect(`timer ${timestampMs}`);
        context.output(late, `late timer ${context.timestamp()}`);
      }
    }
    class Times extends ProcessFunction<string, string> {
      processElement(value: string, context: { timestamp(): number | null }, out: Collector<string>): void {
        out.collect(`${value} of ${context.timestamp()}`);
      }
    }
    const { finish, output } = simulate({
      build: (env) => {
        const split = env
          .fromSource(scriptedSource([[{ value: 'a1', timestampMs: 1 }, { value: 'a2' }]]), 'script')
          .keyBy((value) => value[0]!)
          .process(new Split());
        split.process(new Times()).print();
        split
          .getSideOutput(late)
          .map((value) => `side ${value}`)
          .process(new Times())
          .print();
      },
    });
    await finish();
    expect(output).toEqual(['a1 of 1', 'side a2 of null', 'timer 50 of 50', 'side late timer 50 of 50']);
  });
});

describe('watermarks that the job makes', () => {
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<string>(5).withTimestampAssigner((value) =>
    Number(value.slice(1)),
  );
  const watermarks = async (scripts: readonly Script[], given = strategy): Promise<readonly string[]> => {
    const { finish, output } = simulate({
      build: (env) =>
        env
          .fromSource(scriptedSource(scripts), 'script')
          .setParallelism(scripts.length)
          .assignTimestampsAndWatermarks(given)
          .setParallelism(scripts.length)
          .keyBy((value) => value[0]!)
          .process(new Scripted({}))
          .print(),
    });
    await finish();
    return output;
  };
  const pause = (host: Promise<void>[]): Script[number] => ({ wait: host[0]! });

  test('are behind the latest record by the bound and a millisecond', async () => {
    let resolve = () => {};
    const waiting = [
      new Promise<void>((done) => {
        resolve = done;
      }),
    ];
    const simulation = simulate({
      build: (env) =>
        env
          .fromSource(
            scriptedSource([[{ value: 'a100' }, { value: 'a90' }, pause(waiting), { value: 'a3' }]]),
            'script',
          )
          .assignTimestampsAndWatermarks(strategy)
          .keyBy((value) => value[0]!)
          .process(new Scripted({}))
          .print(),
    });
    await simulation.host.run(simulation.job.result, () => simulation.host.clock.now() > 300);
    resolve();
    await simulation.finish();
    expect(simulation.output).toEqual(['a100 at -Infinity', 'a90 at -Infinity', 'a3 at 94']);
  });

  test('are held up by a subtask without records, unless it is taken for idle', async () => {
    const never = [{ wait: new Promise<void>(() => {}) }];
    const ticking = (given: WatermarkStrategy<string>) =>
      simulate({
        build: (env) =>
          env
            .fromSource(scriptedSource([[{ value: 'a100' }, ...never], never]), 'script')
            .setParallelism(2)
            .assignTimestampsAndWatermarks(given)
            .setParallelism(2)
            .keyBy((value) => value[0]!)
            .process(new Scripted({ a100: (timers) => timers.registerEventTimeTimer(50) }))
            .print(),
      });
    for (const [given, expected] of [
      [strategy, ['a100 at -Infinity']],
      [strategy.withIdleness(1000), ['a100 at -Infinity', 'a event-time 50']],
    ] as const) {
      const { host, job, output } = ticking(given);
      await host.run(job.result, () => host.clock.now() > 5000);
      expect(output).toEqual(expected);
      await host.run(job.cancel());
    }
  });

  test('that come from before are dropped', async () => {
    expect(await watermarks([[{ watermarkMs: 7 }, { value: 'a100' }]])).toEqual(['a100 at -Infinity']);
  });
});

describe('a reducing state', () => {
  test('has what all values come to', async () => {
    class Greatest extends KeyedProcessFunction<string, string, string> {
      private greatest!: ReducingState<string>;
      override open(context: Parameters<KeyedProcessFunction<string, string, string>['open']>[0]): void {
        const max = (a: string, b: string) => (a > b ? a : b);
        this.greatest = context.getReducingState(new ReducingStateDescriptor('max', max, Types.STRING));
      }
      processElement(value: string, _context: unknown, out: Collector<string>): void {
        this.greatest.add(value);
        out.collect(this.greatest.get()!);
        if (value === 'a9') this.greatest.clear();
      }
    }
    const script = ['a2', 'a1', 'a9', 'a4'].map((value) => ({ value }));
    expect(await linesOf(script, new Greatest())).toEqual(['a2', 'a2', 'a9', 'a4']);
  });
});

describe('is refused:', () => {
  const process = (step: Step) => (env: StreamExecutionEnvironment) =>
    env
      .fromElements('a')
      .keyBy((value) => value)
      .process(new Scripted({ a: step }))
      .print();
  const cases: Readonly<Record<string, readonly [RegExp, (env: StreamExecutionEnvironment) => unknown]>> = {
    'a timer on a stream without keys': [
      /operator Process cannot have timers: its stream has no keys/,
      (env) =>
        env
          .fromElements('a')
          .process(
            new (class extends ProcessFunction<string, string> {
              processElement(_value: string, context: { timerService(): TimerService }): void {
                context.timerService().registerEventTimeTimer(1);
              }
            })(),
          )
          .print(),
    ],
    'a timer of a function without onTimer': [
      /operator KeyedProcess cannot have timers: its function has no onTimer/,
      (env) =>
        env
          .fromElements('a')
          .keyBy((value) => value)
          .process(
            new (class extends KeyedProcessFunction<string, string, string> {
              processElement(_value: string, context: { timerService(): TimerService }): void {
                context.timerService().registerProcessingTimeTimer(1);
              }
            })(),
          )
          .print(),
    ],
    'a timer for no time': [
      /operator KeyedProcess sets a timer for NaN, which is no time/,
      process((timers) => timers.registerEventTimeTimer(Number.NaN)),
    ],
  };

  test.each(Object.entries(cases))('%s', async (_what, [message, build]) => {
    await expect(simulate({ build }).finish()).rejects.toThrow(message);
  });
});
