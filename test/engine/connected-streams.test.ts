// Two streams that one operator reads, broadcast state, and operator state of functions, also after a restore with
// another parallelism.
import { describe, expect, test } from 'vitest';
import {
  type BroadcastContext,
  BroadcastProcessFunction,
  type Collector,
  CoProcessFunction,
  type FunctionInitializationContext,
  KeyedBroadcastProcessFunction,
  KeyedCoProcessFunction,
  type KeyedProcessContext,
  type ListState,
  ListStateDescriptor,
  MapStateDescriptor,
  type OnTimerContext,
  type ReadOnlyBroadcastContext,
  type RuntimeContext,
  type StreamExecutionEnvironment,
  type TimerService,
  Types,
  type ValueState,
  ValueStateDescriptor,
} from '../../src/index.js';
import { child } from '../../src/model/location.js';
import { type Script, scriptedSource } from './support/scripted-source.js';
import { JOB, type Simulation, simulate } from './support/simulation.js';

type Build = (env: StreamExecutionEnvironment) => void;

async function linesOf(build: Build, more: Partial<Simulation> = {}): Promise<readonly string[]> {
  const simulation = simulate({ build, ...more });
  await simulation.finish();
  return [...simulation.output].sort();
}

const LIMITS = new MapStateDescriptor('limits', Types.STRING, Types.LONG);

describe('connected streams', () => {
  test('are mapped and flat-mapped each in its own way', async () => {
    const build: Build = (env) => {
      const connected = env.fromElements(1, 2).connect(env.fromElements('a', 'b'));
      connected.map({ map1: (value) => `number ${value}`, map2: (value) => `text ${value}` }).print();
      connected
        .flatMap<string>({
          flatMap1: (value, out) => {
            for (let i = 0; i < value; i++) out.collect(`flat ${value}`);
          },
          flatMap2: () => {},
        })
        .print();
    };
    expect(await linesOf(build)).toEqual([
      'flat 1',
      'flat 2',
      'flat 2',
      'number 1',
      'number 2',
      'text a',
      'text b',
    ]);
  });

  test('with keys have state and timers in common, by the watermark of both', async () => {
    class Both extends KeyedCoProcessFunction<string, string, string, string> {
      private seen!: ValueState<string>;
      override open(context: RuntimeContext): void {
        this.seen = context.getState(new ValueStateDescriptor('seen', Types.STRING));
      }
      processElement1(value: string, context: KeyedProcessContext<string>): void {
        this.seen.update(`${this.seen.value() ?? ''}${value}`);
        context.timerService().registerEventTimeTimer(10);
      }
      processElement2(value: string, context: KeyedProcessContext<string>): void {
        this.processElement1(value, context);
      }
      override onTimer(_timestampMs: number, context: OnTimerContext<string>, out: Collector<string>): void {
        out.collect(`${context.getCurrentKey()} ${[...(this.seen.value() ?? '')].sort().join('')}`);
      }
    }
    const scripts: readonly Script[] = [
      [{ value: 'a1' }, { value: 'b2' }, { watermarkMs: 20 }],
      [{ value: 'a3' }, { watermarkMs: 5 }],
    ];
    const build: Build = (env) => {
      const [first, second] = scripts.map((script, index) =>
        env
          .fromSource(scriptedSource([script]), `script ${index}`)
          .uid(`script ${index}`)
          .keyBy((value) => value[0]!),
      );
      first!.connect(second!).process(new Both()).print();
    };
    expect(await linesOf(build)).toEqual(['a 13aa', 'b 2b']);
  });

  test('without keys are processed together', async () => {
    class Tell extends CoProcessFunction<number, string, string> {
      processElement1(value: number, _context: unknown, out: Collector<string>): void {
        out.collect(`first ${value}`);
      }
      processElement2(value: string, _context: unknown, out: Collector<string>): void {
        out.collect(`second ${value}`);
      }
    }
    const build: Build = (env) =>
      env.fromElements(1).connect(env.fromElements('x')).process(new Tell()).setParallelism(3).print();
    const lines = await linesOf(build);
    expect(lines.map((line) => line.replace(/^\d> /, ''))).toEqual(['first 1', 'second x']);
  });
});

/** Lets records pass that are below the limit of their key. */
class Limit extends KeyedBroadcastProcessFunction<string, string, readonly [string, number], string> {
  processElement(
    value: string,
    context: KeyedProcessContext<string> & ReadOnlyBroadcastContext,
    out: Collector<string>,
  ): void {
    const limit = context.getBroadcastState(LIMITS).get(context.getCurrentKey());
    out.collect(`${value} below ${limit}`);
  }
  processBroadcastElement([key, limit]: readonly [string, number], context: BroadcastContext): void {
    context.getBroadcastState(LIMITS).put(key, limit);
  }
}

describe('a broadcast stream', () => {
  const gate = () => {
    let open = () => {};
    const wait = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, wait };
  };

  test('is known to every subtask, after a restore at any parallelism too', async () => {
    const limits: Script = [{ value: 'a=1' }, { value: 'b=2' }];
    const build =
      (script: Script, parallelism: number): Build =>
      (env) => {
        const rules = env
          .fromSource(scriptedSource([limits]), 'limits')
          .uid('limits')
          .map((line) => [line[0]!, Number(line.slice(2))] as const)
          .uid('parsed')
          .broadcast(LIMITS);
        env
          .fromSource(scriptedSource([script]), 'records')
          .uid('records')
          .keyBy((value) => value[0]!)
          .connect(rules)
          .process(new Limit())
          .uid('limit')
          .setParallelism(parallelism)
          .print()
          .uid('print')
          .setParallelism(1);
      };
    const { wait } = gate();
    const first = simulate({ build: build([{ wait }, { value: 'a1' }, { value: 'b1' }], 2) });
    await first.runUntil('checkpoint-completed', 3);
    const taken = first.events.findLast((event) => event.kind === 'checkpoint-completed');
    if (taken?.kind !== 'checkpoint-completed') throw new Error('there is no checkpoint');
    for (const parallelism of [1, 2, 3]) {
      const second = simulate({
        build: build([{ wait: Promise.resolve() }, { value: 'a1' }, { value: 'b1' }], parallelism),
        storage: first.storage,
        options: {
          restore: { snapshot: taken.location, claimMode: 'no-claim', allowNonRestoredState: false },
          jobId: `0000000000000000000000000000000${parallelism + 1}`,
        },
      });
      await second.finish();
      expect([...second.output].sort()).toEqual(['a1 below 1', 'b1 below 2']);
    }
  });

  test('without keys sends every record everywhere', async () => {
    class Count extends BroadcastProcessFunction<string, string, string> {
      processElement(): void {}
      processBroadcastElement(value: string, context: BroadcastContext, out: Collector<string>): void {
        const limits = context.getBroadcastState(LIMITS);
        limits.put(value, (limits.get(value) ?? 0) + 1);
        out.collect(`${value} ${limits.get(value)} ${[...limits.immutableEntries()].length}`);
      }
    }
    const build: Build = (env) =>
      env
        .fromElements('x')
        .connect(env.fromElements('r', 'r').broadcast(LIMITS))
        .process(new Count())
        .setParallelism(2)
        .print()
        .setParallelism(1);
    expect(await linesOf(build)).toEqual(['r 1 1', 'r 1 1', 'r 2 1', 'r 2 1']);
    const plain: Build = (env) =>
      env
        .fromElements('y')
        .broadcast()
        .map((value) => value)
        .setParallelism(3)
        .print()
        .setParallelism(1);
    expect(await linesOf(plain)).toEqual(['y', 'y', 'y']);
  });
});

/** Keeps what it has seen in one list and, all subtasks, in another. */
class Remember {
  private own!: ListState<string>;
  private all!: ListState<string>;
  private before = '';
  private seen: string[] = [];

  initializeState(context: FunctionInitializationContext): void {
    const store = context.getOperatorStateStore();
    this.own = store.getListState(new ListStateDescriptor('own', Types.STRING));
    this.all = store.getUnionListState(new ListStateDescriptor('all', Types.STRING));
    this.before = `${context.isRestored()} ${[...this.own.get()].length} of ${[...this.all.get()].sort().join('')}`;
    this.seen = [...this.own.get()];
  }

  snapshotState(): void {
    this.own.update(this.seen);
    this.all.update(this.seen);
  }

  map(value: string): string {
    this.seen.push(value);
    return this.before;
  }
}

describe('operator state of a function', () => {
  test('is dealt out to its subtasks, and the union of it to all of them', async () => {
    const job =
      (script: Script, parallelism: number): Build =>
      (env) =>
        env
          .fromSource(scriptedSource([script]), 'records')
          .uid('records')
          .map(new Remember())
          .uid('remember')
          .setParallelism(parallelism)
          .print()
          .uid('print')
          .setParallelism(1);
    const never = new Promise<void>(() => {});
    const records = ['a', 'b', 'c', 'd'].map((value) => ({ value }));
    const first = simulate({ build: job([...records, { wait: never }], 2) });
    await first.runUntil('checkpoint-completed', 3);
    expect(new Set(first.output)).toEqual(new Set(['false 0 of ']));
    for (const [parallelism, expected] of [
      [1, ['true 4 of abcd']],
      [2, ['true 2 of abcd', 'true 2 of abcd']],
      [4, ['true 1 of abcd', 'true 1 of abcd', 'true 1 of abcd', 'true 1 of abcd']],
    ] as const) {
      const more = records.slice(0, parallelism);
      const second = simulate({
        build: job([...records, { wait: Promise.resolve() }, ...more], parallelism),
        storage: first.storage,
        options: {
          restore: { snapshot: child(JOB, 'chk-3'), claimMode: 'no-claim', allowNonRestoredState: false },
          jobId: `0000000000000000000000000000000${parallelism + 1}`,
        },
      });
      await second.finish();
      expect(second.output).toEqual(expected);
    }
  });
});

describe('is refused:', () => {
  const other = new MapStateDescriptor('other', Types.STRING, Types.LONG);
  class Wrong extends KeyedBroadcastProcessFunction<string, string, string, string> {
    private state!: ValueState<string>;
    constructor(private readonly wrong: 'unknown' | 'timer' | 'keyed' | 'write') {
      super();
    }
    override open(context: RuntimeContext): void {
      this.state = context.getState(new ValueStateDescriptor('x', Types.STRING));
    }
    processElement(_value: string, context: ReadOnlyBroadcastContext): void {
      if (this.wrong === 'write') (context as BroadcastContext).getBroadcastState(LIMITS).put('x', 1);
    }
    processBroadcastElement(value: string, context: BroadcastContext): void {
      if (this.wrong === 'unknown') context.getBroadcastState(other);
      if (this.wrong === 'timer') context.timerService().registerEventTimeTimer(1);
      if (this.wrong === 'keyed') this.state.update(value);
    }
    override onTimer(): void {}
  }
  const build =
    (wrong: 'unknown' | 'timer' | 'keyed' | 'write'): Build =>
    (env) =>
      env
        .fromElements('a')
        .keyBy((value) => value)
        .connect(env.fromElements('rule').broadcast(LIMITS))
        .process(new Wrong(wrong))
        .print();
  class Timer extends CoProcessFunction<string, string, string> {
    processElement1(_value: string, context: { timerService(): TimerService }): void {
      context.timerService().registerEventTimeTimer(1);
    }
    processElement2(): void {}
  }

  test.each<readonly [string, RegExp, Build]>([
    ['a broadcast state that was not named', /unknown broadcast state other/, build('unknown')],
    ['a timer where there is no key', /cannot have timers: its stream has no keys/, build('timer')],
    ['keyed state where there is no key', /keyed state is used/, build('keyed')],
    ['writing broadcast state on the other side', /put is not a function/, build('write')],
    [
      'a timer without keys',
      /operator Co-Process cannot have timers/,
      (env) => env.fromElements('a').connect(env.fromElements('b')).process(new Timer()).print(),
    ],
    [
      'one stream with keys, one without',
      /one of the two streams of Co-Process has keys, the other has none/,
      (env) =>
        env
          .fromElements('a')
          .keyBy((value) => value)
          .connect(env.fromElements('b'))
          .process(new Timer())
          .print(),
    ],
  ])('%s', async (_what, message, program) => {
    await expect(linesOf(program)).rejects.toThrow(message);
  });
});
