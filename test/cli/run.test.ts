import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ckpt, ckptProcess, cleanEnvironment, RUN } from './process.js';

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-run-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** An endless job with checkpoints every 50 ms. */
const endless = (...more: readonly string[]) => [
  ...['run', 'example:page-views', '--checkpoint-dir', at('checkpoints'), '--interval', '50ms'],
  ...more,
];

/** Names of the chk-N directories there are. */
const checkpoints = () => {
  const jobs = readdirSync(at('checkpoints'));
  return jobs
    .flatMap((job) => readdirSync(join(at('checkpoints'), job)))
    .filter((name) => name.startsWith('chk-'));
};

describe('ckpt run', () => {
  it('runs the classic example: prints to stdout, tells of itself on stderr', async () => {
    const { status, stdout, stderr } = await ckptProcess(['run', 'example:counter']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'a 0\nb 0\nc 0\na 1\n' });
    expect(stderr).toMatch(/^counter runs as job [0-9a-f]{32}/);
    expect(stderr).toMatch(/^finished: 4 records in /m);
  });

  it('says nothing on stderr with --quiet', async () => {
    expect(await ckpt(['run', 'example:counter', '-q'])).toEqual({
      status: 0,
      stdout: 'a 0\nb 0\nc 0\na 1\n',
      stderr: '',
    });
  });

  it('prints one document with --json, and records to stderr', async () => {
    const { status, stdout, stderr } = await ckpt([
      'run',
      'example:counter',
      '--json',
      '-q',
      '--checkpoint-dir',
      at('cp'),
    ]);
    expect(status).toBe(0);
    expect(stderr).toBe('a 0\nb 0\nc 0\na 1\n');
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'ckpt/run',
      schemaVersion: 1,
      jobId: expect.stringMatching(/^[0-9a-f]{32}$/),
      job: 'counter',
      state: 'FINISHED',
      restarts: 0,
      sourceRecords: 4,
    });
  });

  it('hands the words after the job to it, flags before and after, words like flags after --', async () => {
    writeFileSync(at('job.ts'), 'export default (env, args) => env.fromElements(args.join(" ")).print();');
    const { stdout } = await ckpt(['run', at('job.ts'), 'x', 'y', '-q', 'x', '--', '-p', 'z']);
    expect(stdout).toBe('x y x -p z\n');
  });

  it('stops after some checkpoints, and keeps as many as it was told to', async () => {
    const { status, stdout } = await ckpt(
      endless('--stop-after-checkpoints', '4', '--retain', '2', '--json', '-q'),
    );
    const report = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(report.state).toBe('CANCELED');
    expect(report.checkpoints.completed).toBeGreaterThanOrEqual(4);
    expect(report.checkpoints.retained).toHaveLength(2);
    expect(checkpoints()).toHaveLength(2);
    expect(report.newestSnapshot).toBe(report.checkpoints.retained[1].path);
  });

  it('takes the checkpoints of a cancelled job away where it is told to', async () => {
    const { status } = await ckpt(endless('--stop-after-checkpoints', '2', '--on-cancel', 'delete'));
    expect(status).toBe(0);
    expect(checkpoints()).toEqual([]);
  });

  it('stops with a savepoint, and goes on from it', async () => {
    const flags = ['--stop-with-savepoint', at('savepoints')];
    const { status, stdout, stderr } = await ckpt(
      endless('--stop-after-checkpoints', '2', '--json', ...flags),
    );
    const { state, savepoint, newestSnapshot } = JSON.parse(stdout);
    expect([status, state]).toEqual([0, 'FINISHED']);
    expect(savepoint).toMatch(/\/savepoints\/savepoint-[0-9a-f]{6}-[0-9a-f]{12}$/);
    expect(newestSnapshot).toBe(savepoint);
    expect(stderr).toContain(`savepoint: ${savepoint}`);
    const second = await ckpt(endless('-s', savepoint, '-p', '2', '--stop-after-checkpoints', '1'));
    expect(second.stderr).toContain(`of state, from ${savepoint}\n`);
  });

  it('recovers from an injected failure, and goes on from a checkpoint with another parallelism', async () => {
    const first = await ckpt(endless('--fail-at', 'checkpoint:2', '--stop-after-checkpoints', '4', '--json'));
    expect(first.stderr).toMatch(/^failure of /m);
    expect(first.stderr).toMatch(/^restart 1 in /m);
    expect(first.stderr).toMatch(/^restored checkpoint /m);
    const { restarts, newestSnapshot } = JSON.parse(first.stdout);
    expect(restarts).toBe(1);
    const second = await ckpt(endless('-s', newestSnapshot, '-p', '2', '--stop-after-checkpoints', '2'));
    expect(second.status).toBe(0);
    expect(second.stderr).toContain(`of state, from ${newestSnapshot}\n`);
  });

  it('is cancelled by Ctrl-C, keeps its checkpoints and ends with 130', async () => {
    const child = spawn(process.execPath, [RUN, ...endless()], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      if (/^checkpoint 2:/.test(line)) child.kill('SIGINT');
    });
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    expect(said.at(-2)).toMatch(/^cancelled: /);
    expect(said.at(-1)).toMatch(/^retained: file:/);
    expect(checkpoints()).toHaveLength(1);
  });

  it('ends when nobody reads what it prints any more', async () => {
    writeFileSync(
      at('job.ts'),
      `import { generatorSource } from 'ckpt';
       export default (env) => env.fromSource(generatorSource(String, { recordsPerSecond: 1e5 }), 'Numbers').print();`,
    );
    const child = spawn(process.execPath, [RUN, 'run', at('job.ts'), '-q'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = await once(child, 'close');
    expect(status).toBe(0);
  });
});
