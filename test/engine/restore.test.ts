// Starting a job from a snapshot: at another parallelism, with operators that came and went, and what is refused.
import { describe, expect, test } from 'vitest';
import type { StreamExecutionEnvironment } from '../../src/engine/job/environment.js';
import { readMetadata } from '../../src/format/metadata/read.js';
import { writeMetadata } from '../../src/format/metadata/write.js';
import {
  CollectSink,
  KeyedProcessFunction,
  type RuntimeContext,
  Types,
  type ValueState,
  ValueStateDescriptor,
} from '../../src/index.js';
import { child, type Location } from '../../src/model/location.js';
import type { SubtaskState } from '../../src/model/metadata.js';
import { faultyStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { FormatError, UsageError } from '../../src/support/errors.js';
import { countingJob, expectedCounts } from './support/jobs.js';
import { type Simulation, simulate } from './support/simulation.js';

const RETAIN = {
  'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
  'execution.checkpointing.data-inline-threshold': '0',
};
const JOB_B = '0000000000000000000000000000000b';

/** Takes a snapshot of a counting job in its middle; returns where, and what was committed by then. */
async function takeSnapshot(storage: MemoryStorage, build: Simulation['build']): Promise<Location> {
  const simulated = simulate({ build, storage, configuration: RETAIN });
  await simulated.runUntil('checkpoint-completed', 2);
  await simulated.host.run(simulated.job.cancel());
  const { retained } = await simulated.job.result;
  return retained.at(-1)!.location;
}

function restoreFrom(storage: MemoryStorage, snapshot: Location, simulation: Partial<Simulation>) {
  return simulate({
    build: () => {},
    storage,
    configuration: RETAIN,
    ...simulation,
    options: {
      ...simulation.options,
      jobId: JOB_B,
      restore: {
        snapshot,
        claimMode: 'no-claim',
        allowNonRestoredState: false,
        ...simulation.options?.restore,
      },
    },
  });
}

const job = { records: 300, keys: 9 };

describe('a job restored from a snapshot', () => {
  for (const [from, to] of [
    [1, 1],
    [1, 3],
    [3, 1],
    [2, 4],
    [4, 3],
  ] as const) {
    test(`goes on where that was taken, from parallelism ${from} to ${to}`, async () => {
      const storage = new MemoryStorage();
      const sink = new CollectSink<string>();
      const snapshot = await takeSnapshot(
        storage,
        countingJob(sink, { ...job, parallelism: [from, from, from] }),
      );
      const committedBefore = sink.committed.length;
      expect(committedBefore).toBeLessThan(job.records);
      const restored = restoreFrom(storage, snapshot, {
        build: countingJob(sink, { ...job, parallelism: [to, to, to] }),
      });
      const result = await restored.finish();
      expect([...sink.committed].sort()).toEqual(expectedCounts(job));
      expect(result.sourceRecords).toBeLessThan(job.records);
      expect(restored.events[1]).toMatchObject({ kind: 'restored', location: snapshot });
    });
  }

  test('goes on with the next checkpoint id, in a directory of its own; the snapshot stays', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const restored = restoreFrom(storage, snapshot, { build: countingJob(new CollectSink(), job) });
    const first = Number(snapshot.path.split('chk-')[1]) + 1;
    const { retained } = await restored.finish();
    expect(retained.at(-1)?.checkpointId).toBeGreaterThanOrEqual(first);
    expect(retained.at(-1)?.location.path).toContain(`/${JOB_B}/chk-`);
    await expect(storage.stat(child(snapshot, '_metadata'))).resolves.toMatchObject({ type: 'file' });
  });

  test('that claims the snapshot removes it when it is subsumed', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const claimed = restoreFrom(storage, snapshot, {
      build: countingJob(new CollectSink(), job),
      options: { restore: { snapshot, claimMode: 'claim', allowNonRestoredState: false } },
    });
    await claimed.finish();
    await expect(storage.stat(snapshot)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('and failing before its first own checkpoint is restored from it again', async () => {
    const storage = new MemoryStorage();
    const sink = new CollectSink<string>();
    const snapshot = await takeSnapshot(storage, countingJob(sink, job));
    const restored = restoreFrom(storage, snapshot, {
      build: countingJob(sink, job),
      configuration: { ...RETAIN, 'execution.checkpointing.interval': '1d' },
      options: {
        failAfterRecords: 20,
        restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: false },
      },
    });
    expect((await restored.finish()).restarts).toBe(1);
    expect(restored.events.filter(({ kind }) => kind === 'restored')).toHaveLength(2);
    expect([...sink.committed].sort()).toEqual(expectedCounts(job));
  });

  test('adopts the max parallelism of the snapshot where it sets none, also above the default parallelism', async () => {
    const storage = new MemoryStorage();
    const sink = new CollectSink<string>();
    const snapshot = await takeSnapshot(storage, (env) => {
      env.setMaxParallelism(100);
      countingJob(sink, job)(env);
    });
    const build = countingJob(sink, { ...job, parallelism: [1, 90, 1] });
    const restored = restoreFrom(storage, snapshot, { build });
    const { retained } = await restored.finish();
    expect([...sink.committed].sort()).toEqual(expectedCounts(job));
    const { operators } = readMetadata(await storage.read(child(retained.at(-1)!.location, '_metadata')));
    expect(operators.map(({ maxParallelism }) => maxParallelism)).toEqual([100, 100, 100, 100]);
  });

  test('is restored again where its state could not be reached the first time', async () => {
    let reads = 0;
    const storage = faultyStorage(new MemoryStorage(), ({ operation, location }) =>
      operation === 'read' && location.path.includes('/chk-') && reads++ === 0 ? 'unavailable' : null,
    );
    const sink = new CollectSink<string>();
    const simulated = simulate({
      build: countingJob(sink, job),
      storage,
      configuration: RETAIN,
      options: { failAtCheckpoint: 1 },
    });
    expect((await simulated.finish()).restarts).toBe(2);
    expect([...sink.committed].sort()).toEqual(expectedCounts(job));
    expect(simulated.events.filter(({ kind }) => kind === 'restored')).toHaveLength(1);
  });

  test('keeps the state that it does not ask for, for the job after it', async () => {
    const storage = new MemoryStorage();
    const state = (name: string | null) => (env: StreamExecutionEnvironment) =>
      env
        .fromSequence(1, 200)
        .uid('numbers')
        .keyBy(() => 'k')
        .process(new Remember(name))
        .uid('remember')
        .print();
    const first = await takeSnapshot(storage, state('a'));
    const second = restoreFrom(storage, first, { build: state(null) });
    const { retained } = await second.finish();
    const third = simulate({
      build: (env) =>
        env
          .fromElements(1)
          .uid('other')
          .keyBy(() => 'k')
          .process(new Remember('a'))
          .uid('remember')
          .print(),
      storage,
      configuration: RETAIN,
      options: {
        restore: { snapshot: retained.at(-1)!.location, claimMode: 'no-claim', allowNonRestoredState: true },
      },
    });
    await third.finish();
    expect(Number(third.output[0])).toBeGreaterThan(1);
  });
});

/** Writes the snapshot's `_metadata` anew, every subtask with what `added` says. */
async function withStateAdded(storage: MemoryStorage, snapshot: Location, added: Partial<SubtaskState>) {
  const metadata = readMetadata(await storage.read(child(snapshot, '_metadata')));
  const operators = metadata.operators.map((operator) => ({
    ...operator,
    subtasks: operator.subtasks.map((subtask) => ({ ...subtask, ...added })),
  }));
  await storage.put(child(snapshot, '_metadata'), writeMetadata({ ...metadata, operators }, 6));
}

describe('a restore is refused, before any record, with', () => {
  const stream = { kind: 'bytes', handleName: 'x', data: new Uint8Array(4) } as const;
  const channel = {
    kind: 'channel',
    direction: 'output',
    subtaskIndex: 0,
    channel: { group: 0, index: 0 },
    offsets: [0n],
    sizeBytes: 4n,
    stream,
  } as const;
  const keyGroups = { first: 0, last: 127 };
  const raw = {
    kind: 'key-groups',
    keyGroups,
    offsets: Array(128).fill(0n),
    stream,
    stateHandleId: 'x',
  } as const;
  test.each([
    { what: 'records in flight', added: { resultSubpartitionState: [channel] } },
    { what: 'raw keyed state', added: { rawKeyedState: [raw] } },
  ])('$what, which would be lost in silence', async ({ what, added }) => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    await withStateAdded(storage, snapshot, added);
    const refused = restoreFrom(storage, snapshot, { build: countingJob(new CollectSink(), job) });
    await expect(refused.finish()).rejects.toThrow(`cannot be restored: ${what}`);
    noRecords(refused.events);
  });

  const UNHEARD_OF = ['restored', 'restarting', 'checkpoint-triggered'];
  const noRecords = (events: readonly { kind: string }[]) =>
    expect(events.filter(({ kind }) => UNHEARD_OF.includes(kind))).toEqual([]);

  test('the operators whose state nobody claims, unless that is allowed', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const other = (env: StreamExecutionEnvironment) => env.fromSequence(1, 5).uid('others').print();
    const refused = restoreFrom(storage, snapshot, { build: other });
    await expect(refused.finish()).rejects.toThrow(/does not have: uid numbers, uid count, uid sink/);
    await expect(refused.job.result).rejects.toBeInstanceOf(UsageError);
    noRecords(refused.events);
    const allowed = restoreFrom(storage, snapshot, {
      build: other,
      options: { restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: true } },
    });
    expect((await allowed.finish()).status).toBe('FINISHED');
    expect(allowed.output).toEqual(['1', '2', '3', '4', '5']);
  });

  test('a parallelism above the max parallelism of its keyed state', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const build = countingJob(new CollectSink(), { ...job, parallelism: [1, 129, 1] });
    const refused = restoreFrom(storage, snapshot, { build });
    await expect(refused.finish()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('parallelism 129, and the snapshot has max parallelism 128'),
      next: expect.stringContaining('at most 128 (-p'),
    });
    noRecords(refused.events);
  });

  test('both max parallelisms where they differ', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const build = (env: StreamExecutionEnvironment) => {
      env.setMaxParallelism(256);
      countingJob(new CollectSink(), job)(env);
    };
    const refused = restoreFrom(storage, snapshot, { build });
    await expect(refused.finish()).rejects.toThrow(
      /count.* has max parallelism 256, the snapshot 128|KeyedProcess has max/,
    );
    noRecords(refused.events);
  });

  test('the name of a state of another type', async () => {
    const storage = new MemoryStorage();
    const typed = (type: typeof Types.LONG | typeof Types.STRING) => (env: StreamExecutionEnvironment) =>
      env
        .fromSequence(1, 200)
        .uid('n')
        .keyBy(() => 'k')
        .process(new Typed(type as never))
        .uid('typed')
        .print();
    const snapshot = await takeSnapshot(storage, typed(Types.LONG));
    const refused = restoreFrom(storage, snapshot, { build: typed(Types.STRING) });
    await expect(refused.finish()).rejects.toThrow(/state x was written as long but is declared as string/);
    noRecords(refused.events);
  });

  test('the damage of a _metadata', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const metadata = child(snapshot, '_metadata');
    const bytes = await storage.read(metadata);
    await storage.put(metadata, bytes.slice(0, bytes.length - 9));
    const refused = restoreFrom(storage, snapshot, { build: countingJob(new CollectSink(), job) });
    const error = await refused.finish().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'format', where: expect.stringContaining('chk-') });
    expect(error.cause).toBeInstanceOf(FormatError);
  });

  test('the operator whose file is missing or cut short', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage, countingJob(new CollectSink(), job));
    const files = (await storage.listDirectory(snapshot)).filter(({ path }) => !path.endsWith('_metadata'));
    for (const { path } of files) await storage.put({ ...snapshot, path }, new Uint8Array(3));
    const cut = restoreFrom(storage, snapshot, { build: countingJob(new CollectSink(), job) });
    await expect(cut.finish()).rejects.toThrow(/has 3 bytes, its handle says/);
    noRecords(cut.events);
    await storage.remove(files.map(({ path }) => ({ ...snapshot, path })));
    const missing = restoreFrom(storage, snapshot, { build: countingJob(new CollectSink(), job) });
    await expect(missing.finish()).rejects.toThrow(/cannot be read/);
    noRecords(missing.events);
  });

  test('the keyed operator whose file is missing, before it says that anything is restored', async () => {
    const storage = new MemoryStorage();
    const build = (env: StreamExecutionEnvironment) =>
      env
        .fromSequence(1, 200)
        .uid('n')
        .keyBy(() => 'k')
        .process(new Remember('a'))
        .uid('remember')
        .discard();
    const snapshot = await takeSnapshot(storage, build);
    const { operators } = readMetadata(await storage.read(child(snapshot, '_metadata')));
    const [keyed] = operators.flatMap(({ subtasks }) => subtasks.flatMap((each) => each.managedKeyedState));
    const stream = keyed?.kind === 'key-groups' ? keyed.stream : null;
    const name = stream?.kind === 'relative-file' ? stream.relativePath : '';
    await storage.remove([child(snapshot, name)]);
    const missing = restoreFrom(storage, snapshot, { build });
    await expect(missing.finish()).rejects.toMatchObject({
      code: 'restore',
      message: expect.stringContaining('the state of operator KeyedProcess cannot be read'),
      where: expect.stringContaining(name),
    });
    noRecords(missing.events);
  });
});

/** Counts in the state called so, or does without state. */
class Remember extends KeyedProcessFunction<string, number, number> {
  private state: ValueState<number> | null = null;
  constructor(private readonly name: string | null) {
    super();
  }
  override open(context: RuntimeContext): void {
    if (this.name !== null) this.state = context.getState(new ValueStateDescriptor(this.name, Types.LONG));
  }
  processElement(_value: number, _context: unknown, out: { collect(value: number): void }): void {
    const count = (this.state?.value() ?? 0) + 1;
    this.state?.update(count);
    out.collect(count);
  }
}

/** Keeps the last value in state x of the type given. */
class Typed extends KeyedProcessFunction<string, number, number> {
  private state!: ValueState<unknown>;
  constructor(private readonly type: typeof Types.LONG) {
    super();
  }
  override open(context: RuntimeContext): void {
    this.state = context.getState(new ValueStateDescriptor('x', this.type)) as ValueState<unknown>;
  }
  processElement(value: number): void {
    this.state.update(this.type.typeName === 'long' ? value : String(value));
  }
}
