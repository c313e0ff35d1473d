// The form in which `ckpt run` refuses and fails: status, streams, no stack trace. What is refused is in
// test/usecases.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BOUND_BY_PERMISSIONS,
  canRunBoundByPermissions,
  ckpt,
  ckptProcess,
  cleanEnvironment,
  RUN,
} from './process.js';

let directory: string;
const at = (name: string) => join(directory, name);

const JOBS: Readonly<Record<string, string>> = {
  'syntax.ts': 'export default (env) => {\n  env.fromElements(1;\n};',
  'throws.ts': 'interface A {}\nexport default (env) => {\n  env.fromElements(undefined.x);\n};',
  'user-error.ts': `export default (env) => env.fromElements('bad').map((word) => {
    throw new Error('cannot digest ' + word);
  }).name('Digest').print();`,
  'opens-not.ts': `export default (env) => env.fromElements('a').map({
    open() { throw new Error('cannot open'); },
    map: (word) => word,
  }).print();`,
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-run-bad-'));
  for (const [name, text] of Object.entries(JOBS)) writeFileSync(at(name), text);
  mkdirSync(at('garbage'));
  writeFileSync(at('garbage/_metadata'), 'this was never a checkpoint');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('ckpt run', () => {
  it.each<[readonly string[], number, RegExp]>([
    [['absent.ts'], 2, /there is no job at file:.*absent\.ts/],
    [['syntax.ts'], 2, /syntax error.*\nwhere: .*syntax\.ts:2:/],
    [['throws.ts'], 2, /fails while it builds its program: Cannot read prop.*\nwhere: .*throws\.ts:3:/],
    [['user-error.ts'], 1, /Digest.* failed: cannot digest bad\nwhere: .*user-error\.ts:2:/],
    [
      ['example:counter', '--paralelism', '2'],
      2,
      /there is no flag --paralelism\n(.*\n)? next: did you mean --parallelism/,
    ],
    [
      ['example:counter', '-D', 'execution.checkpointing.intervall=1s'],
      2,
      /did you mean execution\.checkpointing\.interval\?/,
    ],
    [['example:counter', '--fail-at', '3'], 2, /expected checkpoint:N, found 3/],
    [['example:counter', '-s', 'garbage'], 3, /byte 0/],
    [['example:counter', '--checkpoint-dir', 'syntax.ts'], 6, /syntax\.ts/],
  ])('refuses %j with %i', async (args, expected, message) => {
    const { status, stdout, stderr } = await ckpt(['run', '-q', ...args], { cwd: directory });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: .*\n(where: .*\n)? next: .*\n$/);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });

  it('says once why a job does not start, and leaves no directory of it behind', async () => {
    const args = ['run', 'opens-not.ts', '--checkpoint-dir', 'fresh'];
    const { status, stderr } = await ckptProcess(args, { cwd: directory });
    expect(stderr.match(/cannot open/g)).toHaveLength(1);
    expect(readdirSync(at('fresh'))).toEqual([]);
    expect(status).toBe(1);
  });

  it('shows the stack of a function that throws with -v', async () => {
    const { stderr } = await ckpt(['run', 'user-error.ts', '-v'], { cwd: directory });
    expect(stderr).toMatch(/^ +at .*user-error\.ts:2:/m);
  });

  it.runIf(canRunBoundByPermissions())('refuses a directory that it may not write to with 6', async () => {
    mkdirSync(at('closed'));
    chmodSync(directory, 0o755);
    chmodSync(at('closed'), 0o555);
    const args = ['run', 'example:counter', '--checkpoint-dir', at('closed/below')];
    const { status, stderr } = await ckptProcess(args, BOUND_BY_PERMISSIONS);
    expect(stderr).toMatch(/permission denied/);
    expect(status).toBe(6);
  });

  it('fails where its checkpoint directory vanishes, and says where', async () => {
    const options = [
      '--checkpoint-dir',
      at('vanishing'),
      '--interval',
      '50ms',
      '-D',
      'restart-strategy.type=none',
    ];
    const child = spawn(process.execPath, [RUN, 'run', 'example:page-views', ...options], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    createInterface(child.stderr).on('line', (line) => {
      stderr += `${line}\n`;
      if (!/^checkpoint 2:/.test(line)) return;
      renameSync(at('vanishing'), at('vanished'));
      writeFileSync(at('vanishing'), 'a file stands in its place');
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toMatch(/^error: .*vanishing.*\n(where: .*\n)? next: .*\n$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
  });
});
