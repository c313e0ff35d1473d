import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import { ckpt } from './process.js';
import { plantTree, type Tree } from './trees.js';

const trees = new Map<string, Tree>();
const tree = (name: string): Tree => trees.get(name)!;
beforeAll(() => {
  for (const name of ['restore-claim', 'restore-noclaim', 'rocksdb-incremental'])
    trees.set(name, plantTree(name));
});
afterAll(() => {
  for (const { remove } of trees.values()) remove();
});

/** Jobs of a case, the one with the highest checkpoint id last. */
function jobsOf(name: string): readonly string[] {
  const newest = new Map<string, number>();
  for (const { path } of fixtureSnapshots(fixtureCase(name))) {
    const [, job = '', directory = ''] = path.split('/');
    newest.set(job, Math.max(newest.get(job) ?? 0, Number(directory.slice('chk-'.length))));
  }
  return [...newest].sort(([, a], [, b]) => a - b).map(([job]) => job);
}

const latest = (name: string, below: string, ...args: string[]) =>
  ckpt(['latest', join(tree(name).directory, below), ...tree(name).rewrite, ...args]);

describe('ckpt latest', () => {
  test('prints the URI of the newest snapshot and nothing else', async () => {
    const { directory } = tree('rocksdb-incremental');
    const [job] = jobsOf('rocksdb-incremental');
    expect(await latest('rocksdb-incremental', '.')).toEqual({
      status: 0,
      stdout: `file://${directory}/checkpoints/${job}/chk-7\n`,
      stderr: '',
    });
  });

  test('takes jobs for one that took over each other’s files', async () => {
    const [, claimer] = jobsOf('restore-claim');
    const { stdout, status } = await latest('restore-claim', '.', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'ckpt/latest',
      schemaVersion: 1,
      path: `file://${tree('restore-claim').directory}/checkpoints/${claimer}/chk-7`,
      job: claimer,
      id: 7,
    });
  });

  test('passes over what the claim broke, says why, and ends with 3 where nothing is left', async () => {
    const [claimed] = jobsOf('restore-claim');
    const { stdout, stderr, status } = await latest('restore-claim', `checkpoints/${claimed}`);
    expect({ stdout, status }).toEqual({ stdout: '', status: 3 });
    expect(stderr).toMatch(/warning: passed over .*\/chk-5: it has no _metadata/);
    expect(stderr).toMatch(/warning: passed over .*\/chk-3: 9 files missing: file:.*\/shared\//);
    expect(stderr).toMatch(/error: none of the 3 snapshots at .* would restore/);
  });

  test('refuses to choose between jobs that nothing joins, and names them', async () => {
    const { stdout, stderr, status } = await latest('restore-noclaim', '.');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    for (const job of jobsOf('restore-noclaim')) expect(stderr).toContain(job);
    expect(stderr).toContain('--job ID');
  });

  test('chooses a job by the beginning of its id, or the newest of all restarts', async () => {
    const [first = '', second = ''] = jobsOf('restore-noclaim');
    const path = (job: string, id: number) =>
      `file://${tree('restore-noclaim').directory}/checkpoints/${job}/chk-${id}\n`;
    expect((await latest('restore-noclaim', '.', '--job', first.slice(0, 4))).stdout).toBe(path(first, 4));
    expect((await latest('restore-noclaim', '.', '--restarts')).stdout).toBe(path(second, 7));
  });

  test('says of a job that is not there that it is not', async () => {
    const { stderr, status } = await latest('restore-noclaim', '.', '--job', '0000');
    expect(status).toBe(2);
    expect(stderr).toMatch(/error: no snapshot at .* is of job 0000/);
  });

  test('tells of a name that is no text beside a _metadata, and answers', async () => {
    const planted = plantTree('rocksdb-incremental');
    const [job] = jobsOf('rocksdb-incremental');
    const beside = Buffer.from(join(planted.directory, `checkpoints/${job}/chk-7/`));
    writeFileSync(Buffer.concat([beside, Buffer.from([0xff])]), '');
    const { stdout, stderr, status } = await ckpt(['latest', planted.directory, ...planted.rewrite]);
    planted.remove();
    expect([status, stdout]).toEqual([0, expect.stringMatching(/chk-7\n$/)]);
    expect(stderr).toMatch(/^warning: the name of .* is not UTF-8/);
  });

  test('passes over a checkpoint that is under way', async () => {
    const planted = plantTree('rocksdb-incremental');
    const [job] = jobsOf('rocksdb-incremental');
    rmSync(join(planted.directory, `checkpoints/${job}/chk-7/_metadata`));
    const { stdout, stderr, status } = await ckpt(['latest', planted.directory, ...planted.rewrite]);
    planted.remove();
    expect(status).toBe(0);
    expect(stdout).toMatch(/chk-6\n$/);
    expect(stderr).toMatch(/passed over .*chk-7: it has no _metadata/);
  });
});
