// Windows, in virtual time: which records are in which, when they give their results, and what becomes of late records.
import { afterEach, describe, expect, test } from 'vitest';
import { MergingWindowSet } from '../../src/engine/operators/window/merging-window-set.js';
import {
  type AggregateFunction,
  type Collector,
  EventTimeSessionWindows,
  type KeyedStream,
  OutputTag,
  ProcessWindowFunction,
  type SingleOutputStreamOperator,
  SlidingEventTimeWindows,
  TimeWindow,
  TumblingEventTimeWindows,
  TumblingProcessingTimeWindows,
  Types,
  ValueStateDescriptor,
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

const join = (a: string, b: string) => `${a} ${b}`;

class Tell extends ProcessWindowFunction<string, string, string> {
  process(
    _key: string,
    { window }: WindowContext,
    elements: readonly string[],
    out: Collector<string>,
  ): void {
    out.collect(`[${window.start}, ${window.end}) ${elements.join(' ')}`);
  }
}

describe('tumbling windows', () => {
  const script = [...at('a1', 'a9', 'b3', 'a10'), ...watermark(9), ...at('a15', 'a20')];

  test('give what their records come to when event time has passed their end', async () => {
    const reduced = await linesOf(script, (stream) =>
      stream.window(TumblingEventTimeWindows.of(10)).reduce(join, Types.STRING),
    );
    expect(reduced).toEqual(['a1 a9', 'b3', 'a10 a15', 'a20']);
  });

  test('give all of their records to a function, with the window', async () => {
    const processed = await linesOf(script, (stream) =>
      stream.window(TumblingEventTimeWindows.of(10, 5)).process(new Tell(), Types.STRING),
    );
    expect(processed).toEqual(['[-5, 5) a1', '[-5, 5) b3', '[5, 15) a9 a10', '[15, 25) a15 a20']);
  });

  test('aggregate', async () => {
    const mean: AggregateFunction<string, [number, number], string> = {
      createAccumulator: () => [0, 0],
      add: (value, [sum, count]) => [sum + Number(value.slice(1)), count + 1],
      getResult: ([sum, count]) => `${sum}/${count}`,
    };
    const type = Types.TUPLE<[number, number]>(Types.LONG, Types.LONG);
    const lines = await linesOf(script, (stream) =>
      stream.window(TumblingEventTimeWindows.of(10)).aggregate(mean, type, new Tell()),
    );
    expect(lines).toEqual(['[0, 10) 10/2', '[0, 10) 3/1', '[10, 20) 25/2', '[20, 30) 20/1']);
  });

  test('by processing time are full when the machine says so', async () => {
    let resolve = () => {};
    const wait = new Promise<void>((done) => {
      resolve = done;
    });
    const simulation = simulate({
      build: (env) =>
        env
          .fromSource(scriptedSource([[{ value: 'a1' }, { value: 'a2' }, { wait }]]), 'script')
          .keyBy((value) => value[0]!)
          .window(TumblingProcessingTimeWindows.of(1000))
          .process(new Tell(), Types.STRING)
          .print(),
    });
    const { host, job, output } = simulation;
    await host.run(job.result, () => host.clock.now() > 1100);
    expect(output).toEqual(['[0, 1000) a1 a2']);
    resolve();
    await simulation.finish();
    expect(output).toHaveLength(1);
  });
});

describe('sliding windows', () => {
  test('overlap: a record is in several', async () => {
    const lines = await linesOf(at('a1', 'a6', 'a12'), (stream) =>
      stream.window(SlidingEventTimeWindows.of(10, 5)).process(new Tell(), Types.STRING),
    );
    expect(lines).toEqual(['[-5, 5) a1', '[0, 10) a1 a6', '[5, 15) a6 a12', '[10, 20) a12']);
  });
});

function sessions(more: () => Partial<Simulation>): void {
  const gap = EventTimeSessionWindows.withGap(10);

  test('end when there was no record for a while', async () => {
    const script = [...at('a1', 'a8', 'b3', 'a30'), ...watermark(17), ...at('a35')];
    const lines = await linesOf(
      script,
      (stream) => stream.window(gap).process(new Tell(), Types.STRING),
      more(),
    );
    expect(lines).toEqual(['[3, 13) b3', '[1, 18) a1 a8', '[30, 45) a30 a35']);
  });

  test('become one when a record comes between them', async () => {
    const script = [...at('a1', 'a20', 'a40'), ...watermark(5), ...at('a10', 'a30')];
    const lines = await linesOf(
      script,
      (stream) => stream.window(gap).reduce(join, Types.STRING, new Tell()),
      more(),
    );
    expect(lines).toEqual(['[1, 50) a1 a20 a10 a40 a30']);
  });
}

describe('session windows', () => sessions(() => ({})));
describeRocksDb('session windows with RocksDB', () => {
  afterEach(closeDatabases);
  sessions(() => ({
    databases: testDatabases(),
    configuration: {
      'state.backend.type': 'rocksdb',
      'state.backend.rocksdb.memory.fixed-per-slot': '1b',
    },
  }));
});

describe('late records', () => {
  const late = new OutputTag<string>('late');
  const script = [
    ...at('a1'),
    ...watermark(12),
    ...at('a2', 'a3'),
    ...watermark(14),
    ...at('a4'),
    ...watermark(30),
    ...at('a5'),
  ];
  const lines = async (allowedMs: number) => {
    const { finish, output } = simulate({
      build: (env) => {
        const windows = env
          .fromSource(scriptedSource([script]), 'script')
          .keyBy((value) => value[0]!)
          .window(TumblingEventTimeWindows.of(10))
          .allowedLateness(allowedMs)
          .sideOutputLateData(late)
          .process(new Tell(), Types.STRING);
        windows.print();
        windows
          .getSideOutput(late)
          .map((value) => `late ${value}`)
          .print();
      },
    });
    await finish();
    return output;
  };

  test('are dropped, or go to a side output', async () => {
    expect(await lines(0)).toEqual(['[0, 10) a1', 'late a2', 'late a3', 'late a4', 'late a5']);
    const dropped = await linesOf(script, (stream) =>
      stream.window(TumblingEventTimeWindows.of(10)).process(new Tell(), Types.STRING),
    );
    expect(dropped).toEqual(['[0, 10) a1']);
  });

  test('that are allowed make their window give its results again', async () => {
    expect(await lines(4)).toEqual(['[0, 10) a1', '[0, 10) a1 a2', '[0, 10) a1 a2 a3', 'late a4', 'late a5']);
    expect(await lines(10)).toEqual([
      '[0, 10) a1',
      '[0, 10) a1 a2',
      '[0, 10) a1 a2 a3',
      '[0, 10) a1 a2 a3 a4',
      'late a5',
    ]);
  });
});

describe('a window function', () => {
  test('has state of the window, which it clears, and of the key', async () => {
    class Remember extends ProcessWindowFunction<string, string, string> {
      process(
        _key: string,
        context: WindowContext,
        elements: readonly string[],
        out: Collector<string>,
      ): void {
        const here = context.windowState().getState(new ValueStateDescriptor('here', Types.LONG));
        const all = context.globalState().getState(new ValueStateDescriptor('all', Types.LONG));
        here.update((here.value() ?? 0) + 1);
        all.update((all.value() ?? 0) + elements.length);
        out.collect(`${context.window.start}: ${here.value()} ${all.value()}`);
      }
      override clear(context: WindowContext): void {
        context.windowState().getState(new ValueStateDescriptor('here', Types.LONG)).clear();
      }
    }
    const script = [...at('a1', 'a11'), ...watermark(10), ...at('a2'), ...watermark(25), ...at('a26')];
    const lines = await linesOf(script, (stream) =>
      stream.window(TumblingEventTimeWindows.of(10)).allowedLateness(5).process(new Remember(), Types.STRING),
    );
    expect(lines).toEqual(['0: 1 1', '0: 2 3', '10: 1 4', '20: 1 5']);
  });
});

describe('windows that merge', () => {
  test('keep their contents where they were first put', () => {
    let kept: readonly (readonly [TimeWindow, TimeWindow])[] = [];
    const state = {
      get: () => kept,
      update: (windows: Iterable<readonly [TimeWindow, TimeWindow]>) => {
        kept = [...windows];
      },
    };
    const windows = new MergingWindowSet(state as never);
    const merges: string[] = [];
    const add = (start: number, end: number) =>
      windows.add(new TimeWindow(start, end), ({ result, stateWindow, mergedStateWindows }) =>
        merges.push([result, stateWindow, ...mergedStateWindows].join(' ')),
      );
    add(0, 10);
    add(20, 30);
    add(2, 8);
    expect(merges).toEqual([]);
    const joined = add(10, 20);
    expect(merges).toEqual([
      'TimeWindow{start=0, end=30} TimeWindow{start=0, end=10} TimeWindow{start=20, end=30}',
    ]);
    expect(windows.stateWindowOf(joined)).toEqual(new TimeWindow(0, 10));
    windows.persist();
    expect(new MergingWindowSet(state as never).stateWindowOf(joined)).toEqual(new TimeWindow(0, 10));
    windows.retire(joined);
    expect(windows.stateWindowOf(joined)).toBeNull();
  });
});

describe('is refused:', () => {
  const keyed = (windowing: Windowing) => () => linesOf([{ value: 'a1' }], windowing);
  const neverMerged: AggregateFunction<string, string, string> = {
    createAccumulator: () => '',
    add: join,
    getResult: (joined) => joined,
  };
  const cases: Readonly<Record<string, readonly [RegExp, Windowing]>> = {
    'a record without event time': [
      /operator TumblingEventTimeWindows has windows of event time, and a record that has none/,
      (stream) => stream.window(TumblingEventTimeWindows.of(10)).reduce(join, Types.STRING),
    ],
    'sessions of what cannot be merged': [
      /an aggregate of session windows cannot be merged/,
      (stream) => stream.window(EventTimeSessionWindows.withGap(1)).aggregate(neverMerged, Types.STRING),
    ],
    'a window of no length': [
      /tumbling windows have sizeMs 0/,
      (stream) => stream.window(TumblingEventTimeWindows.of(0)).reduce(join, Types.STRING),
    ],
    'an offset of a whole window': [
      /windows begin at offset 10/,
      (stream) => stream.window(TumblingEventTimeWindows.of(10, 10)).reduce(join, Types.STRING),
    ],
    'less than no lateness': [
      /windows allow a lateness of -1/,
      (stream) =>
        stream.window(TumblingEventTimeWindows.of(1)).allowedLateness(-1).reduce(join, Types.STRING),
    ],
  };

  test.each(Object.entries(cases))('%s', async (_what, [message, windowing]) => {
    await expect(keyed(windowing)()).rejects.toThrow(message);
  });
});
