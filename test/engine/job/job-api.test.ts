// Programs as users write them: what they come to, and what is refused before anything runs.
import { describe, expect, test } from 'vitest';
import { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import { buildJobGraph } from '../../../src/engine/job/job-graph.js';
import {
  type Collector,
  CollectSink,
  type KeyedProcessContext,
  KeyedProcessFunction,
  ListStateDescriptor,
  MapStateDescriptor,
  ProcessFunction,
  type RuntimeContext,
  Types,
  type ValueState,
  ValueStateDescriptor,
} from '../../../src/index.js';
import { operatorIdOfUid } from '../../../src/model/operator-id.js';
import { UsageError } from '../../../src/support/errors.js';
import { simulate } from '../support/simulation.js';

type Build = (env: StreamExecutionEnvironment) => void;

const tasksOf = (build: Build) => {
  const env = new StreamExecutionEnvironment();
  build(env);
  return buildJobGraph(env.getStreamGraph()).vertices.map(
    ({ name, parallelism }) => `${name} x${parallelism}`,
  );
};

const outputOf = async (build: Build, checkpoints = true) => {
  const simulation = simulate({ build, checkpoints });
  await simulation.finish();
  return simulation.output;
};

describe('a program', () => {
  test('counts a, b, c, a as the classic example does', async () => {
    class CountBefore extends KeyedProcessFunction<string, string, string> {
      private seen = {} as { value(): number | null; update(value: number): void };
      override open(context: RuntimeContext): void {
        this.seen = context.getState(new ValueStateDescriptor('seen', Types.LONG));
      }
      processElement(letter: string, _context: unknown, out: { collect(line: string): void }): void {
        const seen = this.seen.value() ?? 0;
        this.seen.update(seen + 1);
        out.collect(`${letter} ${seen}`);
      }
    }
    const build: Build = (env) =>
      env
        .fromElements('a', 'b', 'c', 'a')
        .keyBy((letter) => letter)
        .process(new CountBefore())
        .print();
    expect(await outputOf(build)).toEqual(['a 0', 'b 0', 'c 0', 'a 1']);
    expect(await outputOf(build, false)).toEqual(['a 0', 'b 0', 'c 0', 'a 1']);
  });

  test('maps, filters, flat-maps and unites streams', async () => {
    const build: Build = (env) => {
      const numbers = env.fromSequence(1, 4);
      const small = numbers.filter((value) => value <= 2).map((value) => `small ${value}`);
      const twice = numbers.flatMap<string>({
        flatMap(value, out) {
          out.collect(`${value}`);
          out.collect(`${value * 10}`);
        },
      });
      small.union(twice).print();
    };
    expect((await outputOf(build)).sort()).toEqual(
      ['1', '10', '2', '20', '3', '30', '4', '40', 'small 1', 'small 2'].sort(),
    );
  });

  test('names the subtask before each printed line where there are several', async () => {
    const lines = await outputOf((env) =>
      env.fromElements(1, 2, 3).map(String).setParallelism(3).print().setParallelism(3),
    );
    expect(lines.sort()).toEqual(['1> 1', '2> 2', '3> 3']);
  });

  test('gives every subtask a function object of its own, opened and closed', async () => {
    const log: string[] = [];
    const rich = {
      seen: 0,
      open(context: RuntimeContext) {
        log.push(`open ${context.subtaskIndex}/${context.parallelism}`);
      },
      map(value: number) {
        this.seen += 1;
        return `${value} seen ${this.seen}`;
      },
      close() {
        log.push(`close ${this.seen}`);
      },
    };
    const lines = await outputOf((env) => env.fromElements(1, 2, 3).map(rich).setParallelism(2).print());
    expect(log.sort()).toEqual(['close 1', 'close 2', 'open 0/2', 'open 1/2']);
    expect(lines.sort()).toEqual(['1 seen 1', '2 seen 1', '3 seen 2']);
  });

  test('says what to do about #private members, which no copy of a function object has', async () => {
    class Count extends ProcessFunction<number, number> {
      #seen = 0;
      processElement(_value: number, _context: unknown, out: { collect(seen: number): void }): void {
        out.collect(++this.#seen);
      }
    }
    const build = (given: Count | (() => Count)) => (env: StreamExecutionEnvironment) => {
      env.fromElements(7, 7).process(given).print();
    };
    const refused = simulate({ build: build(new Count()) });
    await expect(refused.finish()).rejects.toMatchObject({
      name: 'UsageError',
      next: expect.stringContaining('() => new F()'),
    });
    expect(refused.events.some(({ kind }) => kind === 'restarting')).toBe(false);
    expect(await outputOf(build(() => new Count()))).toEqual(['1', '2']);
  });

  test('keeps lists and maps for each key', async () => {
    class Remember extends KeyedProcessFunction<string, string, string> {
      private words = {} as { add(word: string): void; get(): readonly string[] };
      private lengths = {} as { put(length: number, word: string): void; keys(): Iterable<number> };
      override open(context: RuntimeContext): void {
        this.words = context.getListState(new ListStateDescriptor('words', Types.STRING));
        this.lengths = context.getMapState(new MapStateDescriptor('lengths', Types.INT, Types.STRING));
      }
      processElement(word: string, _context: unknown, out: { collect(line: string): void }): void {
        this.words.add(word);
        this.lengths.put(word.length, word);
        out.collect(`${this.words.get().join('+')} ${[...this.lengths.keys()].join('+')}`);
      }
    }
    const build: Build = (env) =>
      env
        .fromElements('ab', 'b', 'abc')
        .keyBy((word) => word[0]!)
        .process(() => new Remember())
        .print();
    expect(await outputOf(build)).toEqual(['ab 2', 'b 1', 'ab+abc 2+3']);
  });
});

describe('chaining', () => {
  test('makes one task of operators that hand records straight on', () => {
    const build: Build = (env) => env.fromSequence(1, 2).map(String).filter(Boolean).print();
    expect(tasksOf(build)).toEqual([
      'Source: Sequence Source -> Map -> Filter -> Sink: Print to Std. Out x1',
    ]);
  });

  test('ends at keys, at another parallelism, at several inputs, and where it is switched off', () => {
    expect(tasksOf((env) => env.fromSequence(1, 2).keyBy(String).map(String))).toEqual([
      'Source: Sequence Source x1',
      'Map x1',
    ]);
    expect(tasksOf((env) => env.fromSequence(1, 2).map(String).setParallelism(2))).toHaveLength(2);
    const unite: Build = (env) => env.fromSequence(1, 2).union(env.fromSequence(3, 4)).map(String);
    expect(tasksOf(unite)).toHaveLength(3);
    expect(tasksOf((env) => env.disableOperatorChaining().fromSequence(1, 2).map(String))).toHaveLength(2);
  });

  test('branches within a task', () => {
    const build: Build = (env) => {
      const numbers = env.fromSequence(1, 2);
      numbers.map(String).name('left');
      numbers.map(String).name('right');
    };
    expect(tasksOf(build)).toEqual(['Source: Sequence Source -> left -> right x1']);
  });
});

describe('operator ids', () => {
  test('come from the uid where there is one, and are stable where there is none', () => {
    const ids = () => {
      const env = new StreamExecutionEnvironment();
      env.fromSequence(1, 2).uid('numbers').map(String).keyBy(String).map(String);
      return buildJobGraph(env.getStreamGraph()).vertices.flatMap(({ operators }) =>
        operators.map(({ id }) => id),
      );
    };
    expect(ids()[0]).toBe(operatorIdOfUid('numbers'));
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(3);
  });
});

describe('a program that cannot run is refused with', () => {
  const refused: Readonly<Record<string, readonly [RegExp, Build]>> = {
    'the name of an empty job': [/the job simulated does nothing/, (env) => void env.fromSequence(1, 2)],
    'an operator with a name that no metadata can hold': [
      /the name of an operator takes more than 65535 bytes/,
      (env) => env.fromSequence(1, 2).name('x'.repeat(70_000)).print(),
    ],
    'both operators of one uid': [
      /two operators have the uid same: Source: Sequence Source and Map/,
      (env) => env.fromSequence(1, 2).uid('same').map(String).uid('same'),
    ],
    'a parallelism above the max parallelism': [
      /parallelism 4 of operator Map is above its max parallelism 2/,
      (env) => env.fromSequence(1, 2).map(String).setParallelism(4).setMaxParallelism(2),
    ],
    'a parallelism that is no count': [
      /operator Map wants parallelism 0/,
      (env) => env.fromSequence(1, 2).map(String).setParallelism(0),
    ],
    'more channels than can be served': [
      /needs 1000000 channels/,
      (env) => env.fromSequence(1, 2).setParallelism(1000).keyBy(String).map(String).setParallelism(1000),
    ],
    'bounds of a sequence that are no whole numbers': [
      /whole numbers, found 1 and 1.5/,
      (env) => env.fromSequence(1, 1.5),
    ],
  };
  for (const [name, [message, build]] of Object.entries(refused)) {
    test(name, () => {
      expect(() => simulate({ build })).toThrow(message);
      expect(() => simulate({ build })).toThrow(UsageError);
    });
  }
});

describe('a job that asks for what cannot be fails at once with', () => {
  const keyed = (open: (context: RuntimeContext) => void) => (env: StreamExecutionEnvironment) =>
    env
      .fromElements('a')
      .keyBy((word) => word)
      .map({ open, map: (word: string) => word })
      .print();
  const failing: Readonly<Record<string, readonly [RegExp, Build]>> = {
    'a state name used with two types': [
      /operator Map uses the state name x with two types/,
      keyed((context) => {
        context.getState(new ValueStateDescriptor('x', Types.LONG));
        context.getState(new ValueStateDescriptor('x', Types.STRING));
      }),
    ],
    'a state name used for two kinds': [
      /operator Map uses the state name x with two types/,
      keyed((context) => {
        context.getState(new ValueStateDescriptor('x', Types.LONG));
        context.getListState(new ListStateDescriptor('x', Types.LONG));
      }),
    ],
    'keyed state without keys': [
      /operator Map asks for keyed state, but its stream has no keys/,
      (env) =>
        env.fromElements('a').map({
          open: (context: RuntimeContext) => void context.getState(new ValueStateDescriptor('x', Types.LONG)),
          map: String,
        }),
    ],
    'a key that is not of the declared type': [
      /a key of operator Map is no string: expected string, got 1/,
      (env) =>
        env
          .fromElements(1)
          .keyBy((value) => value as unknown as string)
          .map(String),
    ],
    'a key that is nothing': [
      /a key of operator Map is no string/,
      (env) =>
        env
          .fromElements(1)
          .keyBy(() => undefined as unknown as string)
          .map(String),
    ],
    'a key that is nothing, where there are several subtasks': [
      /a key of operator Map is no string/,
      (env) =>
        env
          .fromElements(1)
          .keyBy(() => undefined as unknown as string)
          .map(String)
          .setParallelism(2),
    ],
    'a value that is not of the type of its state': [
      /state x, key a: expected long \(a safe integer\), got 1.5/,
      (env) =>
        env
          .fromElements('a')
          .keyBy((word) => word)
          .map(new KeepHalf()),
    ],
    "the task and message of a user's exception": [
      /^Source: Collection Source -> Map \(1\/1\) failed.*: out of luck$/,
      (env) =>
        env.fromElements('a').map(() => {
          throw new Error('out of luck');
        }),
    ],
  };
  for (const [name, [message, build]] of Object.entries(failing)) {
    test(name, async () => {
      const configuration = { 'restart-strategy.type': 'none' };
      await expect(simulate({ build, configuration }).finish()).rejects.toThrow(message);
    });
  }
});

test('keys of type FLOAT are what four bytes hold: 0.1 is one key before and after a checkpoint', async () => {
  const build: Build = (env) =>
    env
      .fromElements(0.1, Math.fround(0.1), 0.5)
      .keyBy((value) => value, Types.FLOAT)
      .process(new CountOfKey())
      .print();
  expect(await outputOf(build)).toEqual(['0.10000000149011612: 1', '0.10000000149011612: 2', '0.5: 1']);
});

describe('a function that throws when it is closed', () => {
  const closing = (map: (value: string) => string): Build => {
    const close = () => {
      throw new Error('cannot let go');
    };
    return (env) => env.fromElements('a').map({ map, close }).print();
  };
  const configuration = {
    'restart-strategy.type': 'fixed-delay',
    'restart-strategy.fixed-delay.attempts': '1',
  };

  test('fails its task, and the job when the restarts are used up', async () => {
    const simulation = simulate({ build: closing((value) => value), configuration });
    await expect(simulation.finish()).rejects.toThrow('cannot let go');
    const kinds = simulation.events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'restarting')).toEqual(['restarting']);
    expect(kinds).not.toContain('job-finished');
  });

  test('is told of beside the failure of a job that has failed for another reason', async () => {
    const build = closing(() => {
      throw new Error('no');
    });
    const simulation = simulate({ build, configuration: { 'restart-strategy.type': 'none' } });
    await expect(simulation.finish()).rejects.toThrow('no');
    const told = simulation.events.filter((event) => event.kind === 'close-failed');
    expect(told.map(({ error }) => error.message)).toEqual(['cannot let go']);
  });
});

describe('a job without checkpoints', () => {
  test('commits its sinks when it ends', async () => {
    const sink = new CollectSink<number>();
    const build: Build = (env) => env.fromSequence(1, 5).setParallelism(2).sinkTo(sink).setParallelism(2);
    await simulate({ build, checkpoints: false }).finish();
    expect(sink.committed.sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('is not restarted after a failure', async () => {
    const build: Build = (env) =>
      env.fromSequence(1, 5).map(() => {
        throw new Error('no');
      });
    const simulation = simulate({ build, checkpoints: false });
    await expect(simulation.finish()).rejects.toThrow('no');
    expect(simulation.events.filter(({ kind }) => kind === 'restarting')).toEqual([]);
  });
});

/** Keeps in a state of whole numbers what is none. */
class KeepHalf {
  private half!: ValueState<number>;

  open(context: RuntimeContext): void {
    this.half = context.getState(new ValueStateDescriptor('x', Types.LONG));
  }

  map(word: string): string {
    this.half.update(1.5);
    return word;
  }
}

class CountOfKey extends KeyedProcessFunction<number, number, string> {
  private count!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.count = context.getState(new ValueStateDescriptor('count', Types.LONG));
  }

  processElement(_value: number, context: KeyedProcessContext<number>, out: Collector<string>): void {
    this.count.update((this.count.value() ?? 0) + 1);
    out.collect(`${context.getCurrentKey()}: ${this.count.value()}`);
  }
}
