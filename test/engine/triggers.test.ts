// Triggers and evictors, in virtual time: when windows give their results, and of which records.
import { afterEach, describe, expect, test } from 'vitest';
import {
  type AllWindowedStream,
  type Collector,
  ContinuousEventTimeTrigger,
  ContinuousProcessingTimeTrigger,
  CountEvictor,
  CountTrigger,
  EventTimeSessionWindows,
  EventTimeTrigger,
  type Evictor,
  GlobalWindows,
  type KeyedStream,
  ListStateDescriptor,
  ProcessAllWindowFunction,
  ProcessWindowFunction,
  PurgingTrigger,
  type SingleOutputStreamOperator,
  TimeEvictor,
  type TimestampedValue,
  type TimeWindow,
  type Trigger,
  TumblingEventTimeWindows,
  TumblingProcessingTimeWindows,
  Types,
  type Window,
  type WindowContext,
} from '../../src/index.js';
import { closeDatabases, describeRocksDb, testDatabases } from './support/rocksdb.js';
import { type Script, scriptedSource } from './support/scripted-source.js';
import { type Simulation, simulate } from './support/simulation.js';

/** `a5` is a record of key a and event time 5. */
const at = (...records: readonly string[]): Script =>
  records.map((value) => ({ value, timestampMs: Number(value.slice(1)) }));
const watermark = (watermarkMs: number): Script => [{ watermarkMs }];

type Windowing = (stream: KeyedStream<string, string>) => SingleOutputStreamOperator<string>;

async function linesOf(script: Script, windowing: Windowing, more: Partial<Simulation> = {}) {
  const simulation = simulate({
    build: (env) =>
      windowing(env.fromSource(scriptedSource([script]), 'script').keyBy((value) => value[0]!)).print(),
    ...more,
  });
  await simulation.finish();
  return simulation.output;
}

class Tell extends ProcessWindowFunction<string, string, string, Window> {
  process(
    _key: string,
    _context: WindowContext<Window>,
    elements: readonly string[],
    out: Collector<string>,
  ): void {
    out.collect(elements.join(' '));
  }
}

const join = (a: string, b: string) => `${a} ${b}`;
const everything = at('a1', 'a2', 'b3', 'a4', 'b5', 'a6', 'a7');

describe('a global window', () => {
  const all = (stream: KeyedStream<string, string>) => stream.window(GlobalWindows.create());

  test('gives nothing without a trigger, and wants no event time', async () => {
    expect(await linesOf([{ value: 'a1' }], (stream) => all(stream).reduce(join, Types.STRING))).toEqual([]);
  });

  test('gives all of its records at every so many of them', async () => {
    const lines = await linesOf(everything, (stream) =>
      all(stream).trigger(CountTrigger.of(2)).process(new Tell(), Types.STRING),
    );
    expect(lines).toEqual(['a1 a2', 'b3 b5', 'a1 a2 a4 a6']);
  });

  test('is emptied by a purging trigger', async () => {
    const lines = await linesOf(everything, (stream) =>
      stream.countWindow(2).process(new Tell(), Types.STRING),
    );
    expect(lines).toEqual(['a1 a2', 'b3 b5', 'a4 a6']);
  });

  test('that slides gives the last records', async () => {
    const lines = await linesOf(everything, (stream) =>
      stream.countWindow(3, 2, Types.STRING).reduce(join, Types.STRING),
    );
    expect(lines).toEqual(['a1 a2', 'b3 b5', 'a2 a4 a6']);
  });

  test('gives what is left at the end of event time', async () => {
    const lines = await linesOf([...at('a1', 'a12'), ...watermark(10), ...at('a13')], (stream) =>
      all(stream).trigger(ContinuousEventTimeTrigger.of(10)).process(new Tell(), Types.STRING),
    );
    expect(lines).toEqual(['a1 a12', 'a1 a12 a13', 'a1 a12 a13']);
  });
});

describe('a continuous trigger', () => {
  test('gives results between the beginning and the end of a window', async () => {
    const script = [
      ...at('a1', 'a3'),
      ...watermark(4),
      ...at('a6'),
      ...watermark(9),
      ...watermark(21),
      ...at('a22'),
    ];
    const lines = await linesOf(script, (stream) =>
      stream
        .window(TumblingEventTimeWindows.of(20))
        .trigger(ContinuousEventTimeTrigger.of(4))
        .process(new Tell(), Types.STRING),
    );
    // At 4, at 8 and, when the watermark jumps, at 12, 16 and the end of the window.
    expect(lines).toEqual([
      'a1 a3',
      ...Array.from({ length: 4 }, () => 'a1 a3 a6'),
      // At the last watermark: at 24, 28, 32, 36, and at the end.
      ...Array.from({ length: 5 }, () => 'a22'),
    ]);
  });

  test('goes by the time of the machine', async () => {
    let resolve = () => {};
    const wait = new Promise<void>((done) => {
      resolve = done;
    });
    const { host, job, output, finish } = simulate({
      build: (env) =>
        env
          .fromSource(scriptedSource([[{ value: 'a1' }, { value: 'a2' }, { wait }]]), 'script')
          .keyBy((value) => value[0]!)
          .window(TumblingProcessingTimeWindows.of(1000))
          .trigger(ContinuousProcessingTimeTrigger.of(400))
          .process(new Tell(), Types.STRING)
          .print(),
    });
    await host.run(job.result, () => host.clock.now() > 1100);
    expect(output).toEqual(['a1 a2', 'a1 a2', 'a1 a2']);
    resolve();
    await finish();
  });
});

/** Fires at a record that was there before; remembers all. */
class AtRepeated implements Trigger<string, Window> {
  readonly #seen = new ListStateDescriptor('seen', Types.STRING);

  onElement(element: string, _timestampMs: number | null, _window: Window, context: Context) {
    const seen = context.getPartitionedState(this.#seen);
    const isRepeated = seen.get().includes(element);
    seen.add(element);
    return isRepeated ? 'FIRE' : 'CONTINUE';
  }

  onEventTime = () => 'CONTINUE' as const;
  onProcessingTime = () => 'CONTINUE' as const;

  clear(_window: Window, context: Context): void {
    context.getPartitionedState(this.#seen).clear();
  }
}
type Context = Parameters<Trigger<string, Window>['clear']>[1];

describe("a trigger of one's own", () => {
  test('has state of the key and the window', async () => {
    const script = [...at('a1', 'b1', 'a11', 'a1', 'a11', 'a2'), ...watermark(10), ...at('a12')];
    const lines = await linesOf(script, (stream) =>
      stream
        .window(TumblingEventTimeWindows.of(10))
        .trigger(new AtRepeated())
        .process(new Tell(), Types.STRING),
    );
    expect(lines).toEqual(['a1 a1', 'a11 a11']);
  });

  test('is refused for sessions where it does not know how to merge', async () => {
    const windowing: Windowing = (stream) =>
      stream
        .window(EventTimeSessionWindows.withGap(10))
        .trigger(PurgingTrigger.of(new AtRepeated()))
        .process(new Tell(), Types.STRING);
    await expect(linesOf([], windowing)).rejects.toThrow(
      /a trigger that does not know what to do when they merge/,
    );
  });
});

function acrossBackends(more: () => Partial<Simulation>): void {
  test('counts of sessions are added where they become one', async () => {
    const lines = await linesOf(
      at('a1', 'a2', 'a20', 'a11', 'a40'),
      (stream) =>
        stream
          .window(EventTimeSessionWindows.withGap(10))
          .trigger(CountTrigger.of(4))
          .process(new Tell(), Types.STRING),
      more(),
    );
    expect(lines).toEqual(['a1 a2 a20 a11']);
  });

  test('state of triggers and evicted windows goes on from a checkpoint', async () => {
    const script = Array.from({ length: 9 }, (_, number) => ({ value: `a${number}`, timestampMs: number }));
    let completed = () => {};
    const wait = new Promise<void>((resolve) => {
      completed = resolve;
    });
    const { finish, output, events } = simulate({
      build: (env) =>
        env
          .fromSource(scriptedSource([[...script.slice(0, 5), { wait }, ...script.slice(5)]]), 'script')
          .keyBy((value) => value[0]!)
          .countWindow(4, 3, Types.STRING)
          .process(new Tell(), Types.STRING)
          .print(),
      options: { failAtCheckpoint: 1 },
      onEvent: ({ kind }) => {
        if (kind === 'checkpoint-completed') completed();
      },
      ...more(),
    });
    await finish();
    expect(events.map(({ kind }) => kind)).toContain('restored');
    expect(output).toEqual(['a0 a1 a2', 'a2 a3 a4 a5', 'a5 a6 a7 a8']);
  });
}

describe('in memory', () => acrossBackends(() => ({})));
describeRocksDb('in RocksDB', () => {
  afterEach(closeDatabases);
  acrossBackends(() => ({
    databases: testDatabases(),
    configuration: {
      'state.backend.type': 'rocksdb',
      'state.backend.rocksdb.memory.fixed-per-slot': '1b',
    },
  }));
});

describe('an evictor', () => {
  const evicting = (evictor: Evictor<string, Window>, script: Script = everything) =>
    linesOf(script, (stream) =>
      stream
        .window(TumblingEventTimeWindows.of(10))
        .evictor(evictor, Types.STRING)
        .allowedLateness(100)
        .process(new Tell(), Types.STRING),
    );

  test('lets the function see the last records', async () => {
    expect(await evicting(CountEvictor.of(2))).toEqual(['a6 a7', 'b3 b5']);
  });

  test('lets the function see what is not much older than the newest', async () => {
    expect(await evicting(TimeEvictor.of(3))).toEqual(['a6 a7', 'b3 b5']);
  });

  test('after the function leaves the rest for the next time', async () => {
    const script = [...at('a1', 'a2', 'a3'), ...watermark(15), ...at('a4')];
    expect(await evicting(CountEvictor.of(1, true), script)).toEqual(['a1 a2 a3', 'a3 a4']);
    expect(await evicting(CountEvictor.of(0, true), script)).toEqual(['a1 a2 a3', 'a4']);
  });

  test("of one's own is told window, times and timestamps", async () => {
    const told: string[] = [];
    const odd: Evictor<string, TimeWindow> = {
      evictBefore: (elements, window, context) => {
        told.push(`${window} ${context.getCurrentWatermark()}`);
        return elements.filter(({ timestampMs }: TimestampedValue<string>) => timestampMs! % 2 === 1);
      },
      evictAfter: (elements) => elements,
    };
    expect(await evicting(odd, [...at('a1', 'a2', 'a3'), ...watermark(9)])).toEqual(['a1 a3']);
    expect(told).toEqual(['TimeWindow{start=0, end=10} 9']);
  });

  test('comes before what joins the records', async () => {
    const counting = {
      createAccumulator: () => 0,
      add: (_value: string, count: number) => count + 1,
      getResult: (count: number) => `${count} records`,
    };
    const lines = await linesOf(everything, (stream) =>
      stream
        .window(TumblingEventTimeWindows.of(10))
        .evictor(CountEvictor.of(3), Types.STRING)
        .aggregate(counting, Types.LONG),
    );
    expect(lines).toEqual(['3 records', '2 records']);
  });
});

describe('windows of a stream without keys', () => {
  const allOf = async (
    windowing: (windows: AllWindowedStream<string>) => SingleOutputStreamOperator<string>,
  ) => {
    const { finish, output } = simulate({
      build: (env) => {
        env.setParallelism(2);
        const records = env.fromSource(scriptedSource([everything]), 'script');
        windowing(records.windowAll(TumblingEventTimeWindows.of(10)))
          .print()
          .setParallelism(1);
      },
    });
    await finish();
    return output;
  };

  class TellAll extends ProcessAllWindowFunction<string, string> {
    private opened = false;

    override open(): void {
      this.opened = true;
    }

    process({ window }: WindowContext, elements: readonly string[], out: Collector<string>): void {
      if (this.opened) out.collect(`${window.start}: ${elements.join(' ')}`);
    }
  }

  test('gather all records in one subtask', async () => {
    const inOrder = 'a1 a2 b3 a4 b5 a6 a7';
    expect(await allOf((windows) => windows.process(new TellAll(), Types.STRING))).toEqual([`0: ${inOrder}`]);
    expect(await allOf((windows) => windows.reduce(join, Types.STRING))).toEqual([inOrder]);
  });

  test('have triggers and evictors', async () => {
    const lines = await allOf((windows) =>
      windows
        .trigger(PurgingTrigger.of(EventTimeTrigger.create()))
        .evictor(CountEvictor.of(1), Types.STRING)
        .reduce(join, Types.STRING, new TellAll()),
    );
    expect(lines).toEqual(['0: a7']);
  });
});

test('numbers that make no sense are refused', () => {
  expect(() => CountTrigger.of(0)).toThrow(/CountTrigger is given 0/);
  expect(() => ContinuousEventTimeTrigger.of(1.5)).toThrow(/ContinuousEventTimeTrigger is given 1.5/);
  expect(() => CountEvictor.of(-1)).toThrow(/CountEvictor is given -1/);
});
