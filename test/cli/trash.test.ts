// What was put aside, by the built binary: listed, brought back, removed for good, also when the process is killed
// (SIGKILL) between two changes of files; and locks of runs that died.
import { cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs, testSeed } from '../support/runs.js';
import { answersOf, ckpt, ckptKilledAtCall, complaintsOf } from './process.js';
import { plantTree, type Tree } from './trees.js';

const CASE = 'rocksdb-incremental';
/** In the long run every call, else a few. */
const STRIDE = runs({ sample: 97, full: 1 });

let tree: Tree;
/** The tree before anything, and after two snapshots of three were put aside. */
let before: readonly string[];
let trashed = '';
let runId = '';

interface Listed {
  readonly runs: readonly {
    readonly runId: string;
    readonly files: number;
    readonly snapshots: readonly string[];
  }[];
}

/** What a killed writer has only begun: the tool knows such a name as its own, and no run reads it; each process has its log. */
const BEGUN_OR_LOG = /(^|\/)(\.[^/]+\.inprogress\.[0-9a-f-]{36}|log-[^/]*)$/;

/** Every file below with its size and time; what this tool keeps for itself where `own`. */
function contentOf(directory: string, { own = false } = {}): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => !BEGUN_OR_LOG.test(path) && (own || !path.startsWith('.ckpt-')))
    .map((path) => {
      const { size, mtimeMs } = statSync(join(directory, path));
      return statSync(join(directory, path)).isDirectory() ? `${path}/` : `${path} ${size} ${mtimeMs}`;
    })
    .sort();
}

const filesIn = (directory: string) => contentOf(directory).filter((line) => !line.endsWith('/'));

/** Brings the tree to where the snapshots are in the trash. */
function reset(): void {
  rmSync(tree.directory, { recursive: true, force: true });
  cpSync(trashed, tree.directory, { recursive: true, preserveTimestamps: true });
}

const undoing = () => ['undo', runId, '--in', tree.directory, ...tree.rewrite];
const emptying = () => ['trash', 'empty', tree.directory, '--older-than', '0s', '--yes'];

beforeAll(async () => {
  tree = plantTree(CASE);
  trashed = `${tree.directory}-trashed`;
  before = filesIn(tree.directory);
  const job = readdirSync(join(tree.directory, 'checkpoints'))[0]!;
  const clean = [
    'clean',
    tree.directory,
    ...['--keep-last', '1', '--max-percent', '100', '--job-stopped', job, '--apply', '--yes'],
    ...tree.rewrite,
  ];
  const [done, listed] = (await answersOf([clean, ['trash', 'list', tree.directory]])) as [
    { readonly runId: string; readonly quarantined: number },
    Listed,
  ];
  runId = done.runId;
  expect(listed.runs).toMatchObject([{ runId, files: done.quarantined }]);
  expect(listed.runs[0]!.snapshots).toHaveLength(2);
  cpSync(tree.directory, trashed, { recursive: true, preserveTimestamps: true });
});
afterAll(() => {
  tree.remove();
  rmSync(trashed, { recursive: true, force: true });
});

describe('the trash', () => {
  it('is brought back file by file with its times, and is gone then', async () => {
    reset();
    const [undone, again] = (await answersOf([undoing(), undoing()])) as object[];
    expect(undone).toMatchObject({ schema: 'ckpt/undo', failed: [], damaged: [], verified: 3 });
    expect(again).toMatchObject({ restored: 0, failed: [], verified: 3 });
    expect(filesIn(tree.directory)).toEqual(before);
    expect(existsSync(join(tree.directory, '.ckpt-trash'))).toBe(false);
  });

  it('is kept while it is young, and goes for good when it is old enough', async () => {
    reset();
    const empty = ['trash', 'empty', tree.directory, '--yes'];
    const [young, dry, old, list] = (await answersOf([
      empty,
      [...empty, '--older-than', '0s', '--dry-run'],
      emptying(),
      ['trash', 'list', tree.directory],
    ])) as object[];
    expect(young).toMatchObject({ emptied: [], kept: [{ runId }], files: 0 });
    expect(dry).toMatchObject({ emptied: [{ runId }], files: 0, dryRun: true });
    expect(old).toMatchObject({ emptied: [{ runId }], kept: [], failed: [], dryRun: false });
    expect(list).toMatchObject({ runs: [] });
    expect(existsSync(join(tree.directory, '.ckpt-trash'))).toBe(false);
  });

  it('is not emptied without a yes, or where deletion is forbidden, and no unknown run is undone', async () => {
    reset();
    const old = ['trash', 'empty', tree.directory, '--older-than', '0s'];
    const [noYes, unknown] = await complaintsOf([old, ['undo', 'nobody', '--in', tree.directory]]);
    expect(noYes).toMatchObject({ code: 'usage', status: 2 });
    expect(unknown).toMatchObject({ code: 'usage', status: 2 });
    const [forbidden] = await complaintsOf([[...old, '--yes']], { env: { CKPT_DISABLE_DELETE: '1' } });
    expect(forbidden).toMatchObject({ code: 'refused', status: 4 });
    expect(contentOf(tree.directory, { own: true })).toEqual(contentOf(trashed, { own: true }));
  });

  it.each([
    ['an undo', undoing],
    ['an emptying', emptying],
  ])('survives the death of %s anywhere', async (_, args) => {
    reset();
    expect((await ckpt(args())).status).toBe(0);
    const wanted = filesIn(tree.directory);
    const owned = contentOf(tree.directory, { own: true });
    for (let n = 1 + (testSeed % STRIDE); ; n += STRIDE) {
      reset();
      const killed = await ckptKilledAtCall(n, args());
      expect((await ckpt(['verify', tree.directory, ...tree.rewrite])).status, `killed at call ${n}`).toBe(0);
      expect((await ckpt(args())).status).toBe(0);
      expect(filesIn(tree.directory), `killed at call ${n}`).toEqual(wanted);
      expect(contentOf(tree.directory, { own: true }), `killed at call ${n}`).toEqual(owned);
      if (!killed) break;
    }
  });
});

describe('a lock', () => {
  it('is taken away only when its holder has ended, or by force', async () => {
    const at = join(tree.directory, '.ckpt-lock');
    const lock = (host: string, processId: number, lifeMs: number) =>
      writeFileSync(
        at,
        JSON.stringify({
          runId: 'somebody',
          token: 'theirs',
          host,
          processId,
          heartbeatAt: new Date(Date.now()).toISOString(),
          expiresAt: new Date(Date.now() + lifeMs).toISOString(),
        }),
      );
    const unlock = ['unlock', tree.directory];
    const minute = 60_000;
    lock('elsewhere', 1, minute);
    const [held] = await complaintsOf([unlock]);
    expect(held).toMatchObject({ code: 'locked', status: 7 });
    expect(existsSync(at)).toBe(true);
    const [forced, none] = await answersOf([[...unlock, '--force'], unlock]);
    expect(forced).toMatchObject({ holder: { runId: 'somebody' }, removed: true });
    expect(none).toMatchObject({ holder: null, removed: false });
    lock('elsewhere', 1, -minute);
    expect((await answersOf([unlock]))[0]).toMatchObject({ removed: true });
    lock(hostname(), 2 ** 30, minute);
    expect((await answersOf([unlock]))[0]).toMatchObject({ removed: true });
    expect(existsSync(at)).toBe(false);
  });
});
