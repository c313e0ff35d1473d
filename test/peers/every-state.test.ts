// State of every kind, timers, windows and operator state go from the engine to real Flink and back, at another
// parallelism: every value of every key is compared, and the restored job goes on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatLocation, type Location, parseLocation } from '../../src/model/location.js';
import { closeDatabases, describeRocksDb, testDatabases } from '../engine/support/rocksdb.js';
import { type SimulatedHost, type Simulation, simulate } from '../engine/support/simulation.js';
import { runs } from '../support/runs.js';
import { localDirectory, readFromDisk, writeToDisk } from './support/disk.js';
import { expectedFound, fillingJob, KEYS, LookingJob, RECORDS } from './support/every-state-job.js';
import { describeWithFlink, type FlinkPeer } from './support/flink.js';

type Form = 'hashmap' | 'canonical savepoint' | 'rocksdb incremental';

/** Those of the sample first: each is a JVM with a cluster. */
const INTO_FLINK = [
  { form: 'rocksdb incremental', from: 4, to: 2 },
  { form: 'canonical savepoint', from: 1, to: 3 },
  { form: 'hashmap', from: 1, to: 3 },
  { form: 'hashmap', from: 4, to: 2 },
  { form: 'rocksdb incremental', from: 1, to: 3 },
  { form: 'canonical savepoint', from: 4, to: 2 },
] as const;
const OUT_OF_FLINK = [
  { kind: 'checkpoint', backend: 'hashmap', from: 1, to: 3 },
  { kind: 'savepoint', backend: 'rocksdb', from: 3, to: 2 },
  { kind: 'savepoint', backend: 'hashmap', from: 4, to: 2 },
] as const;
const sampled = <T>(all: readonly T[], sample: number): readonly T[] =>
  all.slice(0, runs({ sample, full: all.length }));

const sizes = ['--records', String(RECORDS), '--keys', String(KEYS)];
const backendOf = (form: Form) => (form === 'rocksdb incremental' ? 'rocksdb' : 'hashmap');

/** Fills a job in the engine and takes its snapshot; returns where that is on the disk. */
async function takeInEngine(form: Form, parallelism: number, root: string): Promise<Location> {
  const directory = localDirectory(root);
  const simulated = simulate({
    build: fillingJob(parallelism),
    directory,
    configuration: {
      'execution.checkpointing.interval': '500ms',
      'state.backend.type': backendOf(form),
      'execution.checkpointing.incremental': 'true',
      'execution.checkpointing.data-inline-threshold': '0b',
      'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    },
    ...(backendOf(form) === 'rocksdb' && { databases: testDatabases() }),
  });
  const { host, job, storage, runUntil } = simulated;
  await runUntil('checkpoint-completed', 3);
  const snapshot =
    form === 'canonical savepoint'
      ? job.triggerSavepoint({ parent: directory, format: 'CANONICAL', afterwards: 'go-on' })
      : job.triggerCheckpoint().then(({ location }) => location);
  await host.run(snapshot);
  await host.run(job.cancel());
  await writeToDisk(storage, directory);
  return snapshot;
}

async function checkInFlink(flink: FlinkPeer, { form, from, to }: (typeof INTO_FLINK)[number], root: string) {
  const snapshot = await takeInEngine(form, from, root);
  const found = (await flink.run([
    'restore-every',
    formatLocation(snapshot),
    ...['--parallelism', String(to), '--backend', backendOf(form), ...sizes],
  ])) as Record<string, number>;
  expect(found).toMatchObject({
    ...expectedFound({ from: 'ckpt', parallelism: [from, to] }),
    subtasks: to,
  });
  expect(found.completedCheckpointId).toBeGreaterThan(found.restoredCheckpointId!);
}

describeWithFlink('state of every kind', (flink) => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ckpt-peers-every-'));
  });
  afterEach(closeDatabases);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const inFlink = (isRocksDb: boolean) =>
    it.each(sampled(INTO_FLINK, 2).filter(({ form }) => (backendOf(form) === 'rocksdb') === isRocksDb))(
      'taken by the engine is restored by Flink: $form, from parallelism $from to $to',
      (passage) => checkInFlink(flink, passage, join(root, `${passage.form}-${passage.from}`)),
    );
  describe('in memory', () => inFlink(false));
  describeRocksDb('in RocksDB', () => inFlink(true));

  it.each(sampled(OUT_OF_FLINK, 1))(
    'taken by Flink is restored by the engine: $kind, $backend, from parallelism $from to $to',
    async (given) => {
      const { kind, backend, from, to } = given;
      const directory = join(root, `flink-${kind}-${backend}`);
      const { snapshot } = (await flink.run([
        'take-every',
        directory,
        ...['--kind', kind, '--backend', backend, '--parallelism', String(from), ...sizes],
      ])) as { snapshot: string };
      const found = await restoreInEngine(directory, parseLocation(snapshot.replace(/\/$/, ''), '/'), to);
      expect(found).toEqual(expectedFound({ from: 'Flink', parallelism: [from, to] }));
    },
  );
});

/** Lets the job go on for so long. */
async function pass(host: SimulatedHost, ms: number): Promise<void> {
  await host.run(new Promise<void>((resolve) => host.clock.schedule(ms, resolve)));
}

/** By the year 2097 all timers have gone off. */
const LATE_MS = 4_010_000_000_000;

async function restoreInEngine(directory: string, snapshot: Location, parallelism: number) {
  let end = () => {};
  const waiting = new Promise<void>((resolve) => {
    end = resolve;
  });
  const looking = new LookingJob(parallelism, waiting);
  const { host, finish } = simulate({
    build: looking.build,
    storage: await readFromDisk(directory),
    directory: localDirectory('/checkpoints'),
    configuration: { 'execution.checkpointing.interval': '100000d' },
    options: {
      restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: true },
    },
  } satisfies Simulation);
  await pass(host, 2_000);
  host.clock.advance(LATE_MS);
  await pass(host, 2_000);
  end();
  await finish();
  return looking.found;
}
