// Copies made by the built binary: what it says, and what is left when it is killed (SIGKILL) between two changes of files.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import { runs, testSeed } from '../support/runs.js';
import { ckpt, ckptKilledAtCall } from './process.js';
import { plantTree, type Tree } from './trees.js';

const CASE = 'file-merging-across';
/** In the long run every call, else a few. */
const STRIDE = runs({ sample: 97, full: 1 });

let tree: Tree;
let snapshot = '';
const place = (name: string) => join(tree.directory, name);
const copyTo = (name: string) => ['copy', snapshot, place(name), ...tree.rewrite];
const contentOf = (name: string) =>
  readdirSync(place(name))
    .sort()
    .map((file) => [file, statSync(join(place(name), file)).size]);

beforeAll(() => {
  tree = plantTree(CASE);
  snapshot = join(tree.directory, fixtureSnapshots(fixtureCase(CASE))[0]!.path);
});
afterAll(() => tree.remove());

describe('ckpt copy', () => {
  it('tells how much it would copy, copies it, and then has nothing to do', async () => {
    const dry = await ckpt([...copyTo('first'), '--dry-run', '--json']);
    expect(dry.status).toBe(0);
    expect(existsSync(place('first'))).toBe(false);
    const { status, stdout } = await ckpt(copyTo('first'));
    expect(status).toBe(0);
    expect(stdout).toContain('verified: every file is there');
    const { files, bytes } = JSON.parse(dry.stdout);
    const content = contentOf('first');
    expect(content).toHaveLength(files);
    expect(content.reduce((sum, [, size]) => sum + Number(size), 0)).toBe(bytes);
    const again = JSON.parse((await ckpt([...copyTo('first'), '--json'])).stdout);
    expect(again).toMatchObject({ schema: 'ckpt/copy', files, bytes, filesCopied: 0, verified: true });
    expect(contentOf('first')).toEqual(content);
  });

  it('refuses a directory that holds something else, with exit 4', async () => {
    const { status, stderr } = await ckpt(['copy', snapshot, join(snapshot, '../shared'), ...tree.rewrite]);
    expect(status).toBe(4);
    expect(stderr).toContain('which is not of this copy');
  });

  it('ends as it should after it was killed anywhere', async () => {
    await ckpt(copyTo('wanted'));
    const wanted = contentOf('wanted');
    for (let n = 1 + (testSeed % STRIDE); ; n += STRIDE) {
      const killed = await ckptKilledAtCall(n, copyTo('killed'));
      if (killed && existsSync(join(place('killed'), '_metadata')))
        expect((await ckpt(['verify', place('killed')])).status, `killed at call ${n}`).toBe(0);
      expect((await ckpt(copyTo('killed'))).status).toBe(0);
      expect(contentOf('killed'), `killed at call ${n}`).toEqual(wanted);
      rmSync(place('killed'), { recursive: true });
      if (!killed) break;
    }
  });
});
