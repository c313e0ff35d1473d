// Checkpoints after tasks have finished: they go without those tasks, say so, and a restored job does not run them again.
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import {
  type Collector,
  CollectSink,
  type FunctionInitializationContext,
  type KeyedProcessContext,
  KeyedProcessFunction,
  ListStateDescriptor,
  type RichFunction,
  type StreamExecutionEnvironment,
  Types,
} from '../../src/index.js';
import { child, type Location } from '../../src/model/location.js';
import type { Metadata } from '../../src/model/metadata.js';
import { operatorIdOfUid } from '../../src/model/operator-id.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { Count } from './support/jobs.js';
import { type Script, scriptedSource } from './support/scripted-source.js';
import { JOB, type SimulatedJob, type Simulation, simulate } from './support/simulation.js';

const values = (...all: readonly string[]): Script => all.map((value) => ({ value }));

/** Something to wait for, and how it comes about. */
function later() {
  let come = () => {};
  const wait = new Promise<void>((resolve) => {
    come = resolve;
  });
  return { wait, come };
}

class CountText extends KeyedProcessFunction<string, string, string> {
  private readonly counting = new Count();

  override open(context: Parameters<Count['open']>[0]): void {
    this.counting.open(context);
  }

  processElement(_value: string, context: KeyedProcessContext<string>, out: Collector<string>): void {
    this.counting.processElement(0, context, out);
  }
}

interface TwoSources {
  readonly short: readonly Script[];
  readonly long: readonly Script[];
  readonly sink: CollectSink<string>;
}

/** Two sources, one of which ends early; both are counted by key. */
const twoSources =
  ({ short, long, sink }: TwoSources) =>
  (env: StreamExecutionEnvironment): void => {
    const early = env.fromSource(scriptedSource(short), 'short').uid('short').setParallelism(short.length);
    const late = env.fromSource(scriptedSource(long), 'long').uid('long').setParallelism(long.length);
    early
      .map((value) => value)
      .uid('short map')
      .setParallelism(short.length)
      .union(
        late
          .map((value) => value)
          .uid('long map')
          .setParallelism(long.length),
      )
      .keyBy((value) => value)
      .process(() => new CountText())
      .uid('count')
      .setParallelism(2)
      .sinkTo(sink)
      .uid('sink')
      .setParallelism(2);
  };

async function metadataOf(storage: StorageRemover, snapshot: Location): Promise<Metadata> {
  return readMetadata(await storage.read(child(snapshot, '_metadata')));
}

/** Of an operator: `all`, or the subtasks that have finished. */
function finishedOf({ operators }: Metadata, uid: string): 'all' | readonly number[] {
  const { fullyFinished, subtasks } = operators.find(({ id }) => id === operatorIdOfUid(uid))!;
  if (fullyFinished) return 'all';
  return subtasks.filter(({ finished }) => finished).map(({ index }) => index);
}

const newest = ({ events }: SimulatedJob): Location => {
  const completed = events.filter((event) => event.kind === 'checkpoint-completed');
  return completed.at(-1)!.location;
};

const MODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'with aligned barriers': {},
  'with barriers that overtake': { 'execution.checkpointing.unaligned.enabled': 'true' },
  'counting barriers': { 'execution.checkpointing.mode': 'AT_LEAST_ONCE' },
  'several at a time': { 'execution.checkpointing.max-concurrent-checkpoints': '3' },
};

describe('a source that has ended', () => {
  test.each(Object.entries(MODES))('is left out of checkpoints, %s', async (_mode, configuration) => {
    const { wait, come } = later();
    const sink = new CollectSink<string>();
    const job = simulate({
      build: twoSources({
        short: [values('a', 'b')],
        long: [[...values('a'), { wait }, ...values('b')]],
        sink,
      }),
      configuration,
    });
    await job.runUntil('checkpoint-completed', 4);
    const metadata = await metadataOf(job.storage, newest(job));
    const uids = ['short', 'short map', 'long', 'long map', 'count', 'sink'];
    expect(uids.map((uid) => finishedOf(metadata, uid))).toEqual(['all', 'all', [], [], [], []]);
    come();
    await job.finish();
    expect([...sink.committed].sort()).toEqual(['a:1', 'a:2', 'b:1', 'b:2']);
  });

  test('is not run again where the job is restored', async () => {
    const { wait, come } = later();
    const sink = new CollectSink<string>();
    let first = true;
    const build = (env: StreamExecutionEnvironment) => {
      const short = first ? values('a', 'b') : values('never');
      twoSources({ short: [short], long: [[...values('a'), { wait }, ...values('b')]], sink })(env);
    };
    const before = simulate({ build });
    await before.runUntil('checkpoint-completed', 4);
    const snapshot = newest(before);
    first = false;
    come();
    const after = simulate({
      build,
      storage: before.storage,
      options: {
        jobId: '00000000000000000000000000000002',
        restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: false },
      },
    });
    const ids = after.job.graph().vertices.map(({ head }) => head.id);
    await after.runUntil('restored');
    expect(
      after.job.progress().map(({ vertexId, hasEnded }) => [ids.indexOf(vertexId), hasEnded]),
    ).toContainEqual([0, true]);
    await after.finish();
    expect([...sink.committed].sort()).toEqual(['a:1', 'a:2', 'b:1', 'b:2']);
  });

  test('is not run again where the job fails later', async () => {
    const { wait, come } = later();
    const sink = new CollectSink<string>();
    const job = simulate({
      build: twoSources({
        short: [values('a'), values('b', 'c'), values('a')],
        long: [values('a'), [{ wait }, ...values('b')]],
        sink,
      }),
      options: { failAtCheckpoint: 4 },
      onEvent: ({ kind }) => {
        if (kind === 'restored') come();
      },
    });
    await job.runUntil('restored');
    const metadata = await metadataOf(job.storage, newest(job));
    expect(finishedOf(metadata, 'short')).toBe('all');
    expect(finishedOf(metadata, 'long')).toEqual([0]);
    await job.finish();
    expect([...sink.committed].sort()).toEqual(['a:1', 'a:2', 'a:3', 'b:1', 'b:2', 'c:1']);
  });
});

/** Has state that is of no use without that of all subtasks. */
class Union implements RichFunction {
  initializeState(context: FunctionInitializationContext): void {
    context.getOperatorStateStore().getUnionListState(new ListStateDescriptor('seen', Types.STRING));
  }

  map(value: string): string {
    return value;
  }
}

describe('a task with union state', () => {
  test('stays in the checkpoints after its end, though those before it have gone', async () => {
    const { wait, come } = later();
    const build = (env: StreamExecutionEnvironment) => {
      const short = env.fromSource(scriptedSource([values('a')]), 'short').uid('short');
      short.map(new Union()).uid('union').setParallelism(2).discard();
      env
        .fromSource(scriptedSource([[{ wait }]]), 'long')
        .uid('long')
        .discard();
    };
    for (const configuration of Object.values(MODES)) {
      const job = simulate({ build, configuration });
      await job.runUntil('checkpoint-completed', 4);
      const metadata = await metadataOf(job.storage, newest(job));
      expect(finishedOf(metadata, 'short')).toBe('all');
      expect(finishedOf(metadata, 'union')).toEqual([]);
      const cancelled = job.job.cancel();
      await job.host.run(cancelled);
    }
    come();
  });
});

describe('a snapshot with tasks that have finished is refused', () => {
  const restored = async (build: Simulation['build']) => {
    const { wait } = later();
    const sink = new CollectSink<string>();
    const before = simulate({
      build: twoSources({ short: [values('a', 'b')], long: [[{ wait }]], sink }),
    });
    await before.runUntil('checkpoint-completed', 4);
    const restore = { snapshot: newest(before), claimMode: 'no-claim', allowNonRestoredState: true } as const;
    const after = simulate({
      build,
      storage: before.storage,
      options: { jobId: JOB.path.slice(-32), restore },
    });
    return after.finish();
  };

  test('where one of them gets records of a new source', async () => {
    const build = (env: StreamExecutionEnvironment) => {
      const fresh = env.fromSource(scriptedSource([values('a')]), 'new').uid('new');
      fresh
        .keyBy((value) => value)
        .map((value) => value)
        .uid('short map')
        .keyBy((value) => value)
        .discard();
    };
    await expect(restored(build)).rejects.toThrow(
      /has finished in the snapshot, and Source: new before it has not/,
    );
  });

  test('where one of them is chained with a new operator', async () => {
    const build = (env: StreamExecutionEnvironment) => {
      env
        .fromSource(scriptedSource([values('a')]), 'short')
        .uid('short')
        .map((value) => value)
        .uid('new')
        .discard();
    };
    await expect(restored(build)).rejects.toThrow(/some have finished in the snapshot and others not/);
  });
});
