// What a plan holds, and what becomes of it when the world moves before it is carried out.
import { describe, expect, it } from 'vitest';
import { child, type Location } from '../../src/model/location.js';
import { countingStorage, type StorageOperation } from '../../src/storage/intercepted.js';
import type { OpenUpload } from '../../src/storage/storage.js';
import { StorageError } from '../../src/support/errors.js';
import { file } from '../survey/documents.js';
import { DAY_MS, JOB_A, JOB_B, NOW_MS, ROOT, Tree, uri, uuid } from './audit-tree.js';
import { apply, checkpoint, goingOf, plan, shared, twoJobs } from './cleanup-tree.js';

const READING: readonly StorageOperation[] = [
  'list',
  'list-batch',
  'listDirectory',
  'stat',
  'read',
  'readRange',
  'nowMs',
];

const own = (job: string, id: number) => `${job}/chk-${id}/${uuid(id)}`;
const metadata = (job: string, id: number) => `${job}/chk-${id}/_metadata`;

describe('a plan', () => {
  it('sends no request that changes anything', async () => {
    const tree = await twoJobs();
    const seen = new Set<StorageOperation>();
    const { plan: made } = await plan(tree, {
      flags: { 'keep-last': 1 },
      before: ({ operation }) => void seen.add(operation),
    });
    expect(made.noop).toBe(false);
    expect([...seen].filter((operation) => !READING.includes(operation))).toEqual([]);
    expect(seen.size).toBeGreaterThan(2);
    expect(countingStorage(tree.storage).counts.size).toBe(0);
  });

  it('takes what only expired snapshots need, what nobody needs, and what is left empty', async () => {
    const { plan: made } = await plan(await twoJobs(), { flags: { 'keep-last': 1 } });
    expect(goingOf(made)).toEqual({
      metadata: [metadata(JOB_A, 1), metadata(JOB_A, 2)],
      exclusive: [own(JOB_A, 1), own(JOB_A, 2)],
      shared: [shared(JOB_A, 100), shared(JOB_A, 101)],
      orphan: [shared(JOB_A, 190)],
      'empty-directory': [`${JOB_A}/chk-1`, `${JOB_A}/chk-2`],
    });
    expect(made.totals).toMatchObject({
      files: 7,
      bytesFreedNow: 0,
      bytesFreedAfterTrash: made.totals.bytes,
    });
  });

  it('has no directories on an object store, and frees at once what is not put aside', async () => {
    const { plan: made } = await plan(await twoJobs(false), { flags: { 'keep-last': 1, quarantine: false } });
    expect(goingOf(made)['empty-directory']).toBeUndefined();
    expect(made.totals.bytesFreedNow).toBe(made.totals.bytes);
  });

  it('keeps every complete snapshot where no rule is given', async () => {
    const { plan: made } = await plan(await twoJobs());
    expect(goingOf(made)).toEqual({ orphan: [shared(JOB_A, 190)] });
    expect(made.snapshots.every(({ action }) => action === 'keep')).toBe(true);
  });

  it('sees what jobs beside the given one need', async () => {
    const { plan: made } = await plan(await twoJobs(), { locations: [JOB_A], flags: { 'keep-last': 1 } });
    expect(made.roots).toEqual([`memory://m/flink/${JOB_A}`]);
    expect(made.deletions.some(({ path }) => path.endsWith(uuid(104)))).toBe(false);
    expect(made.deletions.some(({ path }) => path.endsWith(uuid(190)))).toBe(true);
  });

  it('judges a snapshot within its whole job, and takes nothing outside of what was given', async () => {
    const { plan: made } = await plan(await twoJobs(), {
      locations: [`${JOB_A}/chk-1`],
      flags: { 'keep-last': 1 },
    });
    expect(made.roots).toEqual([`memory://m/flink/${JOB_A}`]);
    expect(goingOf(made)).toEqual({
      metadata: [metadata(JOB_A, 1)],
      exclusive: [own(JOB_A, 1)],
      'empty-directory': [`${JOB_A}/chk-1`],
    });
    const only = await plan(await twoJobs(), { locations: [`${JOB_A}/shared`] });
    expect(goingOf(only.plan)).toEqual({ orphan: [shared(JOB_A, 190)] });
  });

  it('takes nothing where a _metadata beside it cannot be read', async () => {
    const tree = await twoJobs();
    await tree.put(`${JOB_B}/chk-5/_metadata`, 1, new Uint8Array(20));
    const { plan: made } = await plan(tree, { locations: [JOB_A], flags: { 'keep-last': 1 } });
    expect(made.noop).toBe(true);
    expect(new Set(made.heldBack.map(({ reason }) => reason))).toEqual(
      new Set(['blocked-by-unreadable-metadata']),
    );
    expect(made.snapshots.find(({ path }) => path.endsWith('chk-1'))).toMatchObject({
      action: 'keep',
      reasons: [{ rule: 'held-back' }, { rule: 'keep-last' }],
    });
  });

  it('takes no file for an orphan that a snapshot names by a path outside of what was listed', async () => {
    const tree = new Tree();
    const name = `${JOB_A}/shared/${uuid(100)}`;
    for (const place of ['disk', 'link']) await tree.file(`${place}/${name}`, 40);
    await tree.snapshot(`disk/${JOB_A}/chk-1`, 40, { streams: [file(uri(`link/${name}`), 10)] });
    const { plan: made } = await plan(tree, { locations: ['disk'] });
    expect(made.heldBack).toEqual([{ path: uri(`disk/${name}`), reason: 'name-of-an-unresolved-reference' }]);
    expect(made.noop).toBe(true);
  });

  it('takes no file for an orphan that goes by another path which was listed too', async () => {
    const tree = new Tree();
    const name = `${JOB_A}/shared/${uuid(100)}`;
    for (const place of ['disk', 'mount']) {
      await tree.file(`${place}/${name}`, 40);
      await tree.snapshot(`${place}/${JOB_A}/chk-1`, 40, { streams: [file(uri(`mount/${name}`), 10)] });
    }
    const { plan: made, problems } = await plan(tree);
    expect(made.heldBack).toEqual([{ path: uri(`disk/${name}`), reason: 'name-referenced-elsewhere' }]);
    expect(made.noop).toBe(true);
    expect(problems.map(({ code, where }) => [code, where])).toEqual([
      ['names-met-twice', uri(`disk/${name}`)],
    ]);
  });

  it('gives up uploads that were never completed, by the rules of the files they would become', async () => {
    const tree = await twoJobs(false);
    const [old, young, foreign] = [`${JOB_A}/shared/${uuid(200)}`, `${JOB_A}/chk-9/_metadata`, 'other'];
    const open = [
      { path: `${ROOT.path}/${old}`, uploadId: 'first', initiatedMs: NOW_MS - 9 * DAY_MS },
      { path: `${ROOT.path}/${old}`, uploadId: 'second', initiatedMs: NOW_MS - 9 * DAY_MS },
      { path: `${ROOT.path}/${young}`, uploadId: 'third', initiatedMs: NOW_MS - 60_000 },
      { path: `${ROOT.path}/${foreign}`, uploadId: 'fourth', initiatedMs: 0 },
    ];
    const given: string[] = [];
    Object.assign(tree.storage, {
      listUploads: async () => ({
        uploads: open.filter(({ uploadId }) => !given.includes(uploadId)),
        complete: true,
      }),
      abortUpload: async (_: Location, { uploadId }: OpenUpload) => void given.push(uploadId),
    });
    const { plan: made } = await plan(tree, { flags: { quarantine: false } });
    expect(goingOf(made)['open-upload']).toEqual([old, old]);
    expect(made.totals.uploads).toBe(2);
    expect(made.heldBack).toEqual([{ path: uri(young), reason: 'young' }]);
    open[1] = { ...open[1]!, initiatedMs: NOW_MS - 8 * DAY_MS };
    const { outcome } = await apply(tree, made);
    expect(outcome).toMatchObject({ uploads: 1, skipped: [{ reason: 'changed' }], failed: [] });
    expect(given).toEqual(['first']);
  });

  it('makes a plan where the store does not tell of uploads, and says so', async () => {
    const tree = await twoJobs(false);
    Object.assign(tree.storage, {
      listUploads: async () => {
        throw new StorageError('denied', 'no right to list uploads', { where: uri('.') });
      },
    });
    const { plan: made, problems } = await plan(tree);
    expect(made.noop).toBe(false);
    expect(problems.map(({ code }) => code)).toEqual(['uploads-not-listed']);
  });

  it('says what to rewrite where files that are held back may be those that are missing', async () => {
    const tree = new Tree();
    const name = `${JOB_A}/shared/${uuid(100)}`;
    await tree.file(`moved/${name}`, 40);
    await tree.snapshot(`moved/${JOB_A}/chk-1`, 40, { streams: [file(uri(`before/${name}`), 10)] });
    const { problems } = await plan(tree, { locations: ['moved'] });
    const hint = problems.find(({ code }) => code === 'files-lie-elsewhere');
    expect(hint?.next).toContain(`--rewrite ${uri('before')}=${uri('moved')}`);
  });

  it('takes a savepoint only by its own path, and only where a rule lets it go', async () => {
    const tree = await twoJobs();
    const savepoints = ['savepoint-aaaaaa-000000000001', 'savepoint-aaaaaa-000000000002'];
    for (const [index, name] of savepoints.entries())
      await tree.snapshot(`sp/${name}`, 40 - index, { checkpointId: BigInt(index), savepoint: true });
    const going = async (locations: readonly string[], flags = {}) =>
      goingOf((await plan(tree, { locations, flags: { orphans: false, ...flags } })).plan).metadata;
    expect(await going(['sp'], { 'keep-last': 1 })).toBeUndefined();
    expect(await going([`sp/${savepoints[0]}`])).toBeUndefined();
    expect(await going([`sp/${savepoints[0]}`], { 'keep-last': 1 })).toEqual([
      `sp/${savepoints[0]}/_metadata`,
    ]);
    expect(await going([`sp/${savepoints[1]}`], { 'keep-last': 1 })).toBeUndefined();
    expect(await going(['sp'], { 'keep-last': 1, savepoints: true })).toEqual([
      `sp/${savepoints[0]}/_metadata`,
    ]);
  });

  it('tells that it takes more than is allowed at once', async () => {
    const tree = await twoJobs();
    const excess = async (flags: object) =>
      (await plan(tree, { flags: { 'keep-last': 1, ...flags } })).excess?.rule;
    expect(await excess({ 'max-delete': 6 })).toBe('max-delete');
    expect(await excess({ 'max-percent': 50 })).toBe('max-percent');
    expect(await excess({ 'max-bytes-deleted': '10B' })).toBe('max-bytes-deleted');
    expect(await excess({ 'max-delete': 7 })).toBeUndefined();
  });
});

describe('a plan that is carried out', () => {
  it('takes away what it named, and is left alone the second time', async () => {
    const tree = await twoJobs();
    const { plan: made } = await plan(tree, { flags: { 'keep-last': 1 } });
    const { outcome } = await apply(tree, made);
    expect(outcome).toMatchObject({ quarantined: 7, skipped: [], failed: [], verified: 2 });
    expect(await apply(tree, made)).toEqual({ outcome, wasDone: true });
  });

  it('keeps the newest that restores, where newer ones have gone meanwhile', async () => {
    const tree = await twoJobs();
    const { plan: made } = await plan(tree, { flags: { 'keep-last': 1 } });
    await tree.storage.remove([child(ROOT, metadata(JOB_A, 3))]);
    const { outcome } = await apply(tree, made);
    expect(outcome.skipped).toContainEqual({
      path: `memory://m/flink/${metadata(JOB_A, 2)}`,
      reason: 'newest-restorable',
    });
    expect(outcome.verified).toBe(2);
  });

  it('keeps what a job beside it has come to need', async () => {
    const tree = await twoJobs();
    const { plan: made } = await plan(tree, { locations: [JOB_A], flags: { 'keep-last': 1 } });
    await checkpoint(tree, JOB_B, 5, [shared(JOB_A, 100), shared(JOB_A, 190)]);
    tree.toNow();
    const { outcome } = await apply(tree, made);
    const left = outcome.skipped.map(({ path, reason }) => [path.slice(-3), reason]);
    expect(left).toEqual([
      ['100', 'needed'],
      ['190', 'referenced'],
    ]);
  });

  it('keeps what has come to be needed by another path', async () => {
    const tree = await twoJobs();
    const { plan: made } = await plan(tree, { locations: [JOB_A] });
    expect(goingOf(made)).toEqual({ orphan: [shared(JOB_A, 190)] });
    await tree.file(shared(JOB_B, 190), 50);
    await checkpoint(tree, JOB_B, 5, [shared(JOB_B, 190)]);
    tree.toNow();
    await expect(apply(tree, made)).rejects.toThrow(/1 of its files must stay.*name-referenced-elsewhere/);
  });

  it('stops before the next step where a job that was said to have ended begins a checkpoint', async () => {
    const tree = await twoJobs();
    const { plan: made } = await plan(tree, { flags: { 'keep-last': 1 } });
    let renamed = 0;
    const run = apply(tree, made, ({ operation }) => {
      if (operation !== 'rename') return;
      renamed++;
      void tree.storage.makeDirectory(child(ROOT, `${JOB_A}/chk-9`));
    });
    await expect(run).rejects.toMatchObject({
      code: 'stopped',
      message: expect.stringContaining('chk-9 is new'),
    });
    expect(renamed).toBe(2); // both _metadata: the first batch
    const { outcome } = await apply(tree, made);
    expect(outcome).toMatchObject({ failed: [], verified: 2 });
  });

  it('goes by what is known now, where its word on a job does not hold any more', async () => {
    const tree = await twoJobs();
    const { plan: made } = await plan(tree, { flags: { 'keep-last': 1 } });
    await tree.file(`${JOB_A}/chk-9/${uuid(9)}`, 0);
    const { outcome } = await apply(tree, made);
    const at = (path: string) => `memory://m/flink/${path}`;
    expect(outcome.skipped).toContainEqual({ path: at(metadata(JOB_A, 2)), reason: 'job-unknown' });
    expect(outcome.skipped).toContainEqual({ path: at(shared(JOB_A, 190)), reason: 'job-may-run' });
    expect(outcome).toMatchObject({ failed: [], verified: 3 });
  });
});
