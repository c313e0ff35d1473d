import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedDocument, expectedFiles, fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import { ckpt, ckptProcess, cleanEnvironment, RUN } from './process.js';
import { masked, plantTree, type Tree } from './trees.js';

const CASE = 'rocksdb-incremental';
let tree: Tree;
beforeAll(() => {
  tree = plantTree(CASE);
});
afterAll(() => tree.remove());

interface Row {
  readonly path: string;
  readonly [field: string]: unknown;
}

async function rowsOf(args: readonly string[]): Promise<readonly Row[]> {
  const { stdout, stderr, status } = await ckpt(['list', ...args, '--json']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const { schema, schemaVersion, snapshots } = JSON.parse(stdout);
  expect({ schema, schemaVersion }).toEqual({ schema: 'ckpt/list', schemaVersion: 1 });
  return snapshots;
}

describe('ckpt list', () => {
  test('says of every snapshot what Flink says of it', async () => {
    const fixture = fixtureCase(CASE);
    const expected = fixtureSnapshots(fixture).map((snapshot) => {
      const document = expectedDocument(fixture, snapshot) as Record<string, number>;
      return {
        path: `file://${tree.directory}/${snapshot.path}`,
        job: snapshot.path.split('/')[1],
        id: document.checkpointId,
        kind: 'checkpoint',
        condition: 'complete',
        time: '2026-01-02T03:04:05.000Z',
        fullBytes: document.stateSize,
        addedBytes: document.checkpointedSize,
        metadataBytes: snapshot.bytes.length,
        files: expectedFiles(fixture, snapshot).length,
        missing: 0,
        restorable: true,
      };
    });
    expect(await rowsOf([tree.directory, ...tree.rewrite])).toEqual(expected);
  });

  test('takes several locations, and a path relative to the working directory', async () => {
    const checkpoints = `checkpoints/${fixtureSnapshots(fixtureCase(CASE))[0]!.path.split('/')[1]}`;
    const { stdout } = await ckpt(
      ['list', `${checkpoints}/chk-5`, `./${checkpoints}/chk-7/_metadata`, ...tree.rewrite, '--json'],
      {
        cwd: tree.directory,
      },
    );
    expect(JSON.parse(stdout).snapshots.map((row: Row) => row.id)).toEqual([5, 7]);
  });

  test('shows the tree to people', async () => {
    const { stdout, stderr, status } = await ckpt(['list', tree.directory, ...tree.rewrite]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    await expect(masked(stdout, tree)).toMatchFileSnapshot('golden/list.txt');
  });

  test('colours its table only where colour is forced or there is a terminal', async () => {
    const coloured = await ckptProcess(['list', tree.directory, ...tree.rewrite], {
      env: { FORCE_COLOR: '1' },
    });
    expect(coloured.stdout).toContain('\u001b[32mcomplete');
  });

  test('shows what is broken when a file is gone, and what to do', async () => {
    const broken = plantTree(CASE);
    const fixture = fixtureCase(CASE);
    const last = fixtureSnapshots(fixture).at(-1)!;
    const [uri = ''] = expectedFiles(fixture, last).find(([path]) => path?.includes('/shared/'))!;
    rmSync(join(broken.directory, uri.slice(fixture.baseUri.length)));
    const { stdout, status } = await ckpt(['list', broken.directory, ...broken.rewrite]);
    broken.remove();
    expect(status).toBe(0);
    expect(stdout).toMatch(/chk-7 .* broken: 1 missing /);
    expect(stdout).toMatch(
      /! \d snapshots? cannot be restored: .*"ckpt inspect file:.*" with the same --rewrite\./,
    );
  });

  test.skipIf(process.platform === 'win32')('ends quietly when its reader goes away', async () => {
    const command = `"${process.execPath}" "${RUN}" list "${tree.directory}" | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command], {
      env: cleanEnvironment(),
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ +SNAPSHOT .*\n0\n$/);
  });
});
