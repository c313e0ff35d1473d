// Listings of trees that real NameNodes seldom show: what vanishes, what is denied, what is wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { type HdfsSettings, hdfsReader } from '../../../src/storage/hdfs/open.js';
import { kindOf, listAll } from '../../contract/storage-contract.js';
import { runs, testSeed } from '../../support/runs.js';
import {
  type FakeAnswer,
  type FakeNameNode,
  type FakeRequest,
  fileStatus,
  page,
  startFakeNameNode,
} from './fake-name-node.js';

const root = parseLocation('hdfs://ns/r', '/');
const directory = (name: string, childrenNum = 1): object =>
  fileStatus(name, { type: 'DIRECTORY', childrenNum });
const GONE: FakeAnswer = { exception: 'FileNotFoundException', status: 404 };
const DENIED: FakeAnswer = { exception: 'AccessControlException', status: 403 };

async function against<T>(
  answer: (request: FakeRequest) => FakeAnswer,
  action: (
    open: (settings?: HdfsSettings) => ReturnType<typeof hdfsReader>,
    fake: FakeNameNode,
  ) => Promise<T>,
): Promise<T> {
  const fake = await startFakeNameNode(answer);
  try {
    return await action((settings) => hdfsReader(root, { webhdfs: [fake.address], ...settings }), fake);
  } finally {
    await fake.stop();
  }
}

/** A NameNode with these directories; of what is in none of them it says nothing is there. */
function treeOf(pages: Readonly<Record<string, FakeAnswer>>): (request: FakeRequest) => FakeAnswer {
  return ({ op, path, query }) => {
    if (op === 'GETFILESTATUS') return { json: { FileStatus: directory('', 0) } };
    const after = query.get('startAfter');
    return pages[after === null ? path : `${path}>${after}`] ?? GONE;
  };
}

const listed = (pages: Readonly<Record<string, FakeAnswer>>) =>
  against(treeOf(pages), async (open) => {
    const { entries, problems } = await listAll(open(), root);
    return { paths: entries.map(({ path }) => path), problems };
  });

describe('listing HDFS', () => {
  it('goes on behind the last name of each page', async () => {
    const pages = {
      '/r': page([fileStatus('a'), fileStatus('b')], 2),
      '/r>b': page([fileStatus('c'), directory('d')], 0),
      '/r/d': page([fileStatus('e')]),
    };
    expect((await listed(pages)).paths).toEqual(['/r/a', '/r/b', '/r/c', '/r/d', '/r/d/e']);
  });

  it('leaves out what vanished or became a file while it ran', async () => {
    const pages = {
      '/r': page([directory('gone'), directory('now-a-file')]),
      '/r/now-a-file': page([fileStatus('')]),
    };
    expect(await listed(pages)).toEqual({ paths: ['/r/gone', '/r/now-a-file'], problems: [] });
  });

  it('reports the directory it may not read, and goes on with the others', async () => {
    const pages = {
      '/r': page([directory('closed'), directory('open')]),
      '/r/closed': DENIED,
      '/r/open': page([fileStatus('f')]),
    };
    const { paths, problems } = await listed(pages);
    expect(paths).toEqual(['/r/closed', '/r/open', '/r/open/f']);
    expect(problems).toMatchObject([{ path: '/r/closed', error: { kind: 'denied' } }]);
  });

  it('does not enter the trash', async () => {
    const pages = { '/r': page([directory('.Trash'), directory('x')]), '/r/x': page([fileStatus('f')]) };
    expect((await listed(pages)).paths).toEqual(['/r/.Trash', '/r/x', '/r/x/f']);
  });

  it.each([
    ['unavailable', { exception: 'IOException', status: 403 }],
    ['corrupt', page([fileStatus('a/b')])],
    ['corrupt', page([fileStatus('..')])],
    ['corrupt', page([fileStatus('a'), fileStatus('')])],
    ['corrupt', page([], 3)],
    ['corrupt', page([fileStatus('a', { length: 'many' })])],
    ['corrupt', { json: { DirectoryListing: { remainingEntries: 0 } } }],
    ['corrupt', { json: {} }],
  ] as readonly (readonly [string, FakeAnswer])[])(
    'ends as %s where a directory below is answered with %j',
    async (kind, answer) => {
      const pages = { '/r': page([directory('d')]), '/r/d': answer };
      const outcome = await against(treeOf(pages), (open) => kindOf(listAll(open(), root)));
      expect(outcome).toBe(kind);
    },
  );

  it('does not take a directory for empty in which the NameNode counts entries', async () => {
    const answer = ({ op }: FakeRequest): FakeAnswer =>
      op === 'GETFILESTATUS' ? { json: { FileStatus: directory('', 3) } } : page([]);
    expect(await against(answer, (open) => kindOf(listAll(open(), root)))).toBe('unavailable');
    expect(await against(answer, (open) => kindOf(open().listDirectory(root)))).toBe('unavailable');
  });

  it('asks once for each directory that holds something or is known to be empty', async () => {
    const pages = {
      '/r': page([directory('d'), directory('empty', 0)]),
      '/r/d': page([fileStatus('f')]),
      '/r/empty': page([]),
    };
    await against(treeOf(pages), async (open, fake) => {
      await listAll(open(), root);
      expect(fake.requests.map(({ op, path }) => `${op} ${path}`).sort()).toEqual([
        'LISTSTATUS_BATCH /r',
        'LISTSTATUS_BATCH /r/d',
        'LISTSTATUS_BATCH /r/empty',
      ]);
    });
  });

  it('asks for nothing further when its reader stops, and fails nobody', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `d${i}`);
    const answer = ({ path }: FakeRequest): FakeAnswer =>
      path === '/r' ? page(names.map((name) => directory(name))) : { status: 500 };
    await against(answer, async (open, fake) => {
      for await (const _ of open({ concurrency: 4 }).list(root)) break;
      expect(fake.requests).toHaveLength(1);
    });
  });

  it('finds every entry of any tree, once, however many pages are under way', async () => {
    const tree = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 }), {
      maxLength: 20,
    });
    const property = fc.asyncProperty(
      tree,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      check,
    );
    await fc.assert(property, { numRuns: runs({ sample: 10, full: 300 }), seed: testSeed });
  });
});

/** Directories at every prefix of `paths`, two files in each, served in pages of `pageEntries`. */
async function check(
  paths: readonly (readonly string[])[],
  concurrency: number,
  pageEntries: number,
): Promise<void> {
  const directories = new Set([
    '/r',
    ...paths.flatMap((path) => path.map((_, i) => `/r/${path.slice(0, i + 1).join('/')}`)),
  ]);
  const below = (path: string): readonly string[] => [
    ...[...directories].filter((each) => each.slice(0, each.lastIndexOf('/')) === path),
    `${path}/x`,
    `${path}/y`,
  ];
  const answer = ({ path, query }: FakeRequest): FakeAnswer => {
    const names = below(path)
      .map((each) => each.slice(path.length + 1))
      .sort();
    const start = query.has('startAfter') ? names.indexOf(query.get('startAfter')!) + 1 : 0;
    const statuses = names
      .slice(start, start + pageEntries)
      .map((name) => (directories.has(`${path}/${name}`) ? directory(name, 2) : fileStatus(name)));
    return page(statuses, Math.max(0, names.length - start - pageEntries));
  };
  const expected = [...directories].flatMap(below).sort();
  const found = await against(answer, (open) => listAll(open({ concurrency }), root));
  expect(found.entries.map(({ path }) => path)).toEqual(expected);
}
