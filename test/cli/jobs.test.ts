// A job of `ckpt run --rest` as one process, and the commands that tell it what to do as others.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { answersOf, ckpt, cleanEnvironment, complaintsOf, RUN } from './process.js';

it('a running job is listed, takes a checkpoint, and is stopped with a savepoint, by other processes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-jobs-'));
  const job = spawn(
    process.execPath,
    [RUN, 'run', 'example:page-views', '--checkpoint-dir', join(directory, 'cp'), '--rest', '0'],
    { env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => job.once('exit', resolve));
  try {
    let rest = '';
    for await (const line of createInterface({ input: job.stderr })) {
      rest ||= /http:\/\/\S+/.exec(line)?.[0] ?? '';
      if (line.includes('runs as job')) break;
    }
    job.stderr.resume();
    const at = ['--rest', rest, '--json'];
    const [jobs, taken] = await answersOf([
      ['jobs', ...at],
      ['trigger', ...at],
    ]);
    expect(jobs).toMatchObject({ schema: 'ckpt/jobs', jobs: [{ name: 'page-views', state: 'RUNNING' }] });
    expect(taken).toMatchObject({ id: 1, path: expect.stringMatching(/\/chk-1$/) });
    const stopped = await ckpt(['stop', '--rest', rest, '-p', 'savepoints'], { cwd: directory });
    expect(stopped).toMatchObject({ status: 0, stderr: '' });
    expect(stopped.stdout).toMatch(/^file:\/.*\/savepoints\/savepoint-[0-9a-f-]+\n$/);
    expect(await ended).toBe(0);
    const [gone, nowhere, port] = await complaintsOf([
      ['cancel', '--rest', rest],
      ['cancel', '--rest', 'jobmanager'],
      ['run', 'example:counter', '--rest', '99999'],
    ]);
    expect(gone).toMatchObject({ code: 'cluster-unreachable', status: 6 });
    expect(nowhere).toMatchObject({ code: 'usage', status: 2, text: expect.stringContaining('http://') });
    expect(port).toMatchObject({ code: 'usage', status: 2, text: expect.stringContaining('--rest 8081') });
  } finally {
    job.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
});
