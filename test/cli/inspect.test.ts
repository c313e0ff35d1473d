import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedDocument, expectedFiles, fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import { ckpt } from './process.js';
import { masked, plantTree, type Tree } from './trees.js';

const CASE = 'rocksdb-incremental';
const fixture = fixtureCase(CASE);
const snapshot = fixtureSnapshots(fixture).at(-1)!;
const expected = expectedDocument(fixture, snapshot) as Record<string, unknown> & {
  readonly operators: readonly Record<string, unknown>[];
};

let tree: Tree;
let path: string;
beforeAll(() => {
  tree = plantTree(CASE);
  path = `${tree.directory}/${snapshot.path}`;
});
afterAll(() => tree.remove());

async function documentOf(...args: readonly string[]) {
  const { stdout, stderr, status } = await ckpt(['inspect', path, ...tree.rewrite, ...args, '--json']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout);
}

describe('ckpt inspect', () => {
  test('says of a snapshot what Flink says of it', async () => {
    const document = await documentOf();
    expect(document).toMatchObject({
      schema: 'ckpt/inspect',
      schemaVersion: 1,
      path: `file://${path}`,
      formatVersion: expected.formatVersion,
      checkpointId: expected.checkpointId,
      fullBytes: expected.stateSize,
      addedBytes: expected.checkpointedSize,
      inlineBytes: expected.inlineBytes,
      fileCount: expected.fileCount,
      fileBytes: expected.fileBytes,
      kind: 'checkpoint',
      condition: 'complete',
      restorable: true,
      missingCount: 0,
    });
    const { operators } = document as { operators: readonly Record<string, unknown>[] };
    expect(operators.map(({ id, name, uid, fullBytes }) => ({ id, name, uid, fullBytes }))).toEqual(
      expected.operators.map(({ id, name, uid, stateSize }) => ({ id, name, uid, fullBytes: stateSize })),
    );
  });

  test('--files lists each file once, where it is', async () => {
    const { files, directories } = await documentOf('--files');
    const rows = (files as { path: string; bytes: number; kind: string; references: number }[]).map(
      ({ path: file, bytes, kind, references }) => [file, String(bytes), kind, String(references)],
    );
    const moved = expectedFiles(fixture, snapshot).map(([file = '', ...rest]) => [
      file.replace(fixture.baseUri, `file://${tree.directory}`),
      ...rest,
    ]);
    expect(rows).toEqual(moved.sort((a, b) => (a[0]! < b[0]! ? -1 : 1)));
    expect(directories).toEqual([]);
  });

  test('--raw adds the whole decoded metadata', async () => {
    const { metadata, operators } = await documentOf('--raw');
    expect(metadata.operators).toHaveLength(operators.length);
    const text = await ckpt(['inspect', path, '--raw']);
    expect(JSON.parse(text.stdout)).toEqual(metadata);
  });

  test('--top and --operator choose operators', async () => {
    const top = await documentOf('--top', '1');
    expect(top.operators).toHaveLength(1);
    const byUid = await documentOf('--operator', String(expected.operators[0]!.uid));
    expect(byUid.operators.map(({ id }: { id: string }) => id)).toEqual([expected.operators[0]!.id]);
    const nobody = await ckpt(['inspect', path, '--operator', 'nobody']);
    expect(nobody.stderr).toMatch(/no operator has the name, uid or id nobody/);
    expect(nobody).toMatchObject({ status: 2, stdout: '' });
  });

  test('shows the snapshot to people', async () => {
    const { stdout, stderr, status } = await ckpt(['inspect', path, ...tree.rewrite]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    await expect(masked(stdout, tree)).toMatchFileSnapshot('golden/inspect.txt');
  });

  test('--state prints values, one line each; --key one of them', async () => {
    const args = ['inspect', path, ...tree.rewrite, '--state', 'count', '--uid', 'payload'];
    const all = await ckpt(args);
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(all.stdout).toContain('\nk100 = 16\n');
    expect(await ckpt([...args, '--key', 'k100'])).toEqual({ status: 0, stderr: '', stdout: 'k100 = 16\n' });
    expect(await ckpt([...args, '--key', 'x'])).toMatchObject({ status: 0, stdout: '' });
  });

  test('--state without --uid names the operators that have such a state', async () => {
    const { stdout, stderr, status } = await ckpt(['inspect', path, ...tree.rewrite, '--state', 'count']);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toContain('--state count is of one operator, and it was not said which');
    expect(stderr).toContain('add --uid with one of those that have it: payload');
  });

  test('--uids ends with 3 where the job would not restore', async () => {
    const uids = join(tree.directory, 'uids.txt');
    writeFileSync(uids, 'payload\n');
    const lacking = await ckpt(['inspect', path, ...tree.rewrite, '--uids', uids, '--json']);
    expect(lacking).toMatchObject({ status: 3, stderr: '' });
    expect(JSON.parse(lacking.stdout).restoreCheck).toMatchObject({
      structureOnly: true,
      wouldRestore: false,
    });
    writeFileSync(uids, 'payload\nnumbers\n');
    expect(await ckpt(['inspect', path, ...tree.rewrite, '--uids', uids])).toMatchObject({ status: 0 });
  });

  test('its neighbour is compared by ckpt diff', async () => {
    const { stdout, status } = await ckpt(['diff', path, path, ...tree.rewrite, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'ckpt/diff',
      schemaVersion: 1,
      kept: { files: expected.fileCount },
      added: { files: 0 },
    });
  });

  test('a tree that is elsewhere is shown with what is missing', async () => {
    const { stdout, status } = await ckpt(['inspect', path]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^chk-7 {2}checkpoint 7, broken\n/);
    expect(stdout).toContain(`${fixture.baseUri.replace('file:', 'file://')}/`);
    const summary = JSON.parse((await ckpt(['inspect', path, '--json'])).stdout);
    const whole = JSON.parse((await ckpt(['inspect', path, '--files', '--json'])).stdout);
    expect(summary.missingCount).toBeGreaterThan(0);
    expect(summary).not.toHaveProperty('missing');
    expect(whole.missing).toHaveLength(summary.missingCount);
    expect(whole.missing[0].path).toContain(fixture.baseUri.replace('file:', 'file://'));
  });
});
