// The built tool is killed just before a call that changes a file, at one call after the other; the same command is run
// again, and what is left is what an unkilled run leaves. In between no checkpoint that is there has lost a file.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { openReader } from '../../src/storage/open.js';
import { verifySnapshots } from '../../src/usecases/verify-snapshots.js';
import { runs, testSeed } from '../support/runs.js';
import { answersOf, ckpt, cleanEnvironment, RUN } from './process.js';
import { plantTree, type Tree } from './trees.js';

const KILL = fileURLToPath(new URL('../support/kill-at-call.mjs', import.meta.url));
const JOB = '0a6d8e2b0094db680d9a9874fabf74e8';

/** In the long run every call, else a few of them. */
const STRIDE = runs({ sample: 61, full: 1 });
const FIRST = 1 + (testSeed % runs({ sample: 13, full: 1 }));

const TIMEOUT_MS = runs({ sample: 300_000, full: 7_200_000 });

let tree: Tree;
let scratch: string;
beforeAll(() => {
  tree = plantTree('rocksdb-incremental');
  scratch = mkdtempSync(join(tmpdir(), 'ckpt-kill-'));
  cpSync(tree.directory, join(scratch, 'original'), { recursive: true, preserveTimestamps: true });
});
afterAll(() => {
  tree.remove();
  rmSync(scratch, { recursive: true, force: true });
});

/** The tree as it was; always in the same place, since plans name it. */
function replant(): void {
  rmSync(tree.directory, { recursive: true });
  cpSync(join(scratch, 'original'), tree.directory, { recursive: true, preserveTimestamps: true });
  for (const name of readdirSync(tree.directory, { recursive: true, encoding: 'utf8' })) {
    const { mtime } = statSync(join(scratch, 'original', name));
    utimesSync(join(tree.directory, name), mtime, mtime);
  }
}

/** Everything but what stands in the papers of a run, its log, and files that a killed process had only begun. */
function content(): readonly string[] {
  return readdirSync(tree.directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.inprogress\.|\/log-[^/]*$/.test(name))
    .map((name) => {
      const status = statSync(join(tree.directory, name));
      return status.isDirectory() ? `${name}/` : `${name} ${name.endsWith('.json') ? '' : status.size}`;
    })
    .sort();
}

/** Paths of those that lost files. */
async function brokenSnapshots(): Promise<readonly string[]> {
  const { snapshots } = await verifySnapshots([parseLocation(tree.directory, '/')], {
    openReader,
    rewrites: [parseRewrite(tree.rewrite[1]!, '/')],
    deep: false,
  });
  return snapshots.filter(({ condition }) => condition === 'broken').map(({ path }) => path);
}

describe.each([
  ['put aside', []],
  ['removed', ['--no-quarantine']],
] as const)('a plan whose files are %s', (_, flags) => {
  test(
    'ends as it should after a kill at any call',
    async () => {
      const plan = join(scratch, `plan${flags.length}.json`);
      replant();
      const policy = ['--keep-last', '1', '--max-percent', '100', '--job-stopped', JOB, ...flags];
      await answersOf([['plan', tree.directory, ...tree.rewrite, ...policy, '-o', plan]]);
      await ckpt(['apply', plan]);
      const wanted = content();
      let killed = 0;
      for (let at = FIRST; ; at += STRIDE) {
        replant();
        const env = { ...cleanEnvironment(), KILL_AT_CALL: String(at) };
        const { signal } = spawnSync(process.execPath, ['--import', KILL, RUN, 'apply', plan], { env });
        expect(await brokenSnapshots(), `killed at call ${at}`).toEqual([]);
        const again = await ckpt(['apply', plan]);
        expect([again.status, again.stderr], `killed at call ${at}`).toEqual([0, '']);
        expect(content(), `killed at call ${at}`).toEqual(wanted);
        if (signal === null) break;
        killed++;
      }
      expect(killed).toBeGreaterThan(0);
      expect(existsSync(join(tree.directory, '.ckpt-lock'))).toBe(false);
    },
    TIMEOUT_MS,
  );
});
