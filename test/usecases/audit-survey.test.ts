// What an audit says of trees of any shape, against a plain reading of what it means; hostile metadata; listings that
// fail, repeat or lead in circles; and the same answers when memory is scarce.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../../src/model/evidence.js';
import { child, formatLocation, parseLocation } from '../../src/model/location.js';
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
    bytes: key.bytes,
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

  it('are not followed, in circles or out of the roots, and a link for a metadata blocks', async () => {
    mkdirSync(join(directory, A, 'chk-1'), { recursive: true });
    mkdirSync(join(directory, A, 'shared'));
    writeFileSync(join(directory, A, 'chk-1', '_metadata'), metadataBytes({}));
    writeFileSync(join(directory, A, 'shared', uuid(1)), 'x');
    symlinkSync('..', join(directory, A, 'loop'));
    symlinkSync('/etc', join(directory, A, 'outside'));
    const audit = async () => {
      const found = await auditFiles([parseLocation(directory, '/')], {
        openReader: async (at) => ({
          ...(await openReader(at)),
          nowMs: async () => Date.now() + 40 * 86_400_000,
        }),
        gatherEvidence: async () => ({ ...NO_EVIDENCE, ...ended(A) }),
        policy: DEFAULT_POLICY,
      });
      const orphan = [...found.files()].find(({ class: of }) => of === 'orphan');
      found.close();
      return {
        count: [...Object.values(found.report.totals)].reduce((sum, { files }) => sum + files, 0),
        orphan,
      };
    };
    expect(await audit()).toMatchObject({ count: 2, orphan: { deletable: true } });
    mkdirSync(join(directory, A, 'chk-2'));
    symlinkSync('../chk-1/_metadata', join(directory, A, 'chk-2', '_metadata'));
    expect(await audit()).toMatchObject({ count: 2, orphan: { reason: 'blocked-by-unreadable-metadata' } });
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
