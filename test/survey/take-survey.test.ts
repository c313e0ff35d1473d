import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { child, formatLocation, type Location, parent, parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import type { Survey } from '../../src/model/survey.js';
import { delegatingReader } from '../../src/storage/delegating.js';
import { countingStorage, faultyStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { openReader } from '../../src/storage/open.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { UsageError } from '../../src/support/errors.js';
import { takeSurvey } from '../../src/survey/take-survey.js';
import { kindOf, text } from '../contract/storage-contract.js';
import { filesOf, presenceAt } from '../support/reference-tables.js';
import { file, incremental, metadataBytes, relative } from './documents.js';

const JOB = '0a6d8e2b0094db680d9a9874fabf74e8';
const root = parseLocation('memory://m/flink', '/');
const at = (path: string): Location => child(root, path);
const uri = (path: string) => `memory://m/flink/${path}`;

async function store(files: Readonly<Record<string, Uint8Array | string>>, directories = true) {
  const storage = new MemoryStorage({ directories, pageEntries: 3 });
  await storage.makeDirectory(root);
  for (const [path, content] of Object.entries(files)) {
    await storage.makeDirectory(parent(at(path)));
    await storage.put(at(path), typeof content === 'string' ? text(content) : content);
  }
  return storage;
}

function survey(storage: StorageReader, ...locations: Location[]): Promise<Survey> {
  return takeSurvey(locations.length === 0 ? [root] : locations, { openReader: async () => storage });
}

/** Snapshots by their directories below the root, in order: state and the code of the error. */
function summary({ snapshots }: Survey): readonly string[] {
  return snapshots
    .map((snapshot) => {
      const path = formatLocation(snapshot.place.directory).replace(`${formatLocation(root)}/`, '');
      return `${path} ${snapshot.state}${snapshot.state === 'unreadable' ? ` ${snapshot.error.code}` : ''}`;
    })
    .sort();
}

const CHK_1 = `${JOB}/chk-1`;
const GOOD = {
  [`${CHK_1}/f`]: 'state',
  [`${CHK_1}/_metadata`]: metadataBytes({ streams: [relative('f', 5)] }),
};

describe.each([
  ['a file system', true],
  ['an object store', false],
])('a survey of %s', (_, directories) => {
  it('finds every `_metadata` at any depth, and directories of snapshots without one', async () => {
    const storage = await store(
      {
        ...GOOD,
        [`${JOB}/chk-2/f`]: 'state',
        'chk-9/_metadata': metadataBytes({ checkpointId: 9n }),
        'a/b/c/renamed savepoint/_metadata': metadataBytes({ savepoint: true, checkpointId: 3n }),
        'savepoint-0a6d8e-0123456789ab/f': 'state',
        'foreign/f': 'no state at all',
      },
      directories,
    );
    const taken = await survey(storage);
    expect(summary(taken)).toEqual([
      `${JOB}/chk-1 read`,
      `${JOB}/chk-2 incomplete`,
      'a/b/c/renamed savepoint read',
      'chk-9 read',
      'savepoint-0a6d8e-0123456789ab incomplete',
    ]);
    expect(taken.problems).toEqual([]);
    expect(taken.roots).toEqual([{ location: root, takenFor: 'job' }]);
  });

  it('does not bring a large file here whole that is no `_metadata`, or too large to be held', async () => {
    const sizes: Readonly<Record<string, number>> = {
      'chk-1': 2 ** 26 + 1,
      'chk-2': 2 ** 31,
      'chk-3': 2 ** 26 + 1,
    };
    const good = GOOD[`${CHK_1}/_metadata`] as Uint8Array;
    const storage = await store(
      { 'chk-1/_metadata': new Uint8Array(9), 'chk-2/_metadata': good, 'chk-3/_metadata': good },
      directories,
    );
    const { storage: counted, counts } = countingStorage(storage);
    const large = {
      ...delegatingReader(counted),
      list: async function* (location: Location) {
        for await (const batch of counted.list(location)) {
          const entries = batch.entries.map((entry) => ({
            ...entry,
            sizeBytes: sizes[entry.path.split('/').at(-2)!] ?? entry.sizeBytes,
          }));
          yield { ...batch, entries };
        }
      },
    };
    const taken = await survey(large);
    expect(summary(taken)).toEqual(['chk-1 unreadable format', 'chk-2 unreadable format', 'chk-3 read']);
    const errors = taken.snapshots.map((snapshot) =>
      snapshot.state === 'unreadable' ? snapshot.error.message : '',
    );
    expect(errors.join('\n')).toMatch(/not a Flink metadata file.*byte 0, magic/);
    expect(errors.join('\n')).toContain('2147483648 bytes, of which only 2147483647 could be read');
    expect(counts.get('read')).toBe(1);
  });

  it('reads no other snapshot differently where one is damaged', async () => {
    const good = GOOD[`${CHK_1}/_metadata`] as Uint8Array;
    const storage = await store(
      {
        ...GOOD,
        [`${JOB}/chk-2/_metadata`]: good.slice(0, good.length - 3),
        [`${JOB}/chk-3/_metadata`]: 'this is no metadata',
        [`${JOB}/chk-4/_metadata`]: '',
        [`${JOB}/chk-5/_metadata`]: new Uint8Array([...good, 0]),
      },
      directories,
    );
    expect(summary(await survey(storage))).toEqual([
      `${JOB}/chk-1 read`,
      `${JOB}/chk-2 unreadable format`,
      `${JOB}/chk-3 unreadable format`,
      `${JOB}/chk-4 unreadable format`,
      `${JOB}/chk-5 unreadable format`,
    ]);
  });

  it.each(['denied', 'throttled', 'unavailable', 'corrupt'] as const)(
    'calls a `_metadata` unreadable that cannot be read (%s)',
    async (kind) => {
      const storage = faultyStorage(await store(GOOD, directories), ({ operation }) =>
        operation === 'read' ? kind : null,
      );
      expect(summary(await survey(storage))).toEqual([`${CHK_1} unreadable storage-${kind}`]);
    },
  );

  it('passes over what a cleanup put aside, unless it is asked for it', async () => {
    const trash = '.ckpt-trash/20261121T000000Z-0a1b2c3d';
    const storage = await store(
      { ...GOOD, [`${trash}/${CHK_1}/_metadata`]: metadataBytes({}), [`${trash}/${JOB}/chk-2/f`]: 'state' },
      directories,
    );
    expect(summary(await survey(storage))).toEqual([`${CHK_1} read`]);
    const inTrash = [`${trash}/${CHK_1} read`, `${trash}/${JOB}/chk-2 incomplete`];
    expect(summary(await survey(storage, at('.ckpt-trash')))).toEqual(inTrash);
    expect(summary(await survey(storage, at(`${trash}/${CHK_1}`)))).toEqual([inTrash[0]]);
  });

  it('forgets a snapshot that vanished after it was listed', async () => {
    const storage = faultyStorage(await store(GOOD, directories), ({ operation }) =>
      operation === 'read' ? 'not-found' : null,
    );
    expect(summary(await survey(storage))).toEqual([]);
  });

  it.each(['denied', 'throttled', 'unavailable', 'not-found'] as const)(
    'ends with the error, and no half survey, where the listing fails on its second page (%s)',
    async (kind) => {
      const files = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${JOB}/shared/${i}`, 'x']));
      let pages = 0;
      const storage = faultyStorage(await store({ ...GOOD, ...files }, directories), ({ operation }) =>
        operation === 'list-batch' && ++pages === 2 ? kind : null,
      );
      expect(await kindOf(survey(storage))).toBe(kind);
    },
  );

  it('says not-found of a location where nothing is', async () => {
    expect(await kindOf(survey(await store(GOOD, directories), at('nowhere')))).toBe('not-found');
  });

  it('takes any file that is named to it for a metadata file, whatever its name', async () => {
    const storage = await store(
      {
        'sp/f': 'state',
        'sp/my-savepoint': metadataBytes({ streams: [relative('f', 5)] }),
        'sp/other': 'text',
      },
      directories,
    );
    const taken = await survey(storage, at('sp/my-savepoint'));
    expect(taken.roots).toMatchObject([{ takenFor: 'metadata' }]);
    expect(taken.snapshots).toMatchObject([{ state: 'read', place: { directory: at('sp') } }]);
    expect(presenceAt(taken, at('sp/f'))).toEqual({ kind: 'present', sizeBytes: 5 });
    expect(summary(await survey(storage, at('sp/other')))).toEqual(['sp unreadable format']);
  });

  it('asks the store only for what the listing did not tell', async () => {
    const streams = [relative('f', 5), file(uri('elsewhere/g'), 1), file(uri('elsewhere/g'), 1)];
    const { storage, counts } = countingStorage(
      await store(
        {
          ...GOOD,
          'elsewhere/g': 'x',
          [`${JOB}/chk-2/_metadata`]: metadataBytes({ checkpointId: 2n, streams }),
        },
        directories,
      ),
    );
    const taken = await survey(storage, at(JOB));
    expect(presenceAt(taken, at('elsewhere/g'))).toEqual({ kind: 'present', sizeBytes: 1 });
    expect(presenceAt(taken, at(`${JOB}/chk-2/f`))).toEqual({ kind: 'absent' });
    expect(counts.get('stat')).toBe(3);
    expect(counts.get('read')).toBe(2);
    expect(counts.get('list')).toBe(1);
  });
});

describe('a survey', () => {
  it('reads metadata after all is listed, and finds files that came in between', async () => {
    const inner = await store(GOOD);
    const order: string[] = [];
    const late = { path: `${JOB}/shared/late`, content: text('late') };
    const storage = faultyStorage(inner, ({ operation }) => {
      order.push(operation);
      return null;
    });
    const completing: StorageReader = {
      ...storage,
      read: async (location) => {
        await inner.makeDirectory(parent(at(late.path)));
        await inner.put(at(late.path), late.content);
        await storage.read(location);
        return metadataBytes({ streams: [file(uri(late.path), 4)] });
      },
    };
    const taken = await survey(completing);
    expect(presenceAt(taken, at(late.path))).toEqual({ kind: 'present', sizeBytes: 4 });
    expect(order.lastIndexOf('list-batch')).toBeLessThan(order.indexOf('read'));
  });

  it.each(['denied', 'throttled', 'unavailable', 'corrupt'] as const)(
    'does not take a file for absent that could not be looked up (%s)',
    async (kind) => {
      const metadata = metadataBytes({ streams: [file(uri('elsewhere/g'), 1)] });
      const storage = faultyStorage(
        await store({ [`${CHK_1}/_metadata`]: metadata }),
        ({ operation, location }) => (operation === 'stat' && location.path.endsWith('/g') ? kind : null),
      );
      const taken = await survey(storage, at(JOB));
      expect(presenceAt(taken, at('elsewhere/g'))).toMatchObject({ kind: 'unknown', error: { kind } });
    },
  );

  it('does not take a file for absent whose store cannot be opened', async () => {
    const metadata = metadataBytes({ streams: [file('s3://bucket/g', 1)] });
    const storage = await store({ [`${CHK_1}/_metadata`]: metadata });
    const taken = await takeSurvey([root], {
      openReader: async (location) => {
        if (location.store === 'memory') return storage;
        throw new UsageError('no such store here');
      },
    });
    expect(presenceAt(taken, parseLocation('s3a://bucket/g', '/'))).toMatchObject({ kind: 'unknown' });
  });

  it('does not take a directory for the file that a reference names', async () => {
    const metadata = metadataBytes({ streams: [file(uri(JOB), 1)] });
    const taken = await survey(await store({ [`${CHK_1}/_metadata`]: metadata }));
    expect(presenceAt(taken, at(JOB))).toEqual({ kind: 'absent' });
  });

  it('looks references up where a rewrite says', async () => {
    const keyed = [incremental([file('s3://bucket/flink/shared/a', 3)], 3n)];
    const storage = await store({ 'shared/a': 'abc', [`${CHK_1}/_metadata`]: metadataBytes({ keyed }) });
    const rewrites = [parseRewrite(`s3://bucket/flink=${formatLocation(root)}`, '/')];
    const taken = await takeSurvey([root], { openReader: async () => storage, rewrites });
    expect(presenceAt(taken, at('shared/a'))).toEqual({ kind: 'present', sizeBytes: 3 });
  });

  it('does not turn a bug into a finding', async () => {
    const storage = await store(GOOD);
    const broken: StorageReader = Object.assign(Object.create(storage) as StorageReader, {
      read: async () => {
        throw new TypeError('a bug');
      },
    });
    await expect(survey(broken)).rejects.toThrow(TypeError);
  });
});

describe('a survey of the local file system', () => {
  let directory: string;
  const path = (...names: string[]) => join(directory, ...names);
  const surveyHere = () => takeSurvey([parseLocation(directory, '/')], { openReader });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ckpt-survey-'));
    mkdirSync(path('chk-1'));
    writeFileSync(path('chk-1', '_metadata'), metadataBytes({}));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('calls a directory or a link in the place of a `_metadata` unreadable', async () => {
    mkdirSync(path('chk-2', '_metadata'), { recursive: true });
    mkdirSync(path('chk-3'));
    symlinkSync('../chk-1/_metadata', path('chk-3', '_metadata'));
    const { snapshots, problems } = await surveyHere();
    expect(snapshots.map(({ place, state }) => [place.checkpointId, state]).sort()).toEqual([
      [1n, 'read'],
      [2n, 'unreadable'],
      [3n, 'unreadable'],
    ]);
    expect(problems).toMatchObject([{ code: 'not-followed' }]);
  });

  it('follows no link and no loop, and says of each that it did not', async () => {
    symlinkSync('..', path('chk-1', 'up'));
    symlinkSync('chk-1', path('chk-7'));
    const { snapshots, problems } = await surveyHere();
    expect(snapshots).toHaveLength(1);
    expect(problems.map(({ code, where }) => [code, where]).sort()).toEqual([
      ['not-followed', `file://${directory}/chk-1/up`],
      ['not-followed', `file://${directory}/chk-7`],
    ]);
  });

  it('finds state that lies behind a link, as Flink would', async () => {
    mkdirSync(path('disk'));
    writeFileSync(path('disk', 'f'), 'state');
    symlinkSync('disk', path('shared'));
    symlinkSync('../disk/f', path('chk-1', 'g'));
    const streams = [file(`file:${path('shared', 'f')}`, 5), relative('g', 5)];
    writeFileSync(path('chk-1', '_metadata'), metadataBytes({ streams }));
    const taken = await surveyHere();
    const found = ['shared/f', 'chk-1/g'].map((name) => presenceAt(taken, parseLocation(path(name), '/')));
    expect(found).toEqual([
      { kind: 'present', sizeBytes: 5 },
      { kind: 'present', sizeBytes: 5 },
    ]);
  });

  it('reports a name that is not UTF-8, and takes it for nothing', async () => {
    writeFileSync(Buffer.concat([Buffer.from(path('chk-1/')), Buffer.from([0xff, 0xfe])]), 'x');
    const { snapshots, problems } = await surveyHere();
    expect(snapshots).toHaveLength(1);
    expect(problems).toMatchObject([
      { code: 'storage-corrupt', where: `file://${directory}/chk-1/\uFFFD\uFFFD` },
    ]);
  });

  it.each(['line\nbreak', 'a b', 'a%20b', '日本', '*', 'a:b'])('finds state called %j', async (name) => {
    writeFileSync(path('chk-1', name), 'state');
    const streams = [file(`file:${path('chk-1', name)}`, 5), relative(name, 5)];
    writeFileSync(path('chk-1', '_metadata'), metadataBytes({ streams }));
    const taken = await surveyHere();
    const [snapshot] = taken.snapshots;
    if (snapshot?.state !== 'read') throw new Error('it was not read');
    expect(filesOf(snapshot.contents.references.files)).toMatchObject([{ handles: 2 }]);
    expect(presenceAt(taken, parseLocation(path('chk-1', name), '/'))).toEqual({
      kind: 'present',
      sizeBytes: 5,
    });
  });

  it('finds nothing in an empty directory, and fails where there is none', async () => {
    mkdirSync(path('empty'));
    const empty = await takeSurvey([parseLocation(path('empty'), '/')], { openReader });
    expect(empty).toMatchObject({ snapshots: [], problems: [], roots: [{ takenFor: 'ancestor' }] });
    const nowhere = takeSurvey([parseLocation(path('nowhere'), '/')], { openReader });
    expect(await kindOf(nowhere)).toBe('not-found');
  });
});
