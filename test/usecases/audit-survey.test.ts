// What an audit says of trees of any shape, against a plain reading of what it means; hostile metadata; listings that
// fail, repeat or lead in circles; and the same answers when memory is scarce.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../../src/model/evidence.js';
import { child, formatLocation, parseLocation, parseUri } from '../../src/model/location.js';
import { LocationKey } from '../../src/model/location-key.js';
import { NO_DIRECTORY } from '../../src/model/reference-table.js';
import { DEFAULT_POLICY } from '../../src/model/safety-policy.js';
import type { MemoryStorage } from '../../src/storage/memory.js';
import { openReader } from '../../src/storage/open.js';
import type { ListingBatch } from '../../src/storage/storage.js';
import { StorageError } from '../../src/support/errors.js';
import { newFingerprint } from '../../src/support/fingerprint.js';
import { FileStore } from '../../src/survey/files/file-store.js';
import { auditFiles } from '../../src/usecases/audit-files.js';
import { runs, testSeed } from '../support/runs.js';
import { file, incremental, metadataBytes, relative, segment } from '../survey/documents.js';
import { ended, JOB_A, JOB_B, ROOT, Tree, uri, uuid } from './audit-tree.js';

const A = JOB_A;

/** Takes no room: what is written stays in memory, and every write is counted. */
class CountingScratch {
  readonly #pieces: Uint8Array[] = [];
  get writes(): number {
    return this.#pieces.length;
  }
  write(bytes: Uint8Array) {
    return { offset: this.#pieces.push(Uint8Array.from(bytes)) - 1, length: bytes.length };
  }
  read({ offset }: { readonly offset: number }): Uint8Array {
    return this.#pieces[offset]!;
  }
  close(): void {}
}

/** What a handle says of the file at `path`. */
function mention(path: string, sizeBytes: number) {
  const location = { ...ROOT, path };
  const [key, fingerprint] = [new LocationKey(), newFingerprint()];
  key.setTo(location);
  key.fingerprintInto(fingerprint);
  return {
    kind: 'file' as const,
    sizeBytes: BigInt(sizeBytes),
    startByte: 0n,
    ofChanges: false,
    directory: NO_DIRECTORY,
    view: key.view,
    nameStart: 0,
    nameEnd: 0,
    fingerprint,
    location: () => location,
  };
}

describe('classes of files', () => {
  it('are those of a plain reading, for any tree', async () => {
    const jobs = fc.constantFrom(A, JOB_B, '');
    const directory = fc
      .tuple(jobs, fc.constantFrom('chk-1', 'chk-2', 'shared', 'taskowned', 'else'))
      .map(([job, name]) => `${job}/${name}`.replace(/^\//, ''));
    const path = fc.tuple(directory, fc.integer({ min: 0, max: 5 })).map(([at, n]) => `${at}/${uuid(n)}`);
    const paths = fc.uniqueArray(path, { maxLength: 20 });
    const snapshots = fc.uniqueArray(
      fc.record({
        at: fc.tuple(jobs, fc.constantFrom('chk-1', 'chk-2')),
        names: fc.uniqueArray(path, { maxLength: 8 }),
      }),
      { maxLength: 4, selector: ({ at }) => at.join('/') },
    );
    await fc.assert(
      fc.asyncProperty(paths, snapshots, fc.boolean(), async (listed, taken, directories) => {
        const tree = new Tree(directories);
        await tree.storage.makeDirectory(ROOT);
        for (const name of listed) await tree.file(name, 40);
        const holders = new Set<string>();
        for (const { at, names } of taken) {
          const holder = at.join('/').replace(/^\//, '');
          holders.add(holder);
          await tree.snapshot(holder, 40, { streams: names.map((name) => file(uri(name), 10)) });
        }
        if (listed.length + taken.length === 0) return;
        const { files, missing } = await tree.audit();
        for (const name of listed) {
          const needed = taken.filter(({ names }) => names.includes(name)).length;
          const holder = name.slice(0, name.lastIndexOf('/'));
          const unneeded = /(^|\/)else$/.test(holder)
            ? 'foreign'
            : /chk-\d$/.test(holder) && !holders.has(holder)
              ? 'incomplete'
              : 'orphan';
          expect([name, files.get(name)]).toMatchObject([
            name,
            { class: needed > 0 ? 'referenced' : unneeded, snapshots: needed },
          ]);
        }
        expect(files.size).toBe(listed.length + taken.length);
        const named = new Set(taken.flatMap(({ names }) => names));
        expect(missing).toEqual(
          [...named]
            .filter((name) => !listed.includes(name))
            .map(uri)
            .sort(),
        );
      }),
      { numRuns: runs({ sample: 8, full: 2000 }), seed: testSeed },
    );
  });

  it('come out sorted and complete where nothing fits into memory and no directory has a number', async () => {
    const scratch = new CountingScratch();
    const store = new FileStore(scratch, { budgetBytes: 1, mostDirectories: 3 });
    const names = Array.from({ length: 3000 }, (_, n) => `/d${(n * 7919) % 10}/${uuid((n * 7919) % 3000)}`);
    for (const path of names) store.file(ROOT, { path, sizeBytes: path.length, modifiedMs: 5 });
    for (const path of names) store.file(ROOT, { path, sizeBytes: path.length, modifiedMs: 5 });
    const sizes = [(path: string) => path.length, () => 1, () => 2];
    for (const [snapshot, sizeOf] of sizes.entries()) {
      const references = store.referencesOf(snapshot);
      for (const path of names.slice(0, 1000)) references.write(mention(path, sizeOf(path)));
      if (snapshot > 0) references.write(mention('/d0/gone', -1));
    }
    const wrong: number[] = [];
    const visitor = { counts: (snapshot: number) => snapshot < 2, wrongSize: (n: number) => wrong.push(n) };
    const unlisted = [...store.join(visitor)].flat();
    expect(unlisted.map(({ location }) => formatLocation(location))).toEqual(['memory://m/d0/gone']);
    expect(wrong).toEqual(Array(1000).fill(1));
    const rows = [...store.all({ sorted: true })];
    expect(rows.map(({ location }) => location.path)).toEqual([...names].sort());
    const needed = new Set(names.slice(0, 1000));
    for (const row of rows) {
      expect(row.snapshots).toBe(needed.has(row.location.path) ? 2 : 0);
      expect([row.sizeBytes, row.modifiedMs, row.directory.jobId]).toEqual([
        row.location.path.length,
        5,
        null,
      ]);
    }
    expect(scratch.writes).toBeGreaterThan(256);
  });

  it('tell live bytes of merged files by all snapshots together', async () => {
    const tree = new Tree();
    const at = `${A}/taskowned/job_${A}_tm_x/${uuid(1)}`;
    await tree.file(at, 40, 100);
    await tree.snapshot(`${A}/chk-1`, 9, { streams: [segment(uri(at), 0, 20), segment(uri(at), 10, 20)] });
    await tree.snapshot(`${A}/chk-2`, 8, { checkpointId: 2n, streams: [segment(uri(at), 50, 10)] });
    const { files, report } = await tree.audit();
    expect(files.get(at)).toMatchObject({ class: 'referenced', snapshots: 2, liveBytes: 40 });
    expect(report.merged).toEqual({ files: 1, bytes: 100, liveBytes: 40 });
  });

  it('hold for two jobs in one directory, and a savepoint in the middle of a checkpoint directory', async () => {
    const tree = new Tree();
    for (const [n, name] of ['chk-1', 'chk-2', `savepoint-${A.slice(0, 6)}-0123456789ab`].entries()) {
      await tree.file(`shared/${uuid(n)}`, 40);
      await tree.file(`${name}/${uuid(10 + n)}`, 40);
      await tree.snapshot(name, 30, {
        checkpointId: 1n,
        keyed: [incremental([file(uri(`shared/${uuid(n)}`), 10), relative(uuid(10 + n), 10)], 20n)],
      });
    }
    await tree.file(`shared/${uuid(9)}`, 40);
    const { files, report } = await tree.audit({ evidence: ended(A) });
    expect([report.totals.referenced.files, report.totals.orphan.files]).toEqual([6, 1]);
    // Nobody can say whose file it is: no evidence about a job suffices.
    expect(files.get(`shared/${uuid(9)}`)).toMatchObject({ deletable: false, reason: 'job-may-run' });
    const stopped = await tree.audit({ evidence: { stopped: [ROOT] } });
    expect(stopped.files.get(`shared/${uuid(9)}`)).toMatchObject({ deletable: true });
  });

  it('count private state, operator state and every spelling of a store', async () => {
    const tree = new Tree();
    for (const n of [1, 2, 3]) await tree.file(`${A}/shared/${uuid(n)}`, 40);
    const handle = incremental([file(`memory://m//flink/./${A}/shared/${uuid(1)}`, 10)], 10n);
    await tree.snapshot(`${A}/chk-1`, 9, {
      streams: [file(uri(`${A}/x/../shared/${uuid(3)}`), 10)],
      keyed: [
        { ...handle, private: [{ localPath: 'MANIFEST', stream: file(uri(`${A}/shared/${uuid(2)}`), 10) }] },
      ],
    });
    const { report } = await tree.audit();
    expect([report.totals.referenced.files, report.totals.orphan.files, report.missing.files]).toEqual([
      3, 0, 0,
    ]);
  });

  it('leave what lies in the trash to the trash, whose snapshots go on keeping what they name', async () => {
    const tree = new Tree();
    await tree.file(`${A}/shared/${uuid(1)}`, 40);
    await tree.snapshot(`.ckpt-trash/run-1/${A}/chk-1`, 9, {
      streams: [file(uri(`${A}/shared/${uuid(1)}`), 10), relative(uuid(2), 10)],
    });
    await tree.file(`.ckpt-trash/run-1/${A}/chk-2/${uuid(3)}`, 40);
    const { files, report, missing } = await tree.audit({ evidence: ended(A) });
    expect(files.get(`${A}/shared/${uuid(1)}`)!.class).toBe('referenced');
    expect(report.totals.trash.files).toBe(2);
    expect([missing, report.snapshots]).toEqual([
      [],
      { complete: 0, incomplete: 0, broken: 0, unreadable: 0 },
    ]);
    expect([...files.values()].filter(({ deletable }) => deletable)).toEqual([]);
  });
});

describe('paths with entropy', () => {
  const at = (prefix: string, path: string) => `${prefix}/checkpoints/${A}/${path}`;

  it('lead to the files of one checkpoint under any prefix', async () => {
    const tree = new Tree(false);
    await tree.file(at('7f3a', `chk-5/${uuid(1)}`), 40);
    await tree.file(at('91bc', `chk-5/${uuid(2)}`), 40);
    await tree.file(at('91bc', `shared/${uuid(3)}`), 40);
    await tree.file(at('c0de', `shared/${uuid(4)}`), 40);
    await tree.file(at('c0de', `chk-5/${uuid(5)}`), 40);
    await tree.file(at('c0de', `chk-6/${uuid(6)}`), 40);
    await tree.snapshot(`checkpoints/${A}/chk-5`, 39, {
      checkpointId: 5n,
      streams: [file(uri(at('7f3a', `chk-5/${uuid(1)}`)), 10), file(uri(at('91bc', `chk-5/${uuid(2)}`)), 10)],
      keyed: [incremental([file(uri(at('91bc', `shared/${uuid(3)}`)), 10)], 10n)],
    });
    const { files, report, snapshots } = await tree.audit({ evidence: ended(A) });
    const classOf = (prefix: string, path: string) => files.get(at(prefix, path));
    expect(classOf('7f3a', `chk-5/${uuid(1)}`)).toMatchObject({ class: 'referenced', snapshots: 1 });
    expect(classOf('91bc', `chk-5/${uuid(2)}`)).toMatchObject({ class: 'referenced' });
    expect(classOf('91bc', `shared/${uuid(3)}`)).toMatchObject({ class: 'referenced' });
    expect(classOf('c0de', `shared/${uuid(4)}`)).toMatchObject({ class: 'orphan', deletable: true });
    expect(classOf('c0de', `chk-5/${uuid(5)}`)).toMatchObject({
      ...{ class: 'orphan', cause: 'left-beside-metadata' },
    });
    expect(classOf('c0de', `chk-6/${uuid(6)}`)).toMatchObject({ class: 'incomplete', deletable: true });
    expect(report.jobs.map(({ job }) => job)).toEqual([A]);
    expect(snapshots.map(({ condition, place }) => [condition, place.directory.path])).toEqual([
      ['complete', `${ROOT.path}/checkpoints/${A}/chk-5`],
      ['incomplete', `${ROOT.path}/${at('c0de', 'chk-6')}`],
    ]);
  });

  it('are no twins of what lies in the trash', async () => {
    const tree = new Tree();
    await tree.file(`${A}/chk-1/${uuid(1)}`, 40);
    await tree.snapshot(`.ckpt-trash/run-1/${A}/chk-1`, 9, {});
    const { files } = await tree.audit();
    expect(files.get(`${A}/chk-1/${uuid(1)}`)!.class).toBe('incomplete');
  });
});

describe('hostile metadata', () => {
  it('frees nothing and blocks nothing but its names, whatever it points at', async () => {
    const tree = new Tree();
    const many = Array.from({ length: 3000 }, () => file(uri(`${A}/shared/${uuid(1)}`), 10));
    await tree.file(`${A}/shared/${uuid(1)}`, 40);
    await tree.file(`${A}/shared/${uuid(2)}`, 40);
    await tree.snapshot(`${A}/chk-1`, 30, {
      streams: [
        file('file:///etc/passwd', 10),
        file('s3://other-bucket/key', 10),
        file(uri(`${A}/chk-1/_metadata`), 10),
        file(uri(`${A}/shared`), 10),
        file(uri(`../../../../../..`), 10),
        relative('../../../outside', 10),
        relative('../../../../../../../../etc/passwd', 10),
        file('not a uri', 1),
        file('gs://bucket/key', 1),
        ...many,
      ],
    });
    const { files, report, missing } = await tree.audit({ evidence: ended(A) });
    expect(files.get(`${A}/chk-1/_metadata`)).toMatchObject({ class: 'metadata', deletable: false });
    expect(files.get(`${A}/shared/${uuid(1)}`)).toMatchObject({ class: 'referenced', snapshots: 1 });
    expect(files.get(`${A}/shared/${uuid(2)}`)).toMatchObject({ class: 'orphan', deletable: true });
    expect([...files.keys()].sort()).toEqual([
      `${A}/chk-1/_metadata`,
      `${A}/shared/${uuid(1)}`,
      `${A}/shared/${uuid(2)}`,
    ]);
    expect(missing).toContain(uri(`${A}/shared`));
    expect(report.problems.map(({ code }) => code)).toEqual(['references-not-verified']);
  });

  const shared = (n: number) => uri(`${A}/shared/${uuid(n)}`);
  it.each([
    ['out of the roots', [file('file:///etc/passwd', 10), file('s3://other-bucket/key', 10)]],
    ['at itself', [file(uri(`${A}/chk-1/_metadata`), 10), relative('_metadata', 10)]],
    ['above its directory', [relative('../../../outside', 10), relative(`../shared/../../${A}/x`, 10)]],
    ['at a directory', [file(uri(`${A}/shared`), 10), file(uri(A), 10), file(uri('.'), 10)]],
    ['at nothing that is a place', [file('not a uri', 1), file('gs://bucket/key', 1)]],
  ])('that points %s leaves the answer for all other files as it is', async (_, streams) => {
    const answers = [];
    for (const hostile of [[], streams]) {
      const tree = new Tree();
      for (const n of [1, 2]) await tree.file(`${A}/shared/${uuid(n)}`, 40);
      await tree.snapshot(`${A}/chk-1`, 30, { streams: [file(shared(1), 10), ...hostile] });
      const { files } = await tree.audit({ evidence: ended(A) });
      files.delete(`${A}/chk-1/_metadata`);
      answers.push(files);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]!.get(`${A}/shared/${uuid(2)}`)).toMatchObject({ class: 'orphan', deletable: true });
  });

  it('with very many handles of one file counts as one reference, in bounded memory', async () => {
    const tree = new Tree();
    for (const n of [1, 2]) await tree.file(`${A}/shared/${uuid(n)}`, 40);
    const handle = file(shared(1), 10);
    await tree.snapshot(`${A}/chk-1`, 30, {
      keyed: Array.from({ length: runs({ sample: 50, full: 1000 }) }, () =>
        incremental(Array(1000).fill(handle), 10n),
      ),
    });
    const before = process.memoryUsage().arrayBuffers;
    const { files, snapshots } = await tree.audit({ evidence: ended(A) });
    expect(files.get(`${A}/shared/${uuid(1)}`)).toMatchObject({ class: 'referenced', snapshots: 1 });
    expect(files.get(`${A}/shared/${uuid(2)}`)).toMatchObject({ deletable: true });
    expect(snapshots).toMatchObject([{ missing: 0, wrongSize: 0, condition: 'complete' }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe('a tree that was moved', () => {
  it('is told with the rewrite that finds its files again', async () => {
    const tree = new Tree();
    await tree.file(`${A}/shared/${uuid(1)}`, 40);
    await tree.snapshot(`${A}/chk-1`, 30, {
      streams: [file(`hdfs://nn/old/home/${A}/shared/${uuid(1)}`, 10)],
    });
    const { report, files } = await tree.audit({ evidence: ended(A) });
    expect(files.get(`${A}/shared/${uuid(1)}`)).toMatchObject({ deletable: false });
    expect(report.problems).toMatchObject([
      {
        code: 'files-lie-elsewhere',
        next: expect.stringContaining('--rewrite hdfs://nn/old/home=memory://m/flink'),
      },
    ]);
  });

  it('is not thought of where only the names of directories are alike', async () => {
    const tree = new Tree();
    await tree.file(`${A}/shared/${uuid(2)}`, 40);
    await tree.snapshot(`${A}/chk-1`, 30, { streams: [file(uri(`${A}/shared/${uuid(1)}`), 10)] });
    expect((await tree.audit()).report.problems).toEqual([]);
  });
});

describe('spellings of one store', () => {
  it.each(['s3', 's3a', 's3p', 's3n'])('a reference as %s:// keeps the object', async (scheme) => {
    const tree = new Tree(false);
    for (const n of [1, 2]) await tree.file(`${A}/shared/${uuid(n)}`, 40);
    const at = (n: number) => `${scheme}://m/flink/${A}/shared/${uuid(n)}`;
    await tree.snapshot(`${A}/chk-1`, 30, { streams: [file(at(1), 10)] });
    tree.toNow();
    const audit = await auditFiles([parseUri('s3a://m/flink')!], {
      openReader: async () => tree.storage,
      gatherEvidence: async () => NO_EVIDENCE,
      policy: DEFAULT_POLICY,
    });
    const classes = [...audit.files()].map(({ path, class: of }) => [path.slice(-1), of]);
    audit.close();
    expect(classes).toEqual([
      ['a', 'metadata'],
      ['1', 'referenced'],
      ['2', 'orphan'],
    ]);
  });
});

describe('listings', () => {
  it('count nothing twice where roots overlap', async () => {
    const tree = new Tree();
    await tree.file(`${A}/shared/${uuid(1)}`, 40);
    await tree.snapshot(`${A}/chk-1`, 9, { streams: [file(uri(`${A}/shared/${uuid(1)}`), 10)] });
    const once = await tree.audit();
    const often = await tree.audit({ locations: ['.', A, `${A}/chk-1`, '.', `${A}/chk-1/_metadata`] });
    expect(often.files).toEqual(once.files);
    expect(often.report.totals).toEqual(once.report.totals);
  });

  it('that fail on their second page fail the audit', async () => {
    const tree = new Tree();
    for (const n of [1, 2, 3, 4, 5]) await tree.file(`${A}/shared/${uuid(n)}`, 40);
    const error = new StorageError('unavailable', 'page 2');
    const through = (storage: MemoryStorage) =>
      withListing(storage, async function* (batches) {
        for await (const batch of batches) {
          yield batch;
          throw error;
        }
      });
    await expect(tree.audit({ through })).rejects.toBe(error);
  });

  it('with a directory that cannot be listed hold everything back', async () => {
    const tree = new Tree();
    await tree.file(`${A}/shared/${uuid(1)}`, 40);
    await tree.snapshot(`${A}/chk-1`, 9, {});
    const problem = { path: child(ROOT, 'secret').path, error: new StorageError('denied', 'no') };
    const through = (storage: MemoryStorage) =>
      withListing(storage, async function* (batches) {
        yield* batches;
        yield { entries: [], problems: [problem] };
      });
    const { files, report } = await tree.audit({ through, evidence: ended(A) });
    expect(files.get(`${A}/shared/${uuid(1)}`)).toMatchObject({
      deletable: false,
      reason: 'listing-incomplete',
    });
    expect(report.problems.map(({ code }) => code)).toEqual(['storage-denied']);
  });

  it('hold everything back where a source of evidence could not be asked', async () => {
    const tree = new Tree();
    await tree.file(`${A}/shared/${uuid(1)}`, 40);
    await tree.snapshot(`${A}/chk-1`, 9, {});
    const blocks = [{ code: 'storage-unavailable', message: 'no answer', where: 'http://c', next: null }];
    const { files, report } = await tree.audit({ evidence: { ...ended(A), blocks } });
    expect(files.get(`${A}/shared/${uuid(1)}`)).toMatchObject({
      deletable: false,
      reason: 'evidence-unreachable',
    });
    expect(report.problems).toEqual(blocks);
  });
});

describe('links on disk', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ckpt-audit-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const audit = async (...paths: readonly string[]) => {
    const found = await auditFiles(
      paths.map((path) => parseLocation(join(directory, path), '/')),
      {
        openReader: async (at) => ({
          ...(await openReader(at)),
          nowMs: async () => Date.now() + 40 * 86_400_000,
        }),
        gatherEvidence: async () => ({ ...NO_EVIDENCE, ...ended(A) }),
        policy: DEFAULT_POLICY,
      },
    );
    const orphan = [...found.files()].find(({ class: of }) => of === 'orphan');
    found.close();
    return {
      count: [...Object.values(found.report.totals)].reduce((sum, { files }) => sum + files, 0),
      orphan,
      problems: found.report.problems,
    };
  };

  it('are not followed, in circles or out of the roots, and a link for a metadata blocks', async () => {
    mkdirSync(join(directory, A, 'chk-1'), { recursive: true });
    mkdirSync(join(directory, A, 'shared'));
    writeFileSync(join(directory, A, 'chk-1', '_metadata'), metadataBytes({}));
    writeFileSync(join(directory, A, 'shared', uuid(1)), 'x');
    symlinkSync('..', join(directory, A, 'loop'));
    symlinkSync('/etc', join(directory, A, 'outside'));
    expect(await audit('')).toMatchObject({ count: 2, orphan: { deletable: true } });
    mkdirSync(join(directory, A, 'chk-2'));
    symlinkSync('../chk-1/_metadata', join(directory, A, 'chk-2', '_metadata'));
    expect(await audit('')).toMatchObject({ count: 2, orphan: { reason: 'blocked-by-unreadable-metadata' } });
  });

  it('that lead to a directory which is given too make every file of it look like two: nothing may go', async () => {
    const shared = join(directory, A, 'shared');
    mkdirSync(join(directory, A, 'chk-1'), { recursive: true });
    mkdirSync(shared);
    const needed = file(`file://${shared}/${uuid(1)}`, 1);
    writeFileSync(join(directory, A, 'chk-1', '_metadata'), metadataBytes({ streams: [needed] }));
    writeFileSync(join(shared, uuid(1)), 'x');
    symlinkSync(A, join(directory, 'current'));
    expect(await audit('')).toMatchObject({ count: 2, orphan: undefined });
    expect(await audit('', 'current')).toMatchObject({
      orphan: { deletable: false, reason: 'listing-incomplete' },
      problems: [{}, { code: 'directory-met-twice' }, {}, {}],
    });
    expect((await audit('', A)).problems.map(({ code }) => code)).toEqual(['not-followed']);
  });
});

function withListing(
  storage: MemoryStorage,
  change: (batches: AsyncIterable<ListingBatch>) => AsyncIterable<ListingBatch>,
) {
  return {
    capabilities: storage.capabilities,
    list: (root: typeof ROOT) => change(storage.list(root)),
    listDirectory: (at: typeof ROOT) => storage.listDirectory(at),
    stat: (at: typeof ROOT) => storage.stat(at),
    read: (at: typeof ROOT) => storage.read(at),
    readRange: (at: typeof ROOT, offset: number, length: number) => storage.readRange(at, offset, length),
    nowMs: () => storage.nowMs(),
  };
}
