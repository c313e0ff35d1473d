// When checkpoints are taken, how many stay, and what happens to those that fail. Time is simulated.
import { describe, expect, test } from 'vitest';
import { decideTrigger } from '../../../src/engine/checkpoint/trigger-policy.js';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { CollectSink } from '../../../src/index.js';
import type { JobEvent } from '../../../src/model/job-events.js';
import { child, type Location } from '../../../src/model/location.js';
import { faultyStorage, interceptedStorage } from '../../../src/storage/intercepted.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import type { StorageReader, StorageRemover } from '../../../src/storage/storage.js';
import { JobError } from '../../../src/support/errors.js';
import { countingJob } from '../support/jobs.js';
import { JOB, type Simulation, simulate } from '../support/simulation.js';

const endless = { records: 1_000_000, keys: 5 };

/** A store that keeps waiting whoever makes this directory, until told. */
function slowToMake(inner: MemoryStorage, name: string) {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const storage: StorageRemover = Object.create(inner, {
    makeDirectory: {
      value: async (location: Location) => {
        if (location.path.endsWith(name)) await released;
        await inner.makeDirectory(location);
      },
    },
    put: { value: inner.put.bind(inner) },
    putIfAbsent: { value: inner.putIfAbsent.bind(inner) },
    read: { value: inner.read.bind(inner) },
    remove: { value: inner.remove.bind(inner) },
    removeEmptyDirectory: { value: inner.removeEmptyDirectory.bind(inner) },
  });
  return { storage, release };
}

/** A job that runs until it is stopped, and cancelled after so many complete checkpoints. */
async function runUntilCheckpoint(checkpoints: number, simulation: Partial<Simulation> = {}) {
  const simulated = simulate({ build: countingJob(new CollectSink(), endless), ...simulation });
  await simulated.runUntil('checkpoint-completed', checkpoints);
  await simulated.host.run(simulated.job.cancel());
  return simulated;
}

async function filesOf(storage: StorageReader): Promise<string[]> {
  const found: string[] = [];
  for await (const { entries } of storage.list(JOB)) {
    for (const { path, type } of entries) {
      const name = path.slice(JOB.path.length + 1).replace(/[0-9a-f]{8}-[0-9a-f-]+$/, '<uuid>');
      found.push(type === 'directory' ? `${name}/` : name);
    }
  }
  return found;
}

const idsOf = (events: readonly JobEvent[], kind: JobEvent['kind']) =>
  events.flatMap((event) => (event.kind === kind && 'checkpointId' in event ? [event.checkpointId] : []));
const RETAIN = { 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' };

describe('the trigger', () => {
  const rules = { intervalMs: 100, minPauseMs: 30, maxConcurrent: 2 };
  const history = { pending: 0, requests: 0, lastPeriodicMs: 1000, lastCompletionMs: null };

  test('comes at the interval', () => {
    expect(decideTrigger(rules, history, 1040)).toEqual({ kind: 'at', timeMs: 1100 });
    expect(decideTrigger(rules, history, 1100)).toEqual({ kind: 'now', periodic: true });
  });

  test('waits for the pause after the last one became complete', () => {
    expect(decideTrigger(rules, { ...history, lastCompletionMs: 1090 }, 1100)).toEqual({
      kind: 'at',
      timeMs: 1120,
    });
  });

  test('waits where enough are under way, on demand too', () => {
    expect(decideTrigger(rules, { ...history, pending: 2, requests: 1 }, 5000)).toEqual({ kind: 'later' });
  });

  test('comes at once on demand, without an interval too', () => {
    const onDemand = { ...history, requests: 1, lastCompletionMs: 1000 };
    expect(decideTrigger(rules, onDemand, 1000)).toEqual({ kind: 'now', periodic: false });
    expect(decideTrigger({ ...rules, intervalMs: null }, history, 9999)).toEqual({ kind: 'later' });
  });
});

describe('checkpoints', () => {
  test('are laid out as Flink lays them out, state files first and _metadata last', async () => {
    const calls: string[] = [];
    const storage = interceptedStorage(new MemoryStorage(), ({ operation, location }) => {
      calls.push(
        `${operation} ${location.path.slice(JOB.path.length + 1).replace(/[0-9a-f]{8}-[0-9a-f-]+$/, '<uuid>')}`,
      );
    });
    const configuration = { ...RETAIN, 'execution.checkpointing.data-inline-threshold': '0' };
    await runUntilCheckpoint(1, { storage, configuration });
    expect(calls.slice(0, 3)).toEqual([
      'makeDirectory shared',
      'makeDirectory taskowned',
      'makeDirectory chk-1',
    ]);
    expect(calls.filter((call) => /chk-1\//.test(call)).at(-1)).toBe('putIfAbsent chk-1/_metadata');
    const files = (await filesOf(storage)).filter(
      (name) => name.startsWith('chk-1') || !name.startsWith('chk-'),
    );
    expect(files).toEqual([
      'chk-1/',
      'chk-1/<uuid>',
      'chk-1/<uuid>',
      'chk-1/<uuid>',
      'chk-1/_metadata',
      'shared/',
      'taskowned/',
    ]);
  });

  test('keep little state inside _metadata, and with jobmanager storage all of it', async () => {
    const inline = await runUntilCheckpoint(1, { configuration: RETAIN });
    expect((await filesOf(inline.storage)).filter((name) => name.includes('uuid'))).toEqual([]);
    const configuration = {
      ...RETAIN,
      'execution.checkpointing.storage': 'jobmanager',
      'execution.checkpointing.data-inline-threshold': '0',
    };
    const all = await runUntilCheckpoint(1, { configuration });
    expect((await filesOf(all.storage)).filter((name) => name.includes('uuid'))).toEqual([]);
  });

  test('come at the interval, as measured from the start', async () => {
    const times: number[] = [];
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      configuration: { 'execution.checkpointing.interval': '100ms' },
      onEvent: (event) => {
        if (event.kind === 'checkpoint-triggered') times.push(simulated.host.clock.now());
      },
    });
    await simulated.runUntil('checkpoint-completed', 3);
    await simulated.host.run(simulated.job.cancel());
    expect(times.slice(0, 3).map((time) => Math.round(time / 100))).toEqual([1, 2, 3]);
  });

  test('go on at the interval when somebody sets the clock back', async () => {
    const times: number[] = [];
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      configuration: {
        'execution.checkpointing.interval': '100ms',
        'execution.checkpointing.min-pause': '50ms',
      },
      onEvent: (event) => {
        if (event.kind === 'checkpoint-triggered') times.push(simulated.host.clock.monotonic());
      },
    });
    const { clock } = simulated.host;
    await simulated.runUntil('checkpoint-completed', 1);
    clock.set(clock.now() - 3_600_000);
    await simulated.runUntil('checkpoint-completed', 3);
    const result = await simulated.host.run(simulated.job.cancel().then(() => simulated.job.result));
    expect(times.slice(0, 3).map((time) => Math.round(time / 100))).toEqual([1, 2, 3]);
    expect(result?.durationMs).toBeGreaterThanOrEqual(300);
  });

  test('leave the pause between the end of one and the next', async () => {
    const log: { readonly kind: string; readonly at: number }[] = [];
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      slowStorage: true,
      configuration: {
        'execution.checkpointing.interval': '10ms',
        'execution.checkpointing.min-pause': '200ms',
      },
      onEvent: ({ kind }) => log.push({ kind, at: simulated.host.clock.now() }),
    });
    await simulated.runUntil('checkpoint-completed', 4);
    await simulated.host.run(simulated.job.cancel());
    const ends = log.filter(({ kind }) => kind === 'checkpoint-completed');
    const starts = log.filter(({ kind }) => kind === 'checkpoint-triggered').slice(1);
    for (const [index, { at }] of starts.slice(0, 3).entries()) {
      expect(at - ends[index]!.at).toBeGreaterThanOrEqual(200);
    }
  });

  test('are taken on demand, and whoever asked is told where', async () => {
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      configuration: { ...RETAIN, 'execution.checkpointing.interval': '1d' },
    });
    await simulated.runUntil('job-started');
    await simulated.host.run(
      new Promise((resolve) => simulated.host.clock.schedule(20, () => resolve(undefined))),
    );
    const taken = await simulated.host.run(simulated.job.triggerCheckpoint());
    expect(taken).toMatchObject({ checkpointId: 1, location: child(JOB, 'chk-1') });
    await simulated.host.run(simulated.job.cancel());
    await expect(simulated.job.triggerCheckpoint()).rejects.toThrow(/not running/);
  });

  test('stay as many as are to be retained; the oldest go first, _metadata before everything else', async () => {
    const removed: string[] = [];
    const storage = interceptedStorage(new MemoryStorage(), ({ operation, location }) => {
      const name = location.path.slice(JOB.path.length + 1).replace(/[0-9a-f]{8}-[0-9a-f-]+$/, '<uuid>');
      if (operation.startsWith('remove')) removed.push(name);
    });
    const configuration = {
      ...RETAIN,
      'execution.checkpointing.num-retained': '2',
      'execution.checkpointing.data-inline-threshold': '0',
    };
    const { events, job } = await runUntilCheckpoint(4, { storage, configuration });
    const completed = idsOf(events, 'checkpoint-completed');
    expect(idsOf(events, 'checkpoint-subsumed')).toEqual(completed.slice(0, -2));
    expect((await job.result).retained.map(({ checkpointId }) => checkpointId)).toEqual(completed.slice(-2));
    expect(removed.slice(0, 5)).toEqual([
      'chk-1/_metadata',
      'chk-1/<uuid>',
      'chk-1/<uuid>',
      'chk-1/<uuid>',
      'chk-1',
    ]);
    const metadata = (await filesOf(storage)).filter((name) => name.endsWith('_metadata'));
    expect(metadata).toEqual(completed.slice(-2).map((id) => `chk-${id}/_metadata`));
  });

  test('expire and are counted; what was still being written then is removed when it is there; the job goes on', async () => {
    // An object store: a file may appear where no directory is any more.
    const disk = new MemoryStorage({ directories: false });
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const storage = faultyStorage(disk, () => null);
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      storage: { ...storage, put: (...call) => released.then(() => disk.put(...call)) },
      configuration: {
        ...RETAIN,
        'execution.checkpointing.data-inline-threshold': '0',
        'execution.checkpointing.timeout': '50ms',
        'execution.checkpointing.tolerable-failed-checkpoints': '3',
      },
    });
    await simulated.runUntil('checkpoint-failed', 2);
    release();
    await simulated.runUntil('checkpoint-completed', 2);
    await simulated.host.run(simulated.job.cancel());
    const failed = simulated.events.filter((event) => event.kind === 'checkpoint-failed');
    expect(failed.slice(0, 2)).toMatchObject([
      { checkpointId: 1, reason: 'expired', counted: true },
      { checkpointId: 2, reason: 'expired', counted: true },
    ]);
    const kept = (await simulated.job.result).retained[0]?.checkpointId;
    const left = (await filesOf(disk)).filter((name) => name.startsWith('chk-'));
    expect(left.filter((name) => !name.startsWith(`chk-${kept}/`))).toEqual([]);
  });

  test('that may fail do not end the job; one more than tolerable does, and what was complete stays', async () => {
    let broken = false;
    const disk = new MemoryStorage();
    const storage = faultyStorage(disk, ({ operation }) =>
      broken && /^(put|make)/.test(operation) ? 'no-space' : null,
    );
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      storage,
      configuration: {
        ...RETAIN,
        'execution.checkpointing.tolerable-failed-checkpoints': '2',
        'restart-strategy.type': 'none',
      },
    });
    await simulated.runUntil('checkpoint-completed', 1);
    broken = true;
    const error = await simulated.finish().then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(JobError);
    expect(error.message).toMatch(/3 checkpoints in a row failed, 2 are tolerable: .*was made to fail/);
    const kept = idsOf(simulated.events, 'checkpoint-completed').at(-1);
    expect((await filesOf(disk)).filter((name) => name.startsWith('chk-'))).toEqual([
      `chk-${kept}/`,
      `chk-${kept}/_metadata`,
    ]);
  });

  test('that fail are followed by no pause: it counts from the last complete one', async () => {
    const storage = faultyStorage(new MemoryStorage(), ({ operation, location }) =>
      operation === 'putIfAbsent' && location.path.includes('chk-2/') ? 'no-space' : null,
    );
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      storage,
      configuration: {
        'execution.checkpointing.min-pause': '500ms',
        'execution.checkpointing.tolerable-failed-checkpoints': '1',
      },
    });
    const times: number[] = [];
    for (const kind of ['checkpoint-completed', 'checkpoint-failed', 'checkpoint-completed'] as const) {
      await simulated.runUntil(kind, kind === 'checkpoint-failed' ? 1 : times.length === 0 ? 1 : 2);
      times.push(simulated.host.clock.now());
    }
    await simulated.host.run(simulated.job.cancel());
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(500);
    expect(times[2]! - times[1]!).toBeLessThan(100);
  });

  test('fail where somebody else has written the _metadata, which stays', async () => {
    const disk = new MemoryStorage();
    const foreign = child(JOB, 'chk-1/_metadata');
    await disk.makeDirectory(child(JOB, 'chk-1'));
    await disk.put(foreign, Uint8Array.of(1));
    const configuration = { ...RETAIN, 'execution.checkpointing.tolerable-failed-checkpoints': '1' };
    const { events } = await runUntilCheckpoint(1, { storage: disk, configuration });
    expect(idsOf(events, 'checkpoint-failed')[0]).toBe(1);
    expect(await disk.read(foreign)).toEqual(Uint8Array.of(1));
  });

  test('hold for every operator its name, uid, parallelism and the properties of the retention', async () => {
    const configuration = { ...RETAIN, 'execution.checkpointing.num-retained': '3' };
    const { storage } = await runUntilCheckpoint(1, { configuration });
    const metadata = readMetadata(await storage.read(child(JOB, 'chk-1/_metadata')));
    expect(metadata.formatVersion).toBe(6);
    expect(
      metadata.operators.map(({ uid, parallelism, maxParallelism }) => [uid, parallelism, maxParallelism]),
    ).toEqual([
      ['numbers', 1, 128],
      ['interfere', 1, 128],
      ['count', 1, 128],
      ['sink', 1, 128],
    ]);
    expect(metadata.properties).toMatchObject({
      discardSubsumed: true,
      discardFinished: false,
      discardCancelled: false,
    });
  });
});

describe('when the job ends', () => {
  const chk = async (storage: StorageReader) =>
    (await filesOf(storage)).filter((name) => name.startsWith('chk-'));

  test('by cancelling, its checkpoints go unless they are to be retained', async () => {
    expect(await chk((await runUntilCheckpoint(2)).storage)).toEqual([]);
    expect((await chk((await runUntilCheckpoint(2, { configuration: RETAIN })).storage)).length).toBe(2);
  });

  test('by finishing, its last checkpoint has every record, and stays unless it is to go', async () => {
    const finish = async (onFinish: 'retain' | 'delete') => {
      const sink = new CollectSink<string>();
      const simulated = simulate({
        build: countingJob(sink, { records: 50, keys: 5 }),
        options: { onFinish },
      });
      const result = await simulated.finish();
      expect(sink.committed).toHaveLength(50);
      return [result.retained.length, (await chk(simulated.storage)).length];
    };
    expect(await finish('retain')).toEqual([1, 2]);
    expect(await finish('delete')).toEqual([0, 0]);
  });

  test('by failing, its checkpoints stay where they are externalized', async () => {
    const fail = async (retention: string) => {
      const simulated = simulate({
        build: countingJob(new CollectSink(), endless),
        options: { failAtCheckpoint: 2 },
        configuration: {
          'execution.checkpointing.externalized-checkpoint-retention': retention,
          'restart-strategy.type': 'none',
        },
      });
      await expect(simulated.finish()).rejects.toThrow(/injected failure after checkpoint 2/);
      return (await chk(simulated.storage)).length;
    };
    expect(await fail('DELETE_ON_CANCELLATION')).toBe(2);
    expect(await fail('NO_EXTERNALIZED_CHECKPOINTS')).toBe(0);
  });
});

describe('a failure', () => {
  test('after a given number of records happens once, and the job recovers from its newest checkpoint', async () => {
    const sink = new CollectSink<string>();
    const simulated = simulate({
      build: countingJob(sink, { records: 400, keys: 3 }),
      options: { failAfterRecords: 300 },
    });
    const result = await simulated.finish();
    const kinds = simulated.events.map(({ kind }) => kind);
    expect(result.restarts).toBe(1);
    expect(kinds.indexOf('restored')).toBeGreaterThan(kinds.indexOf('task-failed'));
    expect(result.sourceRecords).toBeGreaterThan(400);
    expect(result.sourceRecords).toBeLessThan(700);
    expect(sink.committed).toHaveLength(400);
  });

  test('again and again ends the job when the attempts are used up', async () => {
    const simulated = simulate({
      build: countingJob(new CollectSink(), {
        records: 10,
        keys: 1,
        interfere: () => {
          throw new Error('always');
        },
      }),
      configuration: {
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '2',
        'restart-strategy.fixed-delay.delay': '7s',
      },
    });
    await expect(simulated.finish()).rejects.toThrow(/failed, after 2 restarts: always/);
    expect(simulated.events.filter(({ kind }) => kind === 'restarting')).toHaveLength(2);
    expect(simulated.host.clock.now()).toBeGreaterThanOrEqual(14_000);
  });

  test('leaves the same trace for the same seed', async () => {
    const trace = async (seed: number) => {
      const simulated = simulate({
        build: countingJob(new CollectSink(), { records: 100, keys: 7, parallelism: [2, 3, 2] }),
        seed,
        slowStorage: true,
        options: { failAfterRecords: 70 },
      });
      await simulated.finish();
      return JSON.stringify([simulated.events, simulated.host.clock.now()]);
    };
    expect(await trace(3)).toBe(await trace(3));
    expect(await trace(3)).not.toBe(await trace(4));
  });
});

describe('checkpoints that overlap', () => {
  test('send their barriers in the order of their ids: one that was overtaken is given up', async () => {
    const { storage, release } = slowToMake(new MemoryStorage(), 'chk-2');
    const simulated = simulate({
      build: countingJob(new CollectSink(), endless),
      storage,
      configuration: { ...RETAIN, 'execution.checkpointing.max-concurrent-checkpoints': '3' },
      onEvent: (event) => {
        if (event.kind === 'checkpoint-completed' && event.checkpointId === 3) release();
      },
    });
    await simulated.runUntil('checkpoint-completed', 4);
    await simulated.host.run(simulated.job.cancel());
    const completed = idsOf(simulated.events, 'checkpoint-completed');
    expect(completed).toEqual([...completed].sort((a, b) => a! - b!));
    expect(completed).not.toContain(2);
    expect(idsOf(simulated.events, 'checkpoint-failed')).toContain(2);
  });
});
