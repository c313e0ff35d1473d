// What a run does when something stands in its way: locks, refusals of the store, changed evidence, Ctrl-C.
import { describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../src/cleanup/lock.js';
import { child, parseLocation } from '../../src/model/location.js';
import { faultyStorage, type StorageCall } from '../../src/storage/intercepted.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { ManualClock } from '../../src/support/clock.js';
import { CkptError, RefusalError, type StorageErrorKind } from '../../src/support/errors.js';
import { seededRandom } from '../../src/support/random.js';
import {
  apply,
  contentOf,
  filesIn,
  inJob,
  makeWorld,
  pathOf,
  put,
  putMetadata,
  ROOT,
  restorable,
  uuid,
} from '../crash/world.js';

const LOCK = child(ROOT, '.ckpt-lock');

async function codeOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'done',
    (thrown: unknown) => {
      if (thrown instanceof CkptError) return thrown.code;
      throw thrown;
    },
  );
}

function failing(
  inner: StorageRemover,
  fails: (call: StorageCall) => boolean,
  kind: StorageErrorKind = 'denied',
) {
  return faultyStorage(inner, (call) => (fails(call) ? kind : null));
}

async function putLock(storage: StorageRemover, runId: string, expiresMs: number): Promise<void> {
  const at = new Date(expiresMs).toISOString();
  const lock = { runId, token: 'theirs', host: 'there', processId: 2, heartbeatAt: at, expiresAt: at };
  await storage.put(LOCK, Buffer.from(JSON.stringify(lock)));
}

const alive = { host: 'here', processId: 1, random: seededRandom(2), hasEnded: () => false };

describe('a run', () => {
  it('does not begin while another holds the lock, however old that is', async () => {
    const world = await makeWorld();
    await putLock(world.storage, 'another', 0);
    const before = await filesIn(world.storage);
    expect(await codeOf(apply(world, world.storage, 'remove'))).toBe('locked');
    expect(await filesIn(world.storage)).toEqual(before);
    expect(JSON.parse(Buffer.from(await world.storage.read(LOCK)).toString()).token).toBe('theirs');
  });

  it('takes up its own lock only when that has expired, or its process is known to have ended', async () => {
    const world = await makeWorld();
    const runId = `20260131T000000Z-${world.plan.planId.slice(0, 8)}`;
    await putLock(world.storage, runId, world.clock.now() + LEASE_MS);
    expect(await codeOf(apply(world, world.storage, 'remove', { owner: alive }))).toBe('locked');
    world.clock.advance(LEASE_MS + 1);
    expect(await codeOf(apply(world, world.storage, 'remove', { owner: alive }))).toBe('done');
  });

  it('stops as soon as its lock is lost, and leaves that of the other', async () => {
    const world = await makeWorld();
    let batches = 0;
    const run = apply(world, world.storage, 'remove', {
      onBatch: () => {
        if (++batches === 1) void putLock(world.storage, 'another', world.clock.now() + LEASE_MS);
      },
    });
    expect(await codeOf(run)).toBe('lock-lost');
    expect(batches).toBe(1);
    expect(await filesIn(world.storage)).toContain(pathOf(1, 1));
    expect(JSON.parse(Buffer.from(await world.storage.read(LOCK)).toString()).token).toBe('theirs');
  });

  it('changes nothing where the journal cannot be written', async () => {
    const world = await makeWorld();
    const before = await filesIn(world.storage);
    const full = failing(
      world.storage,
      ({ operation, location }) => operation.startsWith('put') && location.path.includes('.ckpt-journal'),
      'no-space',
    );
    expect(await codeOf(apply(world, full, 'remove'))).toBe('storage-no-space');
    expect(await filesIn(world.storage)).toEqual(before);
    const journals = child(ROOT, '../elsewhere');
    await world.storage.makeDirectory(journals);
    expect(await codeOf(apply(world, full, 'remove', { journals }))).toBe('done');
  });

  it('keeps all files of a snapshot whose _metadata would not go, and finishes later', async () => {
    const world = await makeWorld();
    const stubborn = failing(
      world.storage,
      ({ operation, location }) => operation === 'remove' && location.path.endsWith('chk-1/_metadata'),
    );
    const { outcome } = await apply(world, stubborn, 'remove');
    const kept = [inJob('chk-1/_metadata'), pathOf(1, 1), pathOf(1, 2), pathOf(0, 100), pathOf(0, 101)];
    expect(outcome.failed.map(({ path }) => path).sort()).toEqual(
      kept.map((path) => `memory:///flink/${path}`).sort(),
    );
    expect(await restorable(world.storage)).toEqual([1, 3]);
    const again = await apply(world, world.storage, 'remove');
    expect(again.outcome).toMatchObject({ deleted: 10, failed: [], verified: 1 });
  });

  it('keeps the files that a snapshot needs which came after the plan', async () => {
    const world = await makeWorld();
    await putMetadata(world.storage, 9, [101, 150], 'f'.repeat(32));
    const { outcome } = await apply(world, world.storage, 'remove');
    expect(outcome.skipped).toEqual([
      { path: `memory:///flink/${pathOf(0, 101)}`, reason: 'needed' },
      { path: `memory:///flink/${pathOf(0, 150)}`, reason: 'referenced' },
    ]);
    expect(await restorable(world.storage)).toEqual([3, 9]);
  });

  it('touches nothing of a job that is said to have ended and writes again', async () => {
    const world = await makeWorld();
    await put(world.storage, inJob(`chk-4/${uuid(60)}`), 'new');
    const before = await filesIn(world.storage);
    await expect(apply(world, world.storage, 'remove')).rejects.toMatchObject({
      rule: 'plan-stale',
      message: expect.stringContaining('(job-may-run)'),
    });
    expect(await filesIn(world.storage)).toEqual(before);
  });

  it('cleans a full store: its journal and its lock lie elsewhere, and the lock moves when there is room', async () => {
    const world = await makeWorld();
    const journals = parseLocation('memory:///elsewhere', '/');
    const writes = ['put', 'putIfAbsent', 'makeDirectory'];
    let room = 0;
    const locks: string[] = [];
    const full = faultyStorage(world.storage, ({ operation, location }) => {
      if (operation === 'putIfAbsent') locks.push(location.path);
      if (operation === 'remove') room++;
      return room < 3 && writes.includes(operation) && location.path.startsWith('/flink') ? 'no-space' : null;
    });
    const failed = apply(world, full, 'remove');
    await expect(failed).rejects.toMatchObject({
      kind: 'no-space',
      message: expect.stringContaining('nothing was changed'),
      next: expect.stringContaining('--journal DIR'),
    });
    locks.length = 0;
    const { outcome } = await apply(world, full, 'remove', { journals });
    expect(outcome).toMatchObject({ deleted: 10, failed: [] });
    expect(locks[0]).toBe('/flink/.ckpt-lock');
    expect(locks[1]).toMatch(/^\/elsewhere\/lock-/);
    expect(locks.at(-1)).toBe('/flink/.ckpt-lock');
    const left = (await contentOf(world.storage)).filter((line) => /ckpt-|lock/.test(line));
    expect(left).toEqual([]);
  });

  it('leaves a full store alone while another run holds the lock there', async () => {
    const world = await makeWorld();
    await putLock(world.storage, 'another', 0);
    const full = failing(world.storage, ({ operation }) => operation === 'putIfAbsent', 'no-space');
    const journals = parseLocation('memory:///elsewhere', '/');
    expect(await codeOf(apply(world, full, 'remove', { journals }))).toBe('locked');
  });

  it('keeps its lock alive while it looks', async () => {
    const world = await makeWorld();
    const clock = new ManualClock();
    const beats: number[] = [];
    const counted = failing(world.storage, ({ operation, location }) => {
      if (operation === 'read' && location.path === LOCK.path) beats.push(clock.now());
      return false;
    });
    const look = async () => {
      clock.advance(LEASE_MS / 2);
      await new Promise((resolve) => setImmediate(resolve));
      throw new RefusalError('test', 'enough');
    };
    expect(await codeOf(apply(world, counted, 'remove', { clock, look }))).toBe('refused');
    expect(beats).toEqual([LEASE_MS / 4, LEASE_MS / 2]); // one beat, and the release
  });

  it.each([
    ['files', { maxDelete: 9 }, { maxDelete: 10 }],
    ['bytes', { maxBytesDeleted: 1000 }, { maxBytesDeleted: 10_000 }],
    ['of the files of one job', { maxPercent: 71 }, { maxPercent: 72 }],
  ])('does not begin where too many %s would go', async (_, tooFew, enough) => {
    const world = await makeWorld();
    const before = await filesIn(world.storage);
    const none = { maxDelete: null, maxBytesDeleted: null, maxPercent: 100 };
    const run = (limits: object) => apply(world, world.storage, 'remove', { limits: { ...none, ...limits } });
    expect(await codeOf(run(tooFew))).toBe('refused');
    expect(await filesIn(world.storage)).toEqual(before);
    expect(await codeOf(run(enough))).toBe('done');
  });

  it('lets nothing go where one _metadata cannot be read', async () => {
    const world = await makeWorld();
    await put(world.storage, inJob('chk-4/_metadata'), 'not metadata');
    const before = await filesIn(world.storage);
    expect(await codeOf(apply(world, world.storage, 'remove'))).toBe('refused');
    expect(await filesIn(world.storage)).toEqual(before);
  });

  it('stops between two batches when the evidence changes, and goes on when it holds again', async () => {
    const world = await makeWorld();
    let asked = 0;
    const objections = async () => (++asked > 2 ? ['job runs again'] : []);
    expect(await codeOf(apply(world, world.storage, 'remove', { objections }))).toBe('stopped');
    expect(await restorable(world.storage)).toEqual([3]);
    expect(await codeOf(apply(world, world.storage, 'remove'))).toBe('done');
  });

  it('stops at Ctrl-C, gives its lock back and is finished past the expiry of its plan', async () => {
    const world = await makeWorld();
    const controller = new AbortController();
    const run = apply(world, world.storage, 'remove', {
      signal: controller.signal,
      onBatch: () => controller.abort(new Error('interrupted')),
    });
    await expect(run).rejects.toThrow('interrupted');
    await expect(world.storage.stat(LOCK)).rejects.toThrow();
    world.clock.advance(90 * 86_400_000);
    expect((await apply(world, world.storage, 'remove')).outcome).toMatchObject({ deleted: 10, failed: [] });
  });

  it('does not begin a plan that has expired', async () => {
    const world = await makeWorld();
    world.clock.advance(90 * 86_400_000);
    const before = await filesIn(world.storage);
    expect(await codeOf(apply(world, world.storage, 'remove'))).toBe('refused');
    expect(await filesIn(world.storage)).toEqual(before);
  });
});
