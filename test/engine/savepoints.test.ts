// Savepoints, in virtual time: where they are, what is in them, that any backend goes on from them, and that a job which
// stops with one has committed exactly what comes before it.
import { afterEach, describe, expect, test } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import {
  CollectSink,
  type StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  Types,
} from '../../src/index.js';
import { child, formatLocation, type Location, parent } from '../../src/model/location.js';
import type { SavepointFormat } from '../../src/model/metadata.js';
import { visitStreams } from '../../src/model/streams.js';
import { faultyStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { countingJob, expectedCounts, expectedSums, windowingJob } from './support/jobs.js';
import { closeDatabases, describeRocksDb, testDatabases } from './support/rocksdb.js';
import { type Script, scriptedSource } from './support/scripted-source.js';
import { CHECKPOINTS, type SimulatedJob, type Simulation, simulate } from './support/simulation.js';

const SAVEPOINTS: Location = { ...CHECKPOINTS, path: '/savepoints' };
const JOB = { records: 300, keys: 7 } as const;
type Backend = 'hashmap' | 'rocksdb';

const settings = (backend: Backend): Partial<Simulation> => ({
  configuration: {
    'state.backend.type': backend,
    'execution.checkpointing.incremental': String(backend === 'rocksdb'),
    'execution.checkpointing.data-inline-threshold': '0b',
    'pipeline.auto-watermark-interval': '5ms',
  },
  ...(backend === 'rocksdb' && { databases: testDatabases() }),
});

/** Runs until a checkpoint is complete, then asks for the savepoint; returns where it is. */
async function take(
  { host, job, runUntil }: SimulatedJob,
  savepoint: { readonly format: SavepointFormat; readonly afterwards: 'go-on' | 'stop' | 'drain' },
): Promise<Location> {
  await runUntil('checkpoint-completed');
  const taken = await host.run(job.triggerSavepoint({ parent: SAVEPOINTS, ...savepoint }));
  return taken as Location;
}

const restoring = (first: SimulatedJob, snapshot: Location): Partial<Simulation> => ({
  storage: first.storage,
  options: {
    restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: false },
    jobId: '0000000000000000000000000000000c',
  },
});

async function checkStop(
  build: typeof countingJob,
  [from, to]: readonly [Backend, Backend],
  format: SavepointFormat,
) {
  const sink = new CollectSink<string>();
  const first = simulate({ build: build(sink, { ...JOB, parallelism: [2, 2, 1] }), ...settings(from) });
  const snapshot = await take(first, { format, afterwards: 'stop' });
  expect((await first.finish()).status).toBe('FINISHED');
  expect(sink.committed.length).toBeLessThan(JOB.records);
  const second = simulate({
    build: build(sink, { ...JOB, parallelism: [2, 3, 1] }),
    ...settings(to),
    ...restoring(first, snapshot),
  });
  await second.finish();
  return { committed: [...sink.committed].sort(), metadata: await metadataOf(first, snapshot), snapshot };
}

async function metadataOf({ storage }: SimulatedJob, snapshot: Location) {
  return readMetadata(await storage.read(child(snapshot, '_metadata')));
}

describe('a job that stops with a savepoint', () => {
  test.each(['CANONICAL', 'NATIVE'] as const)('has committed what is before it: %s', async (format) => {
    const { committed, metadata, snapshot } = await checkStop(countingJob, ['hashmap', 'hashmap'], format);
    expect(committed).toEqual(expectedCounts(JOB));
    expect(metadata.properties?.snapshotType).toEqual({
      kind: 'savepoint',
      name: 'Suspend Savepoint',
      format,
      postCheckpointAction: 'SUSPEND',
    });
    expect(formatLocation(parent(snapshot))).toBe(formatLocation(SAVEPOINTS));
    expect(snapshot.path).toMatch(/\/savepoint-000000-[0-9a-f]{12}$/);
  });

  test('has windows and timers in it', async () => {
    const { committed } = await checkStop(windowingJob, ['hashmap', 'hashmap'], 'CANONICAL');
    expect(committed).toEqual(expectedSums(JOB));
  });

  test('goes on where the savepoint fails', async () => {
    const sink = new CollectSink<string>();
    const broken = faultyStorage(new MemoryStorage(), ({ location }) =>
      location.path.startsWith('/savepoints/') ? 'unavailable' : null,
    );
    const running = simulate({ build: countingJob(sink, JOB), ...settings('hashmap'), storage: broken });
    await running.runUntil('checkpoint-completed');
    const asked = running.job.triggerSavepoint({
      parent: SAVEPOINTS,
      format: 'CANONICAL',
      afterwards: 'stop',
    });
    await expect(running.host.run(asked)).rejects.toThrow();
    expect((await running.finish()).status).toBe('FINISHED');
    expect([...sink.committed].sort()).toEqual(expectedCounts(JOB));
  });
});

describe('a job that is drained', () => {
  const gathering = (script: Script) => (env: StreamExecutionEnvironment) =>
    env
      .fromSource(scriptedSource([script, [{ wait: forever }]]), 'script')
      .uid('script')
      .setParallelism(2)
      .keyBy((value) => value[0]!)
      .window(TumblingEventTimeWindows.of(1_000_000))
      .reduce((a, b) => `${a} ${b}`, Types.STRING)
      .uid('windows')
      .setParallelism(2)
      .print();
  const forever = new Promise<void>(() => {});
  const records = (...all: readonly number[]): Script =>
    all.map((timestampMs) => ({ value: `a${timestampMs}`, timestampMs }));

  test('comes to the end of its event time before the savepoint, which has nothing of that left', async () => {
    const first = simulate({
      build: gathering([...records(1, 2), { wait: forever }]),
      ...settings('hashmap'),
    });
    const snapshot = await take(first, { format: 'CANONICAL', afterwards: 'drain' });
    expect((await first.finish()).status).toBe('FINISHED');
    expect(first.output).toEqual(['a1 a2']);
    expect((await metadataOf(first, snapshot)).properties?.snapshotType).toMatchObject({
      name: 'Terminate Savepoint',
      postCheckpointAction: 'TERMINATE',
    });
    const more = [...records(1, 2), { wait: forever }, ...records(3), { wait: forever }];
    const second = simulate({
      build: gathering(more),
      ...settings('hashmap'),
      ...restoring(first, snapshot),
    });
    await take(second, { format: 'CANONICAL', afterwards: 'drain' });
    await second.finish();
    expect(second.output).toEqual(['a3']);
  });

  test('starts again from its newest checkpoint where the savepoint fails', async () => {
    const sink = new CollectSink<string>();
    let broken = true;
    const storage = faultyStorage(new MemoryStorage(), ({ location, operation }) =>
      broken && location.path.startsWith('/savepoints/') && operation !== 'makeDirectory'
        ? 'unavailable'
        : null,
    );
    const running = simulate({ build: windowingJob(sink, JOB), ...settings('hashmap'), storage });
    await running.runUntil('checkpoint-completed');
    const savepoint = { parent: SAVEPOINTS, format: 'CANONICAL', afterwards: 'drain' } as const;
    await expect(running.host.run(running.job.triggerSavepoint(savepoint))).rejects.toThrow();
    broken = false;
    expect(await running.finish()).toMatchObject({ status: 'FINISHED', restarts: 1 });
    expect([...sink.committed].sort()).toEqual(expectedSums(JOB));
  });
});

describe('a savepoint of a job that goes on', () => {
  test('commits nothing, is not a base of checkpoints, and stays', async () => {
    const sink = new CollectSink<string>();
    const running = simulate({ build: countingJob(sink, JOB), ...settings('hashmap') });
    const snapshot = await take(running, { format: 'NATIVE', afterwards: 'go-on' });
    expect((await running.finish()).status).toBe('FINISHED');
    expect([...sink.committed].sort()).toEqual(expectedCounts(JOB));
    const metadata = await metadataOf(running, snapshot);
    expect(metadata.properties).toMatchObject({ forced: true, discardCancelled: false });
    const kinds = new Set<string>();
    visitStreams(metadata, { stream: ({ kind }) => kinds.add(kind) });
    expect(kinds).toEqual(new Set(['relative-file']));
    const again = new CollectSink<string>();
    const second = simulate({
      build: countingJob(again, JOB),
      ...settings('hashmap'),
      ...restoring(running, snapshot),
    });
    await second.finish();
    expect(new Set(expectedCounts(JOB))).toEqual(new Set([...sink.committed, ...again.committed]));
  });

  test('is refused where the job takes no checkpoints', async () => {
    const running = simulate({ build: countingJob(new CollectSink(), JOB), checkpoints: false });
    const asked = running.job.triggerSavepoint({
      parent: SAVEPOINTS,
      format: 'CANONICAL',
      afterwards: 'go-on',
    });
    await expect(asked).rejects.toThrow('the job takes no checkpoints, hence no savepoints');
    await running.finish();
  });
});

describeRocksDb('a savepoint with RocksDB', () => {
  afterEach(closeDatabases);

  test.each<readonly [Backend, Backend, SavepointFormat]>([
    ['rocksdb', 'hashmap', 'CANONICAL'],
    ['hashmap', 'rocksdb', 'CANONICAL'],
    ['rocksdb', 'rocksdb', 'NATIVE'],
  ])('goes from %s to %s: %s', async (from, to, format) => {
    const { committed, metadata } = await checkStop(windowingJob, [from, to], format);
    expect(committed).toEqual(expectedSums(JOB));
    const kinds = new Set<string>();
    visitStreams(metadata, { stream: ({ kind }) => kinds.add(kind) });
    expect(kinds).toEqual(new Set(['relative-file']));
  });
});
