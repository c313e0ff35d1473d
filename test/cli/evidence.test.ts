// The flags that name evidence about jobs, and those that allow more, each with what it changes in an audit. A cluster is a
// server that plays what a real one answered.
import { cpSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answering, RECORDED, recorded, withServer } from '../liveness/support.js';
import { ckpt } from './process.js';
import { plantTree, type Tree } from './trees.js';

const JOB = '260c58380bfdfa9d66019152dbd41a51';
const OLD = new Date('2026-01-02T03:04:05.000Z');
/** Orphans in `shared`, as Flink left them; and three files that were put beside them. */
const SHARED = 12;
const TASK_OWNED = `checkpoints/${JOB}/taskowned/0e9d3a5e-0000-4000-8000-000000000001`;
const PENDING = `checkpoints/${RECORDED.job}/chk-20/0e9d3a5e-0000-4000-8000-000000000002`;
let tree: Tree;
beforeAll(() => {
  tree = plantTree('checkpoint-expired');
  for (const path of [TASK_OWNED, PENDING]) {
    mkdirSync(join(tree.directory, path, '..'), { recursive: true });
    writeFileSync(join(tree.directory, path), 'x');
    utimesSync(join(tree.directory, path), OLD, OLD);
  }
});
afterAll(() => tree.remove());

interface File {
  readonly path: string;
  readonly class: string;
  readonly deletable: boolean;
  readonly reason?: string;
}

async function audit(...args: readonly string[]) {
  const { stdout, status } = await ckpt([
    ...['audit', join(tree.directory, 'checkpoints'), ...tree.rewrite],
    ...['--files', '--json', ...args],
  ]);
  const { files, problems, jobs } = JSON.parse(stdout);
  const unneeded = (files as File[]).filter(({ class: of }) => of === 'orphan' || of === 'incomplete');
  const reasonOf = (path: string) =>
    unneeded.find((file) => file.path === `file://${tree.directory}/${path}`)?.reason ?? null;
  return {
    status,
    deletable: unneeded.filter(({ deletable }) => deletable).length,
    reasons: [...new Set(unneeded.map(({ reason }) => reason ?? null))].sort(),
    problems: (problems as { code: string }[]).map(({ code }) => code),
    liveness: jobs.find(({ job }: { job: string }) => job === JOB).liveness,
    taskOwned: reasonOf(TASK_OWNED),
    pending: reasonOf(PENDING),
  };
}

/** What the recorded cluster answered of its job, said of the job of the tree. */
function playing(phase: string): Answering {
  const answer = recorded(phase, (_, body) => JSON.parse(JSON.stringify(body).replaceAll(RECORDED.job, JOB)));
  return (request, response) => {
    request.url = request.url?.replace(JOB, RECORDED.job);
    answer(request, response);
  };
}

const withCluster = (phase: string, ...args: readonly string[]) =>
  withServer(playing(phase), (url) => audit('--rest', url.href, ...args));

describe('evidence in an audit', () => {
  test('without any nothing may go, and unknown jobs only under the strictest conditions', async () => {
    expect(await audit()).toMatchObject({ deletable: 0, reasons: ['job-may-run'], liveness: 'unknown' });
    expect(await audit('--unknown-jobs')).toMatchObject({
      deletable: SHARED,
      taskOwned: 'job-may-run',
      pending: 'job-may-run',
    });
  });

  test('the word that a job has ended frees what only it could use, and taskowned files with a second word', async () => {
    expect(await audit('--job-stopped', JOB)).toMatchObject({
      ...{ status: 0, deletable: SHARED, liveness: 'ended', problems: [] },
      ...{ taskOwned: 'task-owned', pending: 'job-may-run' },
    });
    expect(await audit('--job-stopped', JOB, '--no-write-ahead-sinks')).toMatchObject({
      deletable: SHARED + 1,
      pending: 'job-may-run',
    });
  });

  test('the word that nobody writes to a place holds for all jobs in it, but not for what a JobManager goes on from', async () => {
    const stopped = ['--stopped', tree.directory];
    expect(await audit(...stopped)).toMatchObject({ deletable: SHARED + 1, pending: null });
    const directory = join(tree.directory, 'ha');
    mkdirSync(directory);
    cpSync(
      new URL('../liveness/answers/completedCheckpoint-flink-2.3.0', import.meta.url),
      join(directory, 'completedCheckpoint6f1c8ab2d9'),
    );
    expect(await audit(...stopped, '--ha-dir', directory)).toMatchObject({
      deletable: SHARED,
      pending: 'pinned',
    });
    writeFileSync(join(directory, 'completedCheckpoint6f1c8ab2d9'), 'nothing');
    expect(await audit(...stopped, '--ha-dir', directory)).toMatchObject({
      deletable: 0,
      reasons: ['evidence-unreachable'],
    });
  });

  test('a cluster that says that the job has ended suffices; one that shows it running is believed over the word', async () => {
    expect(await withCluster('canceled')).toMatchObject({ deletable: SHARED, liveness: 'ended' });
    expect(await withCluster('running', '--job-stopped', JOB)).toMatchObject({
      ...{ deletable: 0, liveness: 'running', taskOwned: 'job-runs' },
      problems: ['evidence-contradicted'],
    });
  });

  test('a cluster that does not know the job proves nothing, and one that does not answer holds everything back', async () => {
    expect(await withServer(recorded('canceled'), (url) => audit('--rest', url.href))).toMatchObject({
      deletable: 1,
      pending: null,
      liveness: 'unknown',
    });
    const gone = await withServer(recorded('canceled'), async (url) => url.href);
    expect(await audit('--rest', gone, '--job-stopped', JOB)).toMatchObject({
      ...{ status: 6, deletable: 0, reasons: ['evidence-unreachable'] },
      problems: ['evidence-unreachable'],
    });
  });
});

test('ckpt why judges by the same evidence', async () => {
  const shared = `checkpoints/${JOB}/shared/2315a16e-fac0-47d7-ba4d-eb1e96a73264`;
  const why = async (...args: readonly string[]) => {
    const where = ['--in', join(tree.directory, 'checkpoints'), ...tree.rewrite, '--json', ...args];
    const { stdout } = await ckpt(['why', join(tree.directory, shared), ...where]);
    return JSON.parse(stdout);
  };
  expect(await why()).toMatchObject({ deletable: false, reason: 'job-may-run' });
  expect(await why('--unknown-jobs')).toMatchObject({ deletable: true });
  expect(await why('--job-stopped', JOB)).toMatchObject({ deletable: true });
});
