// What the engine may remove: its own checkpoints, and a claimed snapshot once it owns it. Nothing else, ever.
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import { CollectSink } from '../../../src/index.js';
import { child, type Location, parent } from '../../../src/model/location.js';
import type { StreamStateHandle } from '../../../src/model/metadata.js';
import { faultyStorage } from '../../../src/storage/intercepted.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import { StorageError } from '../../../src/support/errors.js';
import { countingJob } from '../support/jobs.js';
import { CHECKPOINTS, simulate } from '../support/simulation.js';

const job = { records: 300, keys: 9 };
const OTHER_JOB = '0000000000000000000000000000000b';
const FILES = { 'execution.checkpointing.data-inline-threshold': '0' };
const RETAIN = {
  ...FILES,
  'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
};
const NEVER_RETAIN = {
  ...FILES,
  'execution.checkpointing.externalized-checkpoint-retention': 'NO_EXTERNALIZED_CHECKPOINTS',
};

async function takeSnapshot(storage: MemoryStorage): Promise<Location> {
  const taken = simulate({ build: countingJob(new CollectSink(), job), storage, configuration: RETAIN });
  await taken.runUntil('checkpoint-completed', 2);
  await taken.host.run(taken.job.cancel());
  return (await taken.job.result).retained.at(-1)!.location;
}

function claim(storage: MemoryStorage, snapshot: Location, build = countingJob(new CollectSink(), job)) {
  return simulate({
    build,
    storage,
    configuration: NEVER_RETAIN,
    options: {
      jobId: OTHER_JOB,
      onFinish: 'delete',
      restore: { snapshot, claimMode: 'claim', allowNonRestoredState: false },
    },
  });
}

const exists = (storage: MemoryStorage, location: Location) =>
  storage.stat(location).then(
    () => true,
    (thrown) => {
      if (thrown instanceof StorageError && thrown.kind === 'not-found') return false;
      throw thrown;
    },
  );

describe('a claimed snapshot', () => {
  test('goes with the job that restored it', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage);
    await claim(storage, snapshot).finish();
    expect(await exists(storage, snapshot)).toBe(false);
  });

  test('stays, whole, where the job does not fit it', async () => {
    const storage = new MemoryStorage();
    const snapshot = await takeSnapshot(storage);
    const before = await storage.listDirectory(snapshot);
    const refused = claim(storage, snapshot, (env) => env.fromSequence(1, 5).uid('others').print());
    await expect(refused.finish()).rejects.toThrow(/does not have: uid numbers/);
    expect(await storage.listDirectory(snapshot)).toEqual(before);
  });

  test.each(['../../../precious', 'linked/precious'])(
    'never takes with it what its metadata names elsewhere: %s',
    async (relativePath) => {
      const storage = new MemoryStorage();
      const snapshot = await takeSnapshot(storage);
      const precious = child(snapshot, relativePath);
      await storage.makeDirectory(parent(precious));
      await pointStateTo(storage, snapshot, relativePath);
      await claim(storage, snapshot).finish();
      expect(await exists(storage, precious)).toBe(true);
      expect(await exists(storage, child(snapshot, '_metadata'))).toBe(false);
    },
  );
});

/** Moves the keyed state of the snapshot to another place, and its `_metadata` says so. */
async function pointStateTo(storage: MemoryStorage, snapshot: Location, relativePath: string): Promise<void> {
  const metadata = readMetadata(await storage.read(child(snapshot, '_metadata')));
  let moved: Uint8Array | null = null;
  const operators = [];
  for (const operator of metadata.operators) {
    const subtasks = [];
    for (const subtask of operator.subtasks) {
      const managedKeyedState = [];
      for (const handle of subtask.managedKeyedState) {
        if (handle.kind !== 'key-groups' || handle.stream.kind !== 'relative-file')
          throw new Error('unexpected');
        moved = await storage.read(child(snapshot, handle.stream.relativePath));
        const stream: StreamStateHandle = { ...handle.stream, relativePath };
        managedKeyedState.push({ ...handle, stream });
      }
      subtasks.push({ ...subtask, managedKeyedState });
    }
    operators.push({ ...operator, subtasks });
  }
  await storage.put(child(snapshot, relativePath), moved!);
  await storage.put(child(snapshot, '_metadata'), writeMetadata({ ...metadata, operators }, 6));
}

describe('a checkpoint that is given up', () => {
  test.each(['no-space', 'denied', 'unavailable', 'already-exists'] as const)(
    'leaves the `_metadata` of another run where it is, after %s',
    async (kind) => {
      const storage = new MemoryStorage();
      const foreign = child(CHECKPOINTS, 'chk-1/_metadata');
      await storage.makeDirectory(parent(foreign));
      await storage.put(foreign, new Uint8Array([1, 2, 3]));
      const faulty = faultyStorage(storage, ({ operation, location }) =>
        operation === 'putIfAbsent' && location.path === foreign.path ? kind : null,
      );
      const simulated = simulate({
        build: countingJob(new CollectSink(), job),
        storage: faulty,
        configuration: {
          ...RETAIN,
          'execution.checkpointing.create-subdir': 'false',
          'execution.checkpointing.tolerable-failed-checkpoints': '9',
        },
      });
      await simulated.finish();
      expect(simulated.events.some(({ kind }) => kind === 'checkpoint-failed')).toBe(true);
      expect(await storage.read(foreign)).toEqual(new Uint8Array([1, 2, 3]));
    },
  );
});
