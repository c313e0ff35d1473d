// Files that no retained `_metadata` references and that are needed all the same: for each danger a tree in which a
// cleaner that goes by age and references deletes something needed, and what the audit says instead.
import { describe, expect, it } from 'vitest';
import { child } from '../../src/model/location.js';
import { delegatingReader } from '../../src/storage/delegating.js';
import type { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageReader } from '../../src/storage/storage.js';
import {
  changelogFiles,
  file,
  incremental,
  merged,
  metadataBytes,
  relative,
  segment,
} from '../survey/documents.js';
import {
  type AuditChoices,
  DAY_MS,
  ended,
  JOB_A,
  JOB_B,
  jobs,
  NOW_MS,
  ROOT,
  running,
  Tree,
  uri,
  uuid,
} from './audit-tree.js';

const A = JOB_A;
const B = JOB_B;

/** A job with a complete chk-7, thirty days old, that needs one shared file. */
async function jobWithSnapshot(tree: Tree, job = A): Promise<void> {
  await tree.file(`${job}/shared/${uuid(1)}`, 40);
  await tree.snapshot(`${job}/chk-7`, 30, {
    checkpointId: 7n,
    keyed: [incremental([file(uri(`${job}/shared/${uuid(1)}`), 10)], 10n)],
  });
}

/** Shows that the naive cleaner takes `path`, and what the audit says of it. */
async function verdictOf(tree: Tree, path: string, choices: AuditChoices & { readonly scope?: string } = {}) {
  expect(await tree.naive(choices.scope)).toContain(path);
  const { files } = await tree.audit(choices);
  const { class: found, deletable, reason } = files.get(path)!;
  return [found, deletable, reason];
}

const REST = { latestCompletedId: 7n, latestCompletedTriggerMs: NOW_MS - 30 * DAY_MS };

describe('a job that runs keeps', () => {
  it('D1: files of a checkpoint that takes its time', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    await tree.file(`${A}/chk-8/${uuid(2)}`, 8);
    await tree.file(`${A}/shared/${uuid(3)}`, 8);
    const evidence = running(A, {
      ...REST,
      oldestInProgressId: 8n,
      oldestInProgressTriggerMs: NOW_MS - 8 * DAY_MS,
    });
    expect(await verdictOf(tree, `${A}/chk-8/${uuid(2)}`, { evidence })).toEqual([
      'incomplete',
      false,
      'job-runs',
    ]);
    expect(await verdictOf(tree, `${A}/shared/${uuid(3)}`, { evidence })).toEqual([
      'orphan',
      false,
      'job-runs',
    ]);
  });

  it('D1: files of a checkpoint of a job of which nothing is known', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    await tree.file(`${A}/chk-8/${uuid(2)}`, 8);
    expect(await verdictOf(tree, `${A}/chk-8/${uuid(2)}`)).toEqual(['incomplete', false, 'job-may-run']);
    const policy = { unknownJobs: true };
    expect(await verdictOf(tree, `${A}/chk-8/${uuid(2)}`, { policy })).toEqual([
      'incomplete',
      false,
      'job-may-run',
    ]);
  });

  it('D2: what was uploaded for a checkpoint that others declined, until a newer one is known not to need it', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    await tree.file(`${A}/shared/${uuid(2)}`, 10);
    const path = `${A}/shared/${uuid(2)}`;
    expect(await verdictOf(tree, path, { evidence: running(A, REST) })).toEqual([
      'orphan',
      false,
      'job-runs',
    ]);
    const later = { ...REST, latestCompletedId: 9n, latestCompletedTriggerMs: NOW_MS - DAY_MS };
    expect(await verdictOf(tree, path, { evidence: running(A, later) })).toEqual([
      'orphan',
      false,
      'job-runs',
    ]);
  });

  it.each([
    [
      'D3: changelog segments, uploaded before any checkpoint names them',
      `dstl/${uuid(2)}`,
      'changelog-not-checkpointed',
    ],
    ['D4: a materialization of which no checkpoint tells yet', `taskowned/${uuid(2)}`, null],
    [
      'D5: merged files that further segments are written to',
      `shared/job_${A}_op_${'c'.repeat(32)}_0_2/${uuid(2)}`,
      'merged-file-abandoned',
    ],
    [
      'D7: live files of a ForSt database',
      `shared/op_Keyed_c__1_2__attempt_0/db/${uuid(2)}`,
      'forst-working-file',
    ],
  ])('%s', async (_, name, cause) => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    await tree.file(`${A}/${name}`, 400);
    const path = `${A}/${name}`;
    for (const policy of [{}, { unknownJobs: true, noWriteAheadSinks: true, minAgeMs: 0 }]) {
      expect(await verdictOf(tree, path, { evidence: running(A, REST), policy })).toEqual([
        'orphan',
        false,
        'job-runs',
      ]);
      expect(await verdictOf(tree, path, { policy })).toEqual(['orphan', false, 'job-may-run']);
    }
    expect((await tree.audit()).files.get(path)!.cause).toBe(cause);
  });

  it('D6: what lies in a directory that file merging keeps as a whole', async () => {
    const tree = new Tree();
    const [own, shared] = [`${A}/taskowned/job_${A}_tm_x`, `${A}/shared/job_${A}_op_${'c'.repeat(32)}_0_1`];
    await tree.file(`${own}/${uuid(1)}`, 40, 30);
    await tree.snapshot(`${A}/chk-7`, 30, {
      operator: [merged(segment(uri(`${own}/${uuid(1)}`), 0, 10), uri(own), uri(shared))],
    });
    await tree.file(`${shared}/${uuid(2)}`, 40);
    await tree.file(`${A}/shared/${uuid(3)}`, 40);
    const evidence = running(A, REST);
    expect(await verdictOf(tree, `${shared}/${uuid(2)}`, { evidence })).toEqual([
      'orphan',
      false,
      'job-runs',
    ]);
    // A job that merges files says nothing of its other shared files either.
    expect(await verdictOf(tree, `${A}/shared/${uuid(3)}`, { evidence })).toEqual([
      'orphan',
      false,
      'job-runs',
    ]);
  });

  it('D8: ForSt files of an ended job that another job may have linked', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree, A);
    await jobWithSnapshot(tree, B);
    const path = `${A}/shared/op_Keyed_c__1_2__attempt_0/db/${uuid(2)}`;
    await tree.file(path, 40);
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual([
      'orphan',
      false,
      'another-job-may-run',
    ]);
    expect(await verdictOf(tree, path, { evidence: ended(A, B) })).toEqual(['orphan', true, null]);
  });

  it('D16: a savepoint that is being written', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `savepoint-${A.slice(0, 6)}-0123456789ab/${uuid(2)}`;
    await tree.file(path, 9);
    expect(await verdictOf(tree, path, { evidence: running(A, REST) })).toEqual([
      'incomplete',
      false,
      'job-runs',
    ]);
    expect(await verdictOf(tree, path)).toEqual(['incomplete', false, 'job-may-run']);
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual(['incomplete', true, null]);
  });

  it('D18: a file that looks old because our clock is ahead', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/shared/${uuid(2)}`;
    await tree.file(path, 8);
    const evidence = running(A, { ...REST, latestCompletedTriggerMs: NOW_MS - 9 * DAY_MS });
    expect(await verdictOf(tree, path, { evidence, nowMs: NOW_MS + 100 * DAY_MS })).toEqual([
      'orphan',
      false,
      'job-runs',
    ]);
  });

  it('D19: metadata under way', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/chk-8/._metadata.inprogress.${uuid(9)}`;
    await tree.file(path, 8);
    const evidence = running(A, { ...REST, oldestInProgressId: 8n });
    expect(await verdictOf(tree, path, { evidence })).toEqual(['incomplete', false, 'job-runs']);
  });

  it('and lets a checkpoint go that it has passed over, and an upload that nobody took over', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    await tree.file(`${A}/chk-5/${uuid(2)}`, 35);
    await tree.file(`${A}/shared/${uuid(3)}`, 35);
    const { files } = await tree.audit({ evidence: running(A, REST) });
    expect(files.get(`${A}/chk-5/${uuid(2)}`)).toMatchObject({ class: 'incomplete', deletable: true });
    expect(files.get(`${A}/shared/${uuid(3)}`)).toMatchObject({ class: 'orphan', deletable: true });
    const restored = await tree.audit({
      evidence: running(A, { ...REST, restoredId: 5n, hasCompletedOwn: false }),
    });
    expect(restored.report.deletable.files).toBe(0);
  });
});

describe('other snapshots keep', () => {
  it('D9, D10: what a job was restored from, before it has a checkpoint of its own', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree, A);
    await tree.file(`${B}/chk-8/${uuid(2)}`, 1);
    await tree.file(`${A}/chk-6/${uuid(3)}`, 40);
    // A cleaner of B's eyes alone sees no use for anything of A, nor of an unfinished directory that B holds on to.
    expect(await tree.naive(`${A}/shared`)).toEqual([`${A}/shared/${uuid(1)}`]);
    const pins = [{ path: uri(`${A}/chk-6`), source: 'http://cluster', reason: 'restored from it' }];
    const { files } = await tree.audit({ evidence: { ...ended(A), pins } });
    expect(files.get(`${A}/shared/${uuid(1)}`)!.class).toBe('referenced');
    expect(files.get(`${A}/chk-6/${uuid(3)}`)).toMatchObject({ deletable: false, reason: 'pinned' });
  });

  it('D11: files in the directory of a job that others descend from, over three jobs', async () => {
    const tree = new Tree();
    const c = 'c'.repeat(32);
    await tree.file(`${A}/shared/${uuid(1)}`, 90);
    await tree.file(`${B}/shared/${uuid(2)}`, 60);
    await tree.snapshot(`${c}/chk-30`, 20, {
      checkpointId: 30n,
      streams: [file(uri(`${A}/shared/${uuid(1)}`), 10), file(uri(`${B}/shared/${uuid(2)}`), 10)],
    });
    const evidence = ended(A, B, c);
    expect(await verdictOf(tree, `${A}/shared/${uuid(1)}`, { scope: A, evidence })).toEqual([
      'referenced',
      false,
      null,
    ]);
    expect(await verdictOf(tree, `${B}/shared/${uuid(2)}`, { scope: B, evidence })).toEqual([
      'referenced',
      false,
      null,
    ]);
    // Without the directory of the third job nothing is known, and nothing may go.
    const alone = await tree.audit({ evidence, locations: [A] });
    expect(alone.files.get(`${A}/shared/${uuid(1)}`)).toMatchObject({
      deletable: false,
      reason: 'no-snapshot-read',
    });
  });

  it('D12: files of a native savepoint that was claimed, its metadata gone', async () => {
    const tree = new Tree();
    const savepoint = `savepoint-${A.slice(0, 6)}-0123456789ab`;
    await tree.file(`${savepoint}/${uuid(1)}`, 90);
    await tree.file(`${savepoint}/${uuid(2)}`, 90);
    await tree.snapshot(`${B}/chk-9`, 20, { streams: [file(uri(`${savepoint}/${uuid(1)}`), 10)] });
    const evidence = ended(A, B);
    const path = `${savepoint}/${uuid(1)}`;
    expect(await verdictOf(tree, path, { scope: savepoint, evidence })).toEqual(['referenced', false, null]);
    expect(await verdictOf(tree, `${savepoint}/${uuid(2)}`, { evidence })).toEqual([
      'incomplete',
      false,
      'directory-in-use',
    ]);
  });

  it('D13: exclusive files of an older checkpoint that changelog took over', async () => {
    const tree = new Tree();
    await tree.file(`${A}/chk-4/${uuid(1)}`, 90);
    await tree.snapshot(`${B}/chk-9`, 20, {
      keyed: [changelogFiles([file(uri(`${A}/chk-4/${uuid(1)}`), 10)], 10)],
    });
    const path = `${A}/chk-4/${uuid(1)}`;
    const evidence = ended(A, B);
    expect(await verdictOf(tree, path, { scope: A, evidence })).toEqual(['referenced', false, null]);
  });

  it('D14: a complete checkpoint of which only the high availability store knows is no garbage', async () => {
    const tree = new Tree();
    await tree.file(`${A}/chk-3/${uuid(1)}`, 90);
    await tree.snapshot(`${A}/chk-3`, 90, { streams: [relative(uuid(1), 10)] });
    await jobWithSnapshot(tree);
    // A cleaner that knows the newest checkpoint alone.
    const newest = new Set([`${A}/chk-7/_metadata`, `${A}/shared/${uuid(1)}`]);
    const { files } = await tree.audit({ evidence: ended(A) });
    const others = [...files].filter(([path]) => !newest.has(path));
    expect(others.map(([path, { class: found, deletable }]) => [path, found, deletable])).toEqual([
      [`${A}/chk-3/${uuid(1)}`, 'referenced', false],
      [`${A}/chk-3/_metadata`, 'metadata', false],
    ]);
  });

  it('D15: anything, where a single metadata of any root cannot be read', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree, A);
    await tree.file(`${A}/shared/${uuid(2)}`, 40);
    const path = `${A}/shared/${uuid(2)}`;
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual(['orphan', true, null]);
    await tree.put(
      `${B}/chk-1/_metadata`,
      40,
      metadataBytes({ streams: [file(uri(path), 10)] }).subarray(0, -1),
    );
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual([
      'orphan',
      false,
      'blocked-by-unreadable-metadata',
    ]);
  });

  it('D17: old files that a checkpoint completed during the audit names, the one before it gone', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/shared/${uuid(1)}`;
    const bytes = metadataBytes({ checkpointId: 8n, streams: [file(uri(path), 10)] });
    const through = (storage: MemoryStorage) =>
      movingOn(storage, async () => {
        await storage.makeDirectory(child(ROOT, `${A}/chk-8`));
        await storage.put(child(ROOT, `${A}/chk-8/_metadata`), bytes);
        await storage.remove([child(ROOT, `${A}/chk-7/_metadata`)]);
      });
    const { files } = await tree.audit({ through, evidence: ended(A) });
    expect(files.get(path)).toMatchObject({ class: 'referenced', snapshots: 1 });
  });

  it('D17: the same, the change coming between listing and reading', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/shared/${uuid(1)}`;
    const bytes = metadataBytes({ checkpointId: 8n, streams: [file(uri(path), 10)] });
    const through = (storage: MemoryStorage): StorageReader => {
      let changed = false;
      return readerOf(storage, {
        async read(location) {
          if (!changed) {
            changed = true;
            await storage.makeDirectory(child(ROOT, `${A}/chk-8`));
            await storage.put(child(ROOT, `${A}/chk-8/_metadata`), bytes);
            await storage.remove([child(ROOT, `${A}/chk-7/_metadata`)]);
          }
          return storage.read(location);
        },
      });
    };
    const { files } = await tree.audit({ through, evidence: ended(A) });
    expect(files.get(path)).toMatchObject({ class: 'referenced', snapshots: 1 });
  });
});

describe('names and times keep', () => {
  it.each([
    ['zero', NOW_MS / DAY_MS, 'time-unknown'],
    ['in the future', -1, 'time-in-the-future'],
  ])('D18: a file whose time is %s', async (_, daysOld, reason) => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/chk-6/${uuid(2)}`;
    await tree.file(path, daysOld);
    // Other files of the job are judged without it.
    const evidence = jobs([
      A,
      { kind: 'ended', source: 'rest', endedMs: NOW_MS + 9 * DAY_MS, checkpointTimeoutMs: null },
    ]);
    const { files } = await tree.audit({ evidence });
    expect(files.get(path)).toMatchObject({ deletable: false, reason });
  });

  it('D20: local recovery', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `localState/aid_1/jid_${A}/vtx_2_sti_0/chk_7/shared/${uuid(2)}`;
    await tree.file(path, 40);
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual(['foreign', false, 'foreign']);
  });

  it('D21: logs of sinks that write ahead, which only operator state names', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/taskowned/${uuid(2)}`;
    await tree.file(path, 40);
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual(['orphan', false, 'task-owned']);
    const policy = { noWriteAheadSinks: true };
    expect(await verdictOf(tree, path, { evidence: ended(A), policy })).toEqual(['orphan', true, null]);
  });

  it.each([
    'notes.txt',
    `shared/${uuid(2)}.bak`,
    `chk-7/sub/${uuid(2)}`,
    `archive/${uuid(2)}`,
    `shared/x/${uuid(2)}`,
    uuid(2),
  ])('D22: what users put there: %s', async (name) => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    await tree.file(`${A}/${name}`, 40);
    expect(await verdictOf(tree, `${A}/${name}`, { evidence: ended(A) })).toEqual([
      'foreign',
      false,
      'foreign',
    ]);
  });

  it('D23: files of a job that is said to have ended and writes again under its id', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/shared/${uuid(2)}`;
    await tree.file(path, 40);
    await tree.file(`${A}/chk-9/${uuid(3)}`, 10 / 24 / 60);
    expect(await verdictOf(tree, path, { evidence: ended(A) })).toEqual(['orphan', false, 'job-may-run']);
    const evidence = jobs([
      A,
      { kind: 'ended', source: 'rest', endedMs: NOW_MS - 20 * DAY_MS, checkpointTimeoutMs: null },
    ]);
    expect(await verdictOf(tree, path, { evidence })).toEqual(['orphan', false, 'job-may-run']);
  });

  it('a reference that resolves to nothing, at its own base name and nothing else', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    // The path of a native savepoint's file, taken relative to the wrong directory (FLINK-39964).
    await tree.snapshot(`${A}/chk-8`, 20, { checkpointId: 8n, streams: [relative(uuid(5), 10)] });
    await tree.file(`savepoint-${A.slice(0, 6)}-0123456789ab/${uuid(5)}`, 40);
    await tree.file(`${A}/shared/${uuid(6)}`, 40);
    const { files, missing, report } = await tree.audit({ evidence: ended(A) });
    expect(missing).toEqual([uri(`${A}/chk-8/${uuid(5)}`)]);
    expect(report.snapshots.broken).toBe(1);
    expect(files.get(`savepoint-${A.slice(0, 6)}-0123456789ab/${uuid(5)}`)).toMatchObject({
      deletable: false,
      reason: 'name-of-an-unresolved-reference',
    });
    expect(files.get(`${A}/shared/${uuid(6)}`)).toMatchObject({ deletable: true });
    expect(report.problems.map(({ code }) => code)).toEqual(['files-lie-elsewhere']);
  });

  it('a second path to what snapshots need, which no store tells apart from the first', async () => {
    const tree = new Tree();
    const needed = file(uri(`disk/${A}/shared/${uuid(1)}`), 10);
    for (const place of ['disk', 'mount']) {
      await tree.file(`${place}/${A}/shared/${uuid(1)}`, 40);
      await tree.file(`${place}/${A}/shared/${uuid(2)}`, 40);
      await tree.file(`${place}/${A}/chk-7/${uuid(3)}`, 40);
      await tree.snapshot(`${place}/${A}/chk-7`, 30, { streams: [needed, relative(uuid(3), 10)] });
    }
    const path = `mount/${A}/shared/${uuid(1)}`;
    const evidence = ended(A);
    expect(await verdictOf(tree, path, { evidence })).toEqual(['orphan', false, 'name-referenced-elsewhere']);
    const { files, report } = await tree.audit({ evidence });
    expect([...files].filter(([, { deletable }]) => deletable).map(([at]) => at)).toEqual([
      `disk/${A}/shared/${uuid(2)}`,
      `mount/${A}/shared/${uuid(2)}`,
    ]);
    expect(report.problems).toEqual([
      expect.objectContaining({
        code: 'names-met-twice',
        where: uri(path),
        message: expect.stringContaining(uri(`disk/${A}/shared/${uuid(1)}`)),
      }),
    ]);
  });

  it('age: seven days where nothing else is said, never less than an hour, or three times the timeout', async () => {
    const tree = new Tree();
    await jobWithSnapshot(tree);
    const path = `${A}/shared/${uuid(2)}`;
    await tree.file(path, 2 / 24);
    const judged = async (minAgeMs: number, checkpointTimeoutMs: number | null) => {
      const liveness = { kind: 'ended', source: 'rest', endedMs: NOW_MS, checkpointTimeoutMs } as const;
      const { files } = await tree.audit({ evidence: jobs([A, liveness]), policy: { minAgeMs } });
      return files.get(path)!.reason;
    };
    expect(await judged(7 * DAY_MS, null)).toBe('young');
    expect(await judged(0, null)).toBeNull();
    expect(await judged(0, 3_600_000)).toBe('young');
    expect(await judged(2 * 3_600_000, null)).toBe('young');
  });
});

/** A reader under which `change` happens once the listing has ended. */
function movingOn(storage: MemoryStorage, change: () => Promise<void>): StorageReader {
  return readerOf(storage, {
    async *list(root) {
      yield* storage.list(root);
      await change();
    },
  });
}

function readerOf(storage: MemoryStorage, other: Partial<StorageReader>): StorageReader {
  return {
    ...delegatingReader(storage),
    ...other,
  };
}
