// Unaligned checkpoints: what barriers overtake is part of the checkpoint, so that source and operators are cut at one
// point all the same; what goes on from it, and what is refused.
import { deserialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { readChannels } from '../../src/engine/checkpoint/channel-handles.js';
import { stateStreams } from '../../src/engine/checkpoint/state-streams.js';
import type { StreamExecutionEnvironment } from '../../src/engine/job/environment.js';
import { checkpointDetails, subtaskDetails } from '../../src/engine/rest/checkpoint-answers.js';
import { CheckpointHistory } from '../../src/engine/rest/checkpoint-history.js';
import { readMetadata } from '../../src/format/metadata/read.js';
import { writeMetadata } from '../../src/format/metadata/write.js';
import { readStreamRecords } from '../../src/format/state/channel-state.js';
import { CollectSink, Types } from '../../src/index.js';
import { child, type Location } from '../../src/model/location.js';
import type { OperatorState } from '../../src/model/metadata.js';
import { operatorIdOfUid } from '../../src/model/operator-id.js';
import { UsageError } from '../../src/support/errors.js';
import { countingJob, expectedCounts } from './support/jobs.js';
import { CHECKPOINTS, type SimulatedJob, type Simulation, simulate } from './support/simulation.js';

const UNALIGNED = {
  'execution.checkpointing.interval': '7ms',
  'execution.checkpointing.unaligned.enabled': 'true',
  'execution.checkpointing.num-retained': '1000',
  'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
  'execution.checkpointing.tolerable-failed-checkpoints': '1000',
};

/** By checkpoint, all that passed before the snapshots of its subtasks. */
type Cuts = Map<number, number[]>;

/** Hands numbers on and writes down, at each snapshot, those that came before it. */
class Witness {
  private readonly seen: number[] = [];
  constructor(private readonly cuts: () => Cuts) {}
  open(): void {
    Object.assign(this, { seen: [] });
  }
  map(value: number): number {
    this.seen.push(value);
    return value;
  }
  snapshotState({ checkpointId }: { readonly checkpointId: number }): void {
    const cut = this.cuts().get(checkpointId) ?? [];
    this.cuts().set(checkpointId, [...cut, ...this.seen]);
  }
}

/** Numbers -> (another parallelism) -> (by key). */
function witnessed(emitted: Cuts, dealt: Cuts, keyed: Cuts) {
  return (env: StreamExecutionEnvironment): void => {
    env
      .fromSequence(1, 400)
      .setParallelism(2)
      .map(new Witness(() => emitted))
      .setParallelism(2)
      .map((value) => value)
      .setParallelism(3)
      .map(new Witness(() => dealt))
      .uid('dealt')
      .setParallelism(3)
      .keyBy((value) => value % 11, Types.INT)
      .map(new Witness(() => keyed))
      .uid('keyed')
      .setParallelism(2)
      .discard()
      .setParallelism(2);
  };
}

async function metadataOf({ storage }: SimulatedJob, location: Location) {
  return readMetadata(await storage.read(child(location, '_metadata')));
}

/** What REST tells of a subtask's part. */
interface Told {
  readonly unaligned_checkpoint: boolean;
  readonly alignment: { readonly persisted: number };
}

const byNumber = (a: number, b: number) => a - b;

/** The records in flight to all operators, or to one. */
async function inFlight(job: SimulatedJob, location: Location, uid?: string): Promise<unknown[]> {
  const { operators } = await metadataOf(job, location);
  const streams = stateStreams(job.storage, { directory: location, owned: false });
  const wanted = operators.filter(({ id }) => uid === undefined || id === operatorIdOfUid(uid));
  const channels = await Promise.all(wanted.map((operator) => readChannels(operator, streams)));
  return channels
    .flat()
    .flatMap(({ bytes }) => readStreamRecords(bytes).map(({ value }) => deserialize(value)));
}

const completed = ({ events }: SimulatedJob) =>
  events.flatMap((event) => (event.kind === 'checkpoint-completed' ? [event] : []));

describe('an unaligned checkpoint', () => {
  test.each([
    ['at once, in files', '0ms', '0b'],
    ['at once, in _metadata', '0ms', '20kb'],
    ['after some alignment', '3ms', '0b'],
  ])(
    'cuts the job at one point: what was emitted was processed, or is in flight: %s',
    async (_, timeout, inline) => {
      let found = 0;
      for (let seed = 1; seed <= 2; seed++) {
        const [emitted, dealt, keyed]: Cuts[] = [new Map(), new Map(), new Map()];
        const job = simulate({
          build: witnessed(emitted!, dealt!, keyed!),
          seed,
          configuration: {
            ...UNALIGNED,
            'execution.checkpointing.aligned-checkpoint-timeout': timeout,
            'execution.checkpointing.data-inline-threshold': inline,
          },
        });
        await job.finish();
        for (const { checkpointId, location } of completed(job)) {
          const toAll = (await inFlight(job, location)) as number[];
          const processed = keyed!.get(checkpointId)!;
          expect([...processed, ...toAll].sort(byNumber)).toEqual(emitted!.get(checkpointId)!.sort(byNumber));
          const toKeyed = (await inFlight(job, location, 'keyed')) as number[];
          expect([...processed, ...toKeyed].sort(byNumber)).toEqual(dealt!.get(checkpointId)!.sort(byNumber));
          found += toAll.length;
        }
        expect(completed(job).length).toBeGreaterThan(5);
      }
      expect(found).toBeGreaterThan(50);
    },
  );

  test('is complete before an aligned one would be, where records pile up before a slow operator', async () => {
    const lengths = new Map<string, number>();
    for (const unaligned of ['true', 'false']) {
      const job = simulate({
        build: countingJob(new CollectSink(), { records: 1200, keys: 7, parallelism: [3, 1, 1] }),
        configuration: {
          ...UNALIGNED,
          'execution.checkpointing.interval': '100ms',
          'execution.checkpointing.unaligned.enabled': unaligned,
        },
      });
      await job.finish();
      const longest = Math.max(...completed(job).map(({ durationMs }) => durationMs));
      lengths.set(unaligned, longest);
    }
    expect(lengths.get('true')).toBeLessThan(lengths.get('false')! / 4);
  });

  test('is told of over REST with the bytes that its barriers overtook', async () => {
    const history = new CheckpointHistory();
    const job = simulate({
      build: countingJob(new CollectSink(), { records: 1200, keys: 7, parallelism: [3, 1, 1] }),
      configuration: { ...UNALIGNED, 'execution.checkpointing.interval': '100ms' },
      onEvent: (event) => history.take(event, 0),
    });
    await job.finish();
    const graph = job.job.graph();
    const told = await Promise.all(
      completed(job).map(async ({ checkpointId, location }) => {
        const record = history.find(checkpointId)!;
        const { operators } = await metadataOf(job, location);
        const channels = operators.flatMap(({ subtasks }) =>
          subtasks.flatMap(({ inputChannelState }) => inputChannelState),
        );
        return {
          overtaken: channels.reduce(
            (sum, handle) => sum + (handle.kind === 'channel' ? Number(handle.sizeBytes) : 0),
            0,
          ),
          details: checkpointDetails(record, graph) as { readonly persisted_data: number },
          subtasks: graph.vertices.flatMap(
            (vertex) => (subtaskDetails(record, vertex) as { readonly subtasks: readonly Told[] }).subtasks,
          ),
        };
      }),
    );
    expect(told.some(({ overtaken }) => overtaken > 0)).toBe(true);
    for (const { overtaken, details, subtasks } of told) {
      expect(details.persisted_data).toBe(overtaken);
      for (const { alignment, unaligned_checkpoint } of subtasks)
        if (alignment.persisted > 0) expect(unaligned_checkpoint).toBe(true);
    }
  });

  test('has no records of streams that go to every subtask, and a savepoint has none at all', async () => {
    const sink = new CollectSink<number>();
    const job = simulate({
      build: (env) => {
        env.setParallelism(2);
        const numbers = env.fromSequence(1, 600);
        numbers
          .broadcast()
          .map((value) => value)
          .uid('copies')
          .setParallelism(3)
          .keyBy((value) => value, Types.LONG)
          .map((value) => value)
          .uid('by key')
          .sinkTo(sink);
      },
      configuration: UNALIGNED,
    });
    await job.runUntil('checkpoint-completed', 4);
    const savepoint = (await job.host.run(
      job.job.triggerSavepoint({ parent: CHECKPOINTS, format: 'CANONICAL', afterwards: 'go-on' }),
    )) as Location;
    await job.finish();
    for (const { location } of completed(job)) expect(await inFlight(job, location, 'copies')).toEqual([]);
    const all = await Promise.all(completed(job).map(({ location }) => inFlight(job, location, 'by key')));
    expect(all.flat().length).toBeGreaterThan(0);
    expect(await inFlight(job, savepoint)).toEqual([]);
  });

  test('with a record that cannot be copied is declined', async () => {
    const job = simulate({
      build: (env) => {
        env
          .fromSequence(1, 300)
          .map((value) => () => value)
          .keyBy((value) => value() % 5, Types.INT)
          .map((value) => value())
          .setParallelism(2)
          .discard();
      },
      configuration: UNALIGNED,
    });
    expect((await job.finish()).status).toBe('FINISHED');
    const failed = job.events.flatMap((event) => (event.kind === 'checkpoint-failed' ? [event] : []));
    expect(failed[0]).toMatchObject({
      reason: 'declined',
      error: { message: expect.stringContaining('cloned') },
    });
  });
});

describe('a job restored from an unaligned checkpoint', () => {
  const JOB = { records: 400, keys: 9 } as const;
  const restoring = (first: SimulatedJob, snapshot: Location): Partial<Simulation> => ({
    storage: first.storage,
    options: {
      restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: false },
      jobId: '0000000000000000000000000000000d',
    },
  });

  /** Cancels a job at a checkpoint that has records in flight to `count`. */
  async function take(sink: CollectSink<string>, parallelism: readonly [number, number, number]) {
    const job = simulate({ build: countingJob(sink, { ...JOB, parallelism }), configuration: UNALIGNED });
    for (let checkpoints = 1; ; checkpoints++) {
      await job.runUntil('checkpoint-completed', checkpoints);
      const { location } = completed(job).at(-1)!;
      if ((await inFlight(job, location, 'count')).length === 0) continue;
      await job.host.run(job.job.cancel());
      return { job, snapshot: location };
    }
  }

  test.each([
    [
      [2, 2, 1],
      [2, 2, 1],
    ],
    [
      [1, 3, 1],
      [3, 2, 1],
    ],
    [
      [3, 2, 3],
      [1, 4, 2],
    ],
  ] as const)('goes on with the records in flight, from parallelism %j to %j', async (from, to) => {
    const sink = new CollectSink<string>();
    const { job, snapshot } = await take(sink, from);
    const second = simulate({
      build: countingJob(sink, { ...JOB, parallelism: to }),
      configuration: UNALIGNED,
      ...restoring(job, snapshot),
    });
    await second.finish();
    expect([...sink.committed].sort()).toEqual(expectedCounts(JOB));
  });

  test('is refused where the operator no longer reads from another task', async () => {
    const { job, snapshot } = await take(new CollectSink(), [1, 2, 1]);
    const chained = simulate({
      build: (env) => {
        env
          .fromSequence(1, 400)
          .uid('numbers')
          .map((value) => value)
          .uid('count')
          .sinkTo(new CollectSink<number>())
          .uid('sink');
      },
      ...restoring(job, snapshot),
    });
    await expect(chained.finish()).rejects.toThrow(UsageError);
  });

  test('is refused where the records in flight are not of this engine, or damaged', async () => {
    const { job, snapshot } = await take(new CollectSink(), [2, 2, 1]);
    const metadata = await metadataOf(job, snapshot);
    const damage = (operator: OperatorState): OperatorState => ({
      ...operator,
      subtasks: operator.subtasks.map((subtask) => ({
        ...subtask,
        inputChannelState: subtask.inputChannelState.map((handle) => ({
          ...handle,
          stream: { kind: 'bytes', handleName: '', data: Buffer.from('0000000000000004feedbeef', 'hex') },
        })),
      })),
    });
    const damaged = { ...metadata, operators: metadata.operators.map(damage) };
    await job.storage.put(child(snapshot, '_metadata'), writeMetadata(damaged, 6));
    const build = countingJob(new CollectSink(), { ...JOB, parallelism: [2, 2, 1] });
    const second = simulate({ build, ...restoring(job, snapshot) });
    await expect(second.finish()).rejects.toThrow(/records in flight of operator/);
  });
});

describe('unaligned checkpoints', () => {
  test.each([
    ['execution.checkpointing.mode', 'AT_LEAST_ONCE'],
    ['execution.checkpointing.max-concurrent-checkpoints', '2'],
  ])('are refused with %s=%s', (key, value) => {
    const start = () =>
      simulate({
        build: countingJob(new CollectSink(), { records: 1, keys: 1 }),
        configuration: { ...UNALIGNED, [key]: value },
      });
    expect(start).toThrow(expect.objectContaining({ code: 'usage', where: key }));
  });
});
