// A store that fails at its n-th call, for every n: before the call had an effect, or after it. At no moment is there a
// `_metadata` whose files are missing, and the job either goes on to the right end or says what went wrong.
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { CollectSink } from '../../src/index.js';
import { child, formatLocation, type Location, parent } from '../../src/model/location.js';
import { visitStreams } from '../../src/model/streams.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { CkptError, StorageError } from '../../src/support/errors.js';
import { runs } from '../support/runs.js';
import { countingJob, expectedCounts } from './support/jobs.js';
import { JOB, simulate } from './support/simulation.js';

type Moment = 'before' | 'after';

const job = { records: 40, keys: 4, parallelism: [1, 1, 1] } as const;
const configuration = {
  'execution.checkpointing.interval': '10ms',
  'execution.checkpointing.data-inline-threshold': '0',
  'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
};

describe('a store that fails at one call', () => {
  for (const moment of ['before', 'after'] as const) {
    for (const tolerable of ['0', '3']) {
      test(`${moment} its effect, with ${tolerable} tolerable failures, leaves no checkpoint hollow`, async () => {
        const calls = (await runWithFault(Number.POSITIVE_INFINITY, moment, tolerable)).calls;
        expect(calls).toBeGreaterThan(20);
        const step = runs({ sample: 8, full: 1 });
        for (let n = 1; n <= calls; n += step) {
          const { error, committed } = await runWithFault(n, moment, tolerable);
          if (error === null) expect(committed, `fault at call ${n}`).toEqual(expectedCounts(job));
          else expect(error, `fault at call ${n}`).toBeInstanceOf(CkptError);
        }
      });
    }
  }

  test('that makes the job directory fails the job with the reason of the store', async () => {
    expect((await runWithFault(1, 'before', '5')).error).toMatchObject({ code: 'storage-denied' });
  });
});

describe('a checkpoint directory that vanishes', () => {
  test('costs the checkpoints under way; the next one is complete again', async () => {
    const disk = new MemoryStorage();
    const simulated = simulate({
      build: countingJob(new CollectSink(), { ...job, records: 1_000_000 }),
      storage: disk,
      slowStorage: true,
      configuration: { ...configuration, 'execution.checkpointing.tolerable-failed-checkpoints': '5' },
    });
    await simulated.runUntil('checkpoint-completed', 2);
    await removeAll(disk);
    const before = simulated.events.filter(({ kind }) => kind === 'checkpoint-completed').length;
    await simulated.runUntil('checkpoint-completed', before + 2);
    await simulated.host.run(simulated.job.cancel());
    await expectNoneHollow(disk);
    expect((await simulated.job.result).status).toBe('CANCELED');
  });

  test('before a recovery makes the job fail with what is missing', async () => {
    const disk = new MemoryStorage();
    const sink = new CollectSink<string>();
    let removed: Promise<void> | null = null;
    const simulated = simulate({
      build: countingJob(sink, { ...job, records: 1_000_000 }),
      storage: disk,
      configuration,
      options: { failAtCheckpoint: 3 },
      onEvent: ({ kind }) => {
        if (kind === 'task-failed') removed ??= removeAll(disk);
      },
    });
    await expect(simulated.finish()).rejects.toThrow(/cannot be read|nothing is there/);
    await removed;
    expect(simulated.events.filter(({ kind }) => kind === 'restarting')).toHaveLength(3);
  });
});

async function runWithFault(n: number, moment: Moment, tolerable: string) {
  const disk = new MemoryStorage();
  const sink = new CollectSink<string>();
  const counter = { calls: 0 };
  const simulated = simulate({
    build: countingJob(sink, job),
    storage: failingOnce(disk, counter, { n, moment }),
    configuration: { ...configuration, 'execution.checkpointing.tolerable-failed-checkpoints': tolerable },
    options: { failAfterRecords: 30 },
  });
  const error: unknown = await simulated.finish().then(
    () => null,
    (thrown) => thrown,
  );
  await expectNoneHollow(disk);
  return { calls: counter.calls, error, committed: [...sink.committed].sort() };
}

/** After every call the disk is looked at: no call, failed or not, may leave a hollow checkpoint. */
function failingOnce(
  inner: MemoryStorage,
  counter: { calls: number },
  fault: { readonly n: number; readonly moment: Moment },
): StorageRemover {
  const call = async <T>(location: Location, action: () => Promise<T>): Promise<T> => {
    const fails = ++counter.calls === fault.n;
    const where = formatLocation(location);
    const error = new StorageError('denied', `made to fail at call ${fault.n}: ${where}`, { where });
    if (fails && fault.moment === 'before') throw error;
    const result = await action();
    await expectNoneHollow(inner);
    if (fails) throw error;
    return result;
  };
  return {
    capabilities: inner.capabilities,
    list: (root) => inner.list(root),
    listDirectory: (directory) => inner.listDirectory(directory),
    stat: (location) => inner.stat(location),
    readRange: (location, offset, length) => inner.readRange(location, offset, length),
    read: (location) => call(location, () => inner.read(location)),
    makeDirectory: (location) => call(location, () => inner.makeDirectory(location)),
    put: (location, content) => call(location, () => inner.put(location, content)),
    putPieces: (location, pieces) => call(location, () => inner.putPieces(location, pieces)),
    putIfAbsent: (location, content) => call(location, () => inner.putIfAbsent(location, content)),
    removeEmptyDirectory: (location) => call(location, () => inner.removeEmptyDirectory(location)),
    nowMs: () => inner.nowMs(),
    copy: (from, to) => call(from, () => inner.copy(from, to)),
    rename: (from, to) => call(from, () => inner.rename(from, to)),
    remove: async (locations) => {
      const results = [];
      for (const location of locations) {
        try {
          results.push(...(await call(location, () => inner.remove([location]))));
        } catch (error) {
          results.push({ location, outcome: 'failed' as const, error: error as Error });
        }
      }
      return results;
    },
  };
}

async function expectNoneHollow(disk: MemoryStorage): Promise<void> {
  for (const metadata of await metadataFiles(disk)) {
    const missing: string[] = [];
    const files: Location[] = [];
    visitStreams(readMetadata(await disk.read(metadata)), {
      stream: (stream) => {
        if (stream.kind === 'relative-file') files.push(child(parent(metadata), stream.relativePath));
      },
    });
    for (const file of files) await disk.stat(file).catch(() => missing.push(file.path));
    expect(missing, `files missing from ${metadata.path}`).toEqual([]);
  }
}

async function metadataFiles(disk: MemoryStorage): Promise<Location[]> {
  const started = await disk.stat(JOB).catch(() => null);
  if (started === null) return [];
  const found: Location[] = [];
  for await (const { entries } of disk.list(JOB)) {
    for (const { path } of entries) if (path.endsWith('/_metadata')) found.push({ ...JOB, path });
  }
  return found;
}

/** As a user would do it: everything below the job's directory, deepest first. */
async function removeAll(disk: MemoryStorage): Promise<void> {
  const locations: Location[] = [];
  for await (const { entries } of disk.list(JOB))
    for (const { path } of entries) locations.push({ ...JOB, path });
  for (const location of locations.reverse()) {
    await disk.remove([location]);
    await disk.removeEmptyDirectory(location).catch(() => undefined);
  }
  await disk.removeEmptyDirectory(JOB).catch(() => undefined);
}
