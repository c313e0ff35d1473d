import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedFiles, fixtureCase, fixtureRows, fixtureSnapshots } from '../support/fixtures.js';
import { ckpt } from './process.js';
import { masked, plantTree, type Tree } from './trees.js';

const CLAIM = 'restore-claim';
const WHOLE = 'rocksdb-incremental-p4';
let claim: Tree;
let whole: Tree;
beforeAll(() => {
  claim = plantTree(CLAIM);
  whole = plantTree(WHOLE);
});
afterAll(() => {
  claim.remove();
  whole.remove();
});

/** By the magic number at its end. */
const isTable = (path: string) => readFileSync(path).subarray(-8).toString('hex') === 'f7cff485b741e288';

describe('ckpt verify', () => {
  test('ends with 3 and names what is missing, with the state that it costs', async () => {
    const { stdout, stderr, status } = await ckpt(['verify', claim.directory, ...claim.rewrite, '--json']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 3 });
    const document = JSON.parse(stdout);
    expect([document.schema, document.schemaVersion]).toEqual(['ckpt/verify', 1]);
    const missing = document.snapshots.flatMap((snapshot: { missing: unknown[] }) => snapshot.missing);
    const paths = missing.map(({ path }: { path: string }) =>
      path.slice(`file://${claim.directory}/`.length),
    );
    const expected = fixtureRows(fixtureCase(CLAIM), 'missing.txt').map(([path]) => path);
    expect([...new Set(paths)].sort()).toEqual(expected.sort());
    expect(missing[0]).toEqual({
      path: expect.stringMatching(/^file:\/\/.*\/shared\//),
      bytes: expect.any(Number),
      operators: [
        {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          name: expect.any(String),
          uid: expect.any(String),
          subtasks: [expect.any(Number)],
          keyGroups: [{ first: expect.any(Number), last: expect.any(Number) }],
          coordinator: false,
        },
      ],
    });
  });

  test('shows it to people', async () => {
    const { stdout, status } = await ckpt(['verify', claim.directory, ...claim.rewrite]);
    expect(status).toBe(3);
    await expect(masked(stdout, claim)).toMatchFileSnapshot('golden/verify.txt');
  });

  test('ends with 0 where all is well, the files read too', async () => {
    const { stdout, stderr, status } = await ckpt([
      'verify',
      whole.directory,
      ...whole.rewrite,
      '--deep',
      '--json',
    ]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const { snapshots } = JSON.parse(stdout);
    expect(snapshots).toHaveLength(fixtureSnapshots(fixtureCase(WHOLE)).length);
    for (const { restorable, missing, sizeMismatch, damaged, unchecked } of snapshots) {
      expect({ restorable, missing, sizeMismatch, damaged, unchecked }).toEqual({
        restorable: true,
        missing: [],
        sizeMismatch: [],
        damaged: [],
        unchecked: [],
      });
    }
  });

  test('sees a changed byte only with --deep, and a changed size without', async () => {
    const planted = plantTree(WHOLE);
    const fixture = fixtureCase(WHOLE);
    const last = fixtureSnapshots(fixture).at(-1)!;
    const [file = '', other = ''] = expectedFiles(fixture, last)
      .map(([path = '']) => join(planted.directory, path.slice(fixture.baseUri.length)))
      .filter((path) => path.includes('/shared/') && isTable(path));
    const bytes = readFileSync(file);
    bytes[100] = bytes[100]! ^ 1;
    writeFileSync(file, bytes);
    const shallow = await ckpt(['verify', planted.directory, ...planted.rewrite]);
    const deep = await ckpt(['verify', planted.directory, ...planted.rewrite, '--deep']);
    writeFileSync(other, 'short');
    const resized = await ckpt(['verify', planted.directory, ...planted.rewrite, '--json']);
    planted.remove();
    expect(shallow.status).toBe(0);
    expect(deep.status).toBe(3);
    expect(deep.stdout).toMatch(new RegExp(`damaged {2}file://${file} .*checksum does not match`));
    expect(resized.status).toBe(3);
    const mismatch = JSON.parse(resized.stdout).snapshots.flatMap(
      (row: { sizeMismatch: unknown[] }) => row.sizeMismatch,
    );
    expect(mismatch[0]).toMatchObject({ path: `file://${other}`, actualBytes: 5 });
  });

  test('takes a checkpoint without _metadata for damage only where it was given itself', async () => {
    const planted = plantTree('killed-mid-checkpoint');
    const all = await ckpt(['verify', planted.directory, ...planted.rewrite, '--json']);
    const incomplete = JSON.parse(all.stdout).snapshots.find(
      (snapshot: { condition: string }) => snapshot.condition === 'incomplete',
    );
    const alone = await ckpt(['verify', incomplete.path]);
    planted.remove();
    expect(all.status).toBe(0);
    expect(incomplete.restorable).toBe(false);
    expect(alone.status).toBe(3);
  });
});
