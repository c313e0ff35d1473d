import { describe, expect, it } from 'vitest';
import { child, parent, parseLocation } from '../../src/model/location.js';
import type { SnapshotList } from '../../src/model/snapshot-list.js';
import { delegatingReader } from '../../src/storage/delegating.js';
import { faultyStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { ManualClock } from '../../src/support/clock.js';
import { UsageError } from '../../src/support/errors.js';
import { inspectSnapshot } from '../../src/usecases/inspect-snapshot.js';
import { listSnapshots } from '../../src/usecases/list-snapshots.js';
import { text } from '../contract/storage-contract.js';
import { file, incremental, inline, metadataBytes, relative } from '../survey/documents.js';

const JOB_A = '0a6d8e2b0094db680d9a9874fabf74e8';
const JOB_B = 'ede4b2068cace5718671f0567ca6ee5f';
const root = parseLocation('memory://m/flink', '/');
const uri = (path: string) => `memory://m/flink/${path}`;

async function store(files: Readonly<Record<string, Uint8Array | string>>) {
  const clock = new ManualClock(Date.parse('2026-03-01T12:00:00.123Z'));
  const storage = new MemoryStorage({ clock });
  for (const [path, content] of Object.entries(files)) {
    const location = child(root, path);
    await storage.makeDirectory(parent(location));
    await storage.put(location, typeof content === 'string' ? text(content) : content);
    clock.advance(1000);
  }
  return storage;
}

function list(storage: StorageReader, path = ''): Promise<SnapshotList> {
  return listSnapshots([child(root, path)], { openReader: async () => storage, rewrites: [] });
}

async function listOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  path = '',
): Promise<SnapshotList> {
  return list(await store(files), path);
}

describe('the list of snapshots', () => {
  it('stands in order of job, then id as a number, then path; those without a job come last', async () => {
    const any = metadataBytes({});
    const { snapshots } = await listOf({
      'savepoint-0a6d8e-bbbbbbbbbbbb/_metadata': metadataBytes({ checkpointId: 4n, savepoint: true }),
      'savepoint-0a6d8e-aaaaaaaaaaaa/_metadata': metadataBytes({ checkpointId: 4n, savepoint: true }),
      [`${JOB_B}/chk-1/_metadata`]: any,
      [`${JOB_A}/chk-10/_metadata`]: metadataBytes({ checkpointId: 10n }),
      [`${JOB_A}/chk-9/f`]: 'incomplete',
      'broken/_metadata': 'garbage',
    });
    expect(snapshots.map(({ path }) => path.slice(uri('').length))).toEqual([
      `${JOB_A}/chk-9`,
      `${JOB_A}/chk-10`,
      `${JOB_B}/chk-1`,
      'savepoint-0a6d8e-aaaaaaaaaaaa',
      'savepoint-0a6d8e-bbbbbbbbbbbb',
      'broken',
    ]);
    expect(snapshots.map(({ job }) => job)).toEqual([JOB_A, JOB_A, JOB_B, null, null, null]);
    expect(snapshots.map(({ jobPrefix }) => jobPrefix)).toEqual([null, null, null, '0a6d8e', '0a6d8e', null]);
  });

  it('has a row for what cannot be read, with the reason', async () => {
    const { snapshots, problems } = await listOf({ [`${JOB_A}/chk-3/_metadata`]: 'garbage' });
    expect(snapshots).toMatchObject([
      {
        path: uri(`${JOB_A}/chk-3`),
        job: JOB_A,
        id: 3n,
        kind: 'checkpoint',
        condition: 'unreadable',
        time: '2026-03-01T12:00:00.123Z',
        metadataBytes: 7,
        fullBytes: null,
        addedBytes: null,
        files: null,
        missing: null,
        restorable: false,
        error: { code: 'format' },
      },
    ]);
    expect(problems).toEqual([]);
  });

  it('names the metadata file itself where it is called otherwise', async () => {
    const { snapshots } = await listOf(
      { 'old/savepoint-file': metadataBytes({ savepoint: true }) },
      'old/savepoint-file',
    );
    expect(snapshots).toMatchObject([
      { path: uri('old/savepoint-file'), kind: 'savepoint', condition: 'complete' },
    ]);
  });

  it('is not sure of a snapshot some of whose files could not be looked up, and says why', async () => {
    const streams = [file('gs://bucket/f', 1), file(uri('elsewhere/f'), 1)];
    const storage = faultyStorage(
      await store({ 'elsewhere/f': 'x', [`${JOB_A}/chk-1/_metadata`]: metadataBytes({ streams }) }),
      ({ operation, location }) => (operation === 'stat' && location.path.endsWith('/f') ? 'denied' : null),
    );
    const { snapshots, problems } = await list(storage, JOB_A);
    expect(snapshots).toMatchObject([
      { condition: 'complete', restorable: false, files: 1, missing: 0, wrongSize: 0, unverified: 2 },
    ]);
    expect(problems).toMatchObject([{ code: 'references-not-verified', where: uri(`${JOB_A}/chk-1`) }]);
    expect(problems[0]!.message).toContain('gs://bucket/f');
  });

  it('says that a copy of a tree needs the files of the place that it was copied from', async () => {
    const streams = [file(uri(`old/${JOB_A}/shared/f`), 1)];
    const metadata = metadataBytes({ streams });
    const storage = await store({
      [`old/${JOB_A}/shared/f`]: 'x',
      [`old/${JOB_A}/chk-1/_metadata`]: metadata,
      [`copy/${JOB_A}/chk-1/_metadata`]: metadata,
      [`copy/${JOB_A}/chk-2/_metadata`]: metadataBytes({ checkpointId: 2n }),
    });
    const { snapshots, problems } = await list(storage, 'copy');
    expect(snapshots).toMatchObject([{ restorable: true }, { restorable: true }]);
    expect(problems).toMatchObject([{ code: 'files-outside', where: uri(`old/${JOB_A}/shared`) }]);
    expect(problems[0]!.message).toContain(`1 snapshot restores only with files outside`);
    for (const inside of ['old', `old/${JOB_A}`, `old/${JOB_A}/chk-1`, ''])
      expect((await list(storage, inside)).problems).toEqual([]);
  });

  it('calls a snapshot broken where a file has another size', async () => {
    const streams = [relative('f', 5), relative('g', 5)];
    const { snapshots } = await listOf({
      [`${JOB_A}/chk-1/f`]: 'abcde',
      [`${JOB_A}/chk-1/g`]: 'abcd',
      [`${JOB_A}/chk-1/_metadata`]: metadataBytes({ streams }),
    });
    expect(snapshots).toMatchObject([{ condition: 'broken', restorable: false, missing: 0, wrongSize: 1 }]);
  });

  it('tells what a checkpoint added by its files, where its format does not record it', async () => {
    const shared = ['a', 'b', 'c'].map((name) => file(uri(`${JOB_A}/shared/${name}`), 100));
    const bytes = 'x'.repeat(100);
    const { snapshots } = await listOf({
      [`${JOB_A}/shared/a`]: bytes,
      [`${JOB_A}/shared/b`]: bytes,
      [`${JOB_A}/shared/c`]: bytes,
      [`${JOB_A}/chk-1/_metadata`]: metadataBytes({ keyed: [incremental(shared.slice(0, 2), -1n)] }),
      [`${JOB_A}/chk-2/_metadata`]: metadataBytes({
        checkpointId: 2n,
        keyed: [incremental(shared.slice(1), -1n)],
      }),
      [`${JOB_A}/chk-3/_metadata`]: metadataBytes({
        checkpointId: 3n,
        keyed: [incremental(shared.slice(1), 7n)],
      }),
    });
    const inlineBytes = 6n;
    expect(
      snapshots.map(({ fullBytes, addedBytes, predecessor }) => [fullBytes, addedBytes, predecessor]),
    ).toEqual([
      [206n, 206n, null],
      [206n, 100n + inlineBytes, 1n],
      [206n, 7n, 2n],
    ]);
  });
});

describe('inspecting', () => {
  const inspect = async (files: Readonly<Record<string, Uint8Array | string>>, path = '') => {
    const storage = await store(files);
    return inspectSnapshot(child(root, path), { openReader: async () => storage, rewrites: [] });
  };

  it('takes the highest id of a job, and of several jobs the one written last', async () => {
    const files = {
      [`${JOB_A}/chk-10/_metadata`]: metadataBytes({ checkpointId: 10n }),
      [`${JOB_A}/chk-9/_metadata`]: metadataBytes({ checkpointId: 9n }),
      [`${JOB_B}/chk-2/_metadata`]: metadataBytes({ checkpointId: 2n }),
    };
    expect((await inspect(files, JOB_A)).report).toMatchObject({ checkpointId: 10n, takenFor: 'job' });
    expect((await inspect(files)).report).toMatchObject({ checkpointId: 2n, takenFor: 'checkpoint-root' });
  });

  it('looks at the snapshot that was named, not at one that lies in it', async () => {
    const files = {
      'outer/_metadata': metadataBytes({ checkpointId: 1n, savepoint: true }),
      'outer/inner/_metadata': metadataBytes({ checkpointId: 2n, savepoint: true }),
    };
    expect((await inspect(files, 'outer')).report).toMatchObject({ checkpointId: 1n, takenFor: 'snapshot' });
    const damaged = { ...files, 'outer/_metadata': 'garbage' };
    await expect(inspect(damaged, 'outer')).rejects.toMatchObject({ code: 'format' });
  });

  it('passes over what is unreadable or incomplete while there is another', async () => {
    const files = {
      [`${JOB_A}/chk-1/_metadata`]: metadataBytes({ streams: [inline('n', 'abc')] }),
      [`${JOB_A}/chk-2/_metadata`]: 'garbage',
      [`${JOB_A}/chk-3/f`]: 'incomplete',
    };
    const { report, document } = await inspect(files, JOB_A);
    expect(report).toMatchObject({ checkpointId: 1n, fullBytes: 3n, inlineBytes: 3n, fileCount: 0 });
    expect((await document()).operators).toHaveLength(1);
  });

  it('has no time where the store tells one that no calendar has', async () => {
    const storage = await store({ [`${JOB_A}/chk-1/_metadata`]: metadataBytes({}) });
    const late: StorageReader = {
      ...delegatingReader(storage),
      list: async function* (at) {
        for await (const { entries, problems } of storage.list(at))
          yield { entries: entries.map((entry) => ({ ...entry, modifiedMs: 9e15 })), problems };
      },
    };
    const { snapshots } = await list(late);
    expect(snapshots).toEqual([expect.objectContaining({ time: null, condition: 'complete' })]);
    const { report } = await inspectSnapshot(root, { openReader: async () => late });
    expect(report.time).toBeNull();
  });

  it('fails with the reason where the only `_metadata` is damaged, and where there is none', async () => {
    await expect(inspect({ 'chk-1/_metadata': 'garbage' }, 'chk-1')).rejects.toMatchObject({
      code: 'format',
    });
    await expect(inspect({ 'chk-1/f': 'x' }, 'chk-1')).rejects.toThrow(/holds no _metadata/);
    await expect(inspect({ 'some/f': 'x' })).rejects.toThrow(/there is no snapshot at/);
    await expect(inspect({ 'some/f': 'x' })).rejects.toThrow(UsageError);
    await expect(inspect({ 'some/f': 'x' }, 'nowhere')).rejects.toMatchObject({ code: 'storage-not-found' });
  });
});
