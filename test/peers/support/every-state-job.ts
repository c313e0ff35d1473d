// A job with state of every kind, timers, windows and operator state: the counterpart of EveryStateJob in test/peers/flink.
// It is filled with numbers, or looks at what was restored.
import type { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import {
  type AggregateFunction,
  AggregatingStateDescriptor,
  type Collector,
  CollectSink,
  ContinuousEventTimeTrigger,
  CountEvictor,
  EventTimeSessionWindows,
  type FunctionInitializationContext,
  type KeyedProcessContext,
  KeyedProcessFunction,
  ListStateDescriptor,
  MapStateDescriptor,
  type OnTimerContext,
  type OperatorStateStore,
  ProcessWindowFunction,
  ReducingStateDescriptor,
  type RichFunction,
  type RuntimeContext,
  SlidingEventTimeWindows,
  TimeWindow,
  TumblingEventTimeWindows,
  Types,
  ValueStateDescriptor,
  type Window,
  type WindowContext,
} from '../../../src/index.js';
import { type Script, scriptedSource } from '../../engine/support/scripted-source.js';

export const RECORDS = 120;
export const KEYS = 20;
const EVENT_TIMERS = 10_000_000;
/** Long over by the clock of a real machine. */
const PROCESSING_TIMERS = 3_600_000;
/** Those of EveryStateCommands. */
const FLINK_PROCESSING_TIMERS = 4_000_000_000_000;
const LONG_MS = 36_500 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** What a restored job found: states by key, and lines of each kind, sorted. */
export interface Found {
  readonly states: Readonly<Record<string, unknown>>;
  readonly [kind: string]: unknown;
}

/** Numbers in two bursts, which are the sessions of each key. */
const timeOf = (number: number) => number + 1000 * Math.floor(number / (RECORDS / 2));
const keyOf = (number: number) => `key-${number % KEYS}`;

const NUMBERS = Array.from({ length: RECORDS }, (_, number) => number);
const ALL_KEYS = Array.from({ length: KEYS }, (_, key) => `key-${key}`);
const numbersOf = (key: string) => NUMBERS.filter((number) => keyOf(number) === key);
const forever = new Promise<void>(() => {});

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const meanOf = (numbers: readonly number[]) => `${sumOf(numbers)}/${numbers.length}`;

const PAIR = Types.TUPLE<readonly [number, number]>(Types.LONG, Types.LONG);

/** Sum and number of the values, `sum/number`. */
const mean: AggregateFunction<number, readonly [number, number], string> = {
  createAccumulator: () => [0, 0],
  add: (value, [sum, count]) => [sum + value, count + 1],
  getResult: ([sum, count]) => `${sum}/${count}`,
  merge: (a, b) => [a[0] + b[0], a[1] + b[1]],
};

/** Who took the snapshot; with how many subtasks it was taken, and is looked at. */
interface Passage {
  readonly from: 'ckpt' | 'Flink';
  readonly parallelism: readonly [taken: number, restored: number];
}

/** What a job finds that is restored from one that was filled. */
export function expectedFound({ from, parallelism: [taken, restored] }: Passage): Found {
  const timers = (base: number) => NUMBERS.map((number) => `${keyOf(number)} ${base + number}`).sort();
  const subtasks = Array.from({ length: taken }, (_, subtask) => subtask);
  const seen = Array.from({ length: restored }, () => subtasks.map((subtask) => `seen by ${subtask}`));
  return {
    states: Object.fromEntries(ALL_KEYS.map((key) => [key, statesOf(key, from)])),
    'event timers': timers(EVENT_TIMERS),
    'processing timers': timers(from === 'ckpt' ? PROCESSING_TIMERS : FLINK_PROCESSING_TIMERS),
    splits: subtasks.flatMap((subtask) => [0, 1, 2].map((split) => String(subtask * 10 + split))).sort(),
    union: seen.flat().sort(),
    ...expectedWindows(),
  };
}

function statesOf(key: string, from: Passage['from']) {
  const numbers = numbersOf(key);
  const names = numbers.map((number) => `name,${number}`);
  const fields = Object.fromEntries(numbers.map((number) => [`own ${number % 3}`, number]));
  const last = numbers.at(-1);
  return {
    count: numbers.length,
    names,
    fields,
    sum: sumOf(numbers),
    mean: meanOf(numbers),
    fresh: last,
    'fresh names': names,
    'fresh fields': fields,
    // Simulated time is that of 1970: for the clock of a real machine the hour is over.
    old: from === 'ckpt' ? null : last,
  };
}

function expectedWindows() {
  const lines = (of: (numbers: readonly number[], key: string) => readonly string[]) =>
    ALL_KEYS.flatMap((key) => of(numbersOf(key), key)).sort();
  return {
    tumbling: lines((numbers, key) => [`${key} 0..1000000 [${sumOf(numbers)}]`]),
    sliding: lines((all, key) =>
      [-500, 0, 500, 1000].map((start) => {
        const inside = all.filter((number) => timeOf(number) >= start && timeOf(number) < start + 1000);
        return `${key} ${start}..${start + 1000} [${meanOf(inside)}]`;
      }),
    ),
    evicted: lines((all, key) =>
      // At 400 and 800 seconds, and at the end.
      Array.from({ length: 3 }, () => `${key} 0..1000000 [${all.slice(-3).join(', ')}]`),
    ),
    // The record that the restored job gets is the one that was missing.
    counted: lines((all, key) => [`${key} all [${sumOf(all) + Number(key.slice('key-'.length))}]`]),
    session: lines((all, key) =>
      [all.slice(0, all.length / 2), all.slice(all.length / 2)].map((burst) => {
        const [first, last] = [timeOf(burst[0]!), timeOf(burst.at(-1)!)];
        return `${key} ${first}..${last + 100} [${burst.join(', ')}]`;
      }),
    ),
  };
}

class EveryStates {
  private readonly count;
  private readonly names;
  private readonly fields;
  private readonly sum;
  private readonly mean;
  private readonly fresh;
  private readonly freshNames;
  private readonly freshFields;
  private readonly old;

  constructor(context: RuntimeContext) {
    const long = { ttlMs: LONG_MS };
    this.count = context.getState(new ValueStateDescriptor('count', Types.LONG));
    this.names = context.getListState(new ListStateDescriptor('names', Types.STRING));
    this.fields = context.getMapState(new MapStateDescriptor('fields', Types.STRING, Types.LONG));
    this.sum = context.getReducingState(new ReducingStateDescriptor('sum', (a, b) => a + b, Types.LONG));
    this.mean = context.getAggregatingState(new AggregatingStateDescriptor('mean', mean, PAIR));
    this.fresh = context.getState(new ValueStateDescriptor('fresh', Types.LONG).enableTimeToLive(long));
    this.freshNames = context.getListState(
      new ListStateDescriptor('fresh names', Types.STRING).enableTimeToLive(long),
    );
    this.freshFields = context.getMapState(
      new MapStateDescriptor('fresh fields', Types.STRING, Types.LONG).enableTimeToLive(long),
    );
    this.old = context.getState(
      new ValueStateDescriptor('old', Types.LONG).enableTimeToLive({ ttlMs: HOUR_MS }),
    );
  }

  add(number: number): void {
    const name = `name,${number}`;
    const field = `own ${number % 3}`;
    this.count.update((this.count.value() ?? 0) + 1);
    this.names.add(name);
    this.fields.put(field, number);
    this.sum.add(number);
    this.mean.add(number);
    this.fresh.update(number);
    this.freshNames.add(name);
    this.freshFields.put(field, number);
    this.old.update(number);
  }

  all() {
    return {
      count: this.count.value(),
      names: this.names.get(),
      fields: Object.fromEntries(this.fields.entries()),
      sum: this.sum.get(),
      mean: this.mean.get(),
      fresh: this.fresh.value(),
      'fresh names': this.freshNames.get(),
      'fresh fields': Object.fromEntries(this.freshFields.entries()),
      old: this.old.value(),
    };
  }
}

class EveryState extends KeyedProcessFunction<string, string, string> {
  private states!: EveryStates;

  constructor(private readonly fills: boolean) {
    super();
  }

  override open(context: RuntimeContext): void {
    this.states = new EveryStates(context);
  }

  processElement(value: string, context: KeyedProcessContext<string>, out: Collector<string>): void {
    const number = Number(value);
    if (!this.fills) {
      out.collect(JSON.stringify(['states', context.getCurrentKey(), this.states.all()]));
      return;
    }
    this.states.add(number);
    context.timerService().registerEventTimeTimer(EVENT_TIMERS + number);
    context.timerService().registerProcessingTimeTimer(PROCESSING_TIMERS + number);
  }

  override onTimer(timeMs: number, context: OnTimerContext<string>, out: Collector<string>): void {
    const kind = context.timeDomain() === 'event-time' ? 'event timers' : 'processing timers';
    out.collect(JSON.stringify([kind, `${context.getCurrentKey()} ${timeMs}`]));
  }
}

class Tell<I> extends ProcessWindowFunction<string, I, string, Window> {
  constructor(private readonly uid: string) {
    super();
  }

  process(
    key: string,
    { window }: WindowContext<Window>,
    contents: readonly I[],
    out: Collector<string>,
  ): void {
    const bounds = window instanceof TimeWindow ? `${window.start}..${window.end}` : 'all';
    const line = `${key} ${bounds} [${contents.join(', ')}]`;
    out.collect(JSON.stringify([this.uid, line]));
  }
}

/** Operator state: elements of each subtask, and what all subtasks have in common. */
class Lists implements RichFunction {
  private subtask = 0;
  private store!: OperatorStateStore;

  constructor(
    private readonly fills: boolean,
    private readonly tell: (kind: string, line: string) => void,
  ) {}

  initializeState(context: FunctionInitializationContext): void {
    this.store = context.getOperatorStateStore();
    for (const split of this.splits().get()) this.tell('splits', String(split));
    for (const text of this.seen().get()) this.tell('union', text);
  }

  open({ subtaskIndex }: RuntimeContext): void {
    this.subtask = subtaskIndex;
  }

  snapshotState(): void {
    if (!this.fills) return;
    this.splits().update([0, 1, 2].map((split) => this.subtask * 10 + split));
    this.seen().update([`seen by ${this.subtask}`]);
  }

  map(value: string): string {
    return value;
  }

  private splits() {
    return this.store.getListState(new ListStateDescriptor('splits', Types.LONG));
  }

  private seen() {
    return this.store.getUnionListState(new ListStateDescriptor('seen', Types.STRING));
  }
}

/** The job that is filled; it goes on without records. */
export function fillingJob(parallelism: number) {
  const script: Script = [
    ...NUMBERS.map((number) => ({ value: String(number), timestampMs: timeOf(number) })),
    { wait: forever },
  ];
  return (env: StreamExecutionEnvironment) =>
    buildJob(env, { fills: true, script, parallelism, tell: () => {} }).discard();
}

/** The job that looks at what was restored; `waiting` keeps its source from ending. */
export class LookingJob {
  readonly #sink = new CollectSink<string>();
  readonly #told: (readonly [kind: string, line: string])[] = [];
  readonly #script: Script;
  readonly #parallelism: number;

  constructor(parallelism: number, waiting: Promise<void>) {
    this.#parallelism = parallelism;
    this.#script = [
      ...ALL_KEYS.map((_, key) => ({ value: String(key), timestampMs: timeOf(key) })),
      { wait: waiting },
    ];
  }

  readonly build = (env: StreamExecutionEnvironment): void => {
    const parts = {
      fills: false,
      script: this.#script,
      parallelism: this.#parallelism,
      tell: (kind: string, line: string) => this.#told.push([kind, line]),
    };
    buildJob(env, parts).sinkTo(this.#sink);
  };

  get found(): Found {
    const lines = this.#sink.committed.map((line) => JSON.parse(line) as [string, string, unknown]);
    const states = lines.filter(([kind]) => kind === 'states').map(([, key, all]) => [key, all] as const);
    const others = [...this.#told, ...lines.filter(([kind]) => kind !== 'states')];
    return { ...byKind(others), states: Object.fromEntries(states) };
  }
}

interface JobParts {
  readonly fills: boolean;
  readonly script: Script;
  readonly parallelism: number;
  tell(kind: string, line: string): void;
}

function buildJob(env: StreamExecutionEnvironment, { fills, script, parallelism, tell }: JobParts) {
  env.setParallelism(parallelism);
  const numbers = env
    .fromSource(scriptedSource([script]), 'numbers')
    .uid('numbers')
    .setParallelism(1);
  numbers.map(new Lists(fills, tell)).uid('lists').discard();
  const every = numbers
    .keyBy((value) => keyOf(Number(value)))
    .process(() => new EveryState(fills))
    .uid('every');
  const keyed = numbers
    .filter(() => fills)
    .uid('records')
    .setParallelism(1)
    .map(Number)
    .uid('parsed')
    .setParallelism(1)
    .keyBy(keyOf);
  const tumbling = keyed
    .window(TumblingEventTimeWindows.of(1_000_000))
    .reduce((a, b) => a + b, Types.LONG, new Tell('tumbling'))
    .uid('tumbling');
  const sliding = keyed
    .window(SlidingEventTimeWindows.of(1000, 500))
    .aggregate(mean, PAIR, new Tell('sliding'))
    .uid('sliding');
  const session = keyed
    .window(EventTimeSessionWindows.withGap(100))
    .process(new Tell('session'), Types.LONG)
    .uid('session');
  const evicted = keyed
    .window(TumblingEventTimeWindows.of(1_000_000))
    .trigger(ContinuousEventTimeTrigger.of(400_000))
    .evictor(CountEvictor.of(3), Types.LONG)
    .process(new Tell('evicted'), Types.LONG)
    .uid('evicted');
  const counted = numbers
    .map(Number)
    .uid('all parsed')
    .setParallelism(1)
    .keyBy(keyOf)
    .countWindow(RECORDS / KEYS + 1)
    .reduce((a, b) => a + b, Types.LONG, new Tell('counted'))
    .uid('counted');
  return every.union(tumbling, sliding, session, evicted, counted);
}

function byKind(lines: readonly (readonly [kind: string, line: string, ...unknown[]])[]) {
  const kinds = [...new Set(lines.map(([kind]) => kind))];
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      lines
        .filter(([other]) => other === kind)
        .map(([, line]) => line)
        .sort(),
    ]),
  );
}
