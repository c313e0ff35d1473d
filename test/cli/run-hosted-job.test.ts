// What a job's code can do to the process that runs it: none of it may look like success, or like a bug of the program.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ckpt, ckptProcess, cleanEnvironment, RUN } from './process.js';

let directory: string;
const at = (name: string) => join(directory, name);

/** A job whose function does something at the tenth of many records. */
const atTheTenth = (statement: string) =>
  `export default (env) => env.fromSequence(1, 1e8).map((n) => {\n if (n === 10) ${statement};\n return n; }).discard();`;

const JOBS: Readonly<Record<string, string>> = {
  'stalls-when-loaded.ts': 'await new Promise(() => {});\nexport default () => {};',
  'stalls-when-built.ts': 'export default () => new Promise(() => {});',
  'ends-when-loaded.ts': 'process.exit(0);',
  'ends-when-built.ts': 'export default () => process.exit(0);',
  'ends-when-run.ts': atTheTenth('process.exit(0)'),
  'rejects.ts': atTheTenth("Promise.reject(new Error('stray'))"),
  'rejects-often.ts':
    "export default (env) => env.fromSequence(1, 99).map((n) => { Promise.reject('stray'); return n; }).discard();",
  'throws-later.ts': atTheTenth("setTimeout(() => { throw new Error('stray'); })"),
  'leaves-timer.ts': 'export default (env) => { setInterval(() => {}, 1e6); env.fromElements(1).print(); };',
  'talks.ts':
    "console.log('built');\nexport default (env) => env.fromElements(1).map((n) => (console.log(n), n)).print();",
  'throws-no-text.ts':
    'export default (env) => env.fromElements(1).map(() => { throw Object.create(null); }).discard();',
  'own-handler.ts': `import { generatorSource } from 'ckpt';
    process.on('SIGINT', () => process.exit(0));
    export default (env) => env.fromSource(generatorSource(String, { recordsPerSecond: 10 }), 'Slow').discard();`,
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-hosted-'));
  for (const [name, text] of Object.entries(JOBS)) writeFileSync(at(name), text);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a job fails with 1, and is named,', () => {
  const STALLS = 'waits for something that can never happen';
  const ENDS = 'ended the process';
  const ESCAPES = 'let an error escape: stray';
  it.each([
    ['stalls-when-loaded.ts', STALLS],
    ['stalls-when-built.ts', STALLS],
    ['ends-when-loaded.ts', ENDS],
    ['ends-when-built.ts', ENDS],
    ['ends-when-run.ts', ENDS],
    ['rejects.ts', `${ESCAPES}\nwhere: `],
    ['rejects-often.ts', ESCAPES],
    ['throws-later.ts', ESCAPES],
  ])('when it %s', async (job, message) => {
    const { status, stdout, stderr } = await ckptProcess(['run', job, '-q', '--json'], { cwd: directory });
    expect(stderr).toMatch(/^error: .*\n(where: .*\n)? next: .*\n$/);
    expect(stderr).toContain(`${job} ${message}`);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'job-failed' });
    expect(status).toBe(1);
  });
});

test('what a job says to the console leaves stdout to the document', async () => {
  const { stdout, stderr } = await ckptProcess(['run', 'talks.ts', '-q', '--json'], { cwd: directory });
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'ckpt/run', state: 'FINISHED' });
  expect(stderr).toBe('built\n1\n1\n');
});

test('a job that throws what has no text fails where it threw', async () => {
  const { status, stderr } = await ckpt(['run', 'throws-no-text.ts', '-q'], { cwd: directory });
  expect(stderr).toContain('something that has no text was thrown');
  expect(stderr).not.toContain('the start of the job');
  expect(status).toBe(1);
});

describe('a job', () => {
  it('that leaves a timer behind does not keep the process', async () => {
    const { status, stdout } = await ckptProcess(['run', 'leaves-timer.ts', '-q'], { cwd: directory });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1\n' });
  });

  it('that ends the process at Ctrl-C ends it with 130', async () => {
    const child = spawn(process.execPath, [RUN, 'run', at('own-handler.ts')], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    createInterface(child.stderr).once('line', () => child.kill('SIGINT'));
    expect(await once(child, 'close')).toEqual([130, null]);
  });

  it('may be given the claim mode as Flink writes it', async () => {
    const options = ['--interval', '10ms', '--checkpoint-dir', at('checkpoints'), '--json', '-q'];
    const first = await ckpt(['run', 'example:counter', ...options]);
    const { newestSnapshot } = JSON.parse(first.stdout);
    for (const [mode, expected] of [
      ['NO_CLAIM', 0],
      ['CLAIM', 0],
      ['LEGACY', 2],
    ] as const) {
      const args = ['run', 'example:counter', '-q', '-s', newestSnapshot, '--restoreMode', mode];
      expect(await ckpt(args)).toMatchObject({ status: expected });
    }
  });
});

describe.skipIf(process.platform === 'win32')('a working directory that has been removed', () => {
  it('is a usage error', async () => {
    const script = 'mkdir "$0/gone" && cd "$0/gone" && rmdir "$0/gone" && exec "$@"';
    const command = ['-c', script, directory, process.execPath, RUN, 'run', 'example:counter'];
    const { status, stderr } = await new Promise<{ status: unknown; stderr: string }>((resolve) => {
      execFile('sh', command, { env: cleanEnvironment() }, (error, _stdout, text) =>
        resolve({ status: error?.code, stderr: text }),
      );
    });
    expect(stderr).toMatch(/^error: the working directory does not exist any more\n next: .*\n$/);
    expect(status).toBe(2);
  });
});
