import { describe, expect, it } from 'vitest';
import { parseUri } from '../../src/model/location.js';
import { isSnapshotDirectory, jobOf, placeOf, rootKindOf, scopeOf } from '../../src/survey/layout.js';

const JOB = '0a6d8e2b0094db680d9a9874fabf74e8';
const OTHER_JOB = 'ede4b2068cace5718671f0567ca6ee5f';
const at = (uri: string) => parseUri(uri)!;

describe('the place of a snapshot', () => {
  it.each([
    [`s3://b/ckpt/${JOB}/chk-17`, { kind: 'checkpoint', jobId: JOB, jobPrefix: null, checkpointId: 17n }],
    ['file:///ckpt/chk-0', { kind: 'checkpoint', jobId: null, jobPrefix: null, checkpointId: 0n }],
    [
      'file:///sp/savepoint-5eee30-cb2207a0aa02',
      { kind: 'savepoint', jobId: null, jobPrefix: '5eee30', checkpointId: null },
    ],
    [
      'file:///sp/savepoint-cb2207a0aa02',
      { kind: 'savepoint', jobId: null, jobPrefix: null, checkpointId: null },
    ],
    ['file:///sp/before-the-upgrade', { kind: null, jobId: null, jobPrefix: null, checkpointId: null }],
    [`file:///ckpt/${JOB}`, { kind: null, jobId: null, jobPrefix: null, checkpointId: null }],
    ['file:///ckpt/chk-007', { kind: null, jobId: null, jobPrefix: null, checkpointId: null }],
    ['file:///ckpt/chk-', { kind: null, jobId: null, jobPrefix: null, checkpointId: null }],
    ['file:///ckpt/chk--1', { kind: null, jobId: null, jobPrefix: null, checkpointId: null }],
    ['file:///ckpt/my-chk-5', { kind: null, jobId: null, jobPrefix: null, checkpointId: null }],
  ])('%s', (uri, expected) => {
    expect(placeOf(at(uri))).toEqual({ directory: at(uri), ...expected });
  });

  it('takes the nearest job id where one lies below another', () => {
    expect(jobOf(at(`file:///${JOB}/${OTHER_JOB}/chk-1/f`))).toBe(OTHER_JOB);
  });

  it('takes no other 32 characters for a job id', () => {
    expect(jobOf(at(`file:///${JOB.toUpperCase()}/${JOB}0/chk-1`))).toBeNull();
  });

  it('holds ids beyond a double exactly', () => {
    expect(placeOf(at('file:///chk-9007199254740993')).checkpointId).toBe(9007199254740993n);
  });

  it('knows directories of snapshots by their names alone', () => {
    expect(['chk-1', 'savepoint-5eee30-cb2207a0aa02', 'shared', 'chk-x'].map(isSnapshotDirectory)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the scope of a file, seen from a snapshot', () => {
  const own = at(`s3://b/ckpt/${JOB}/chk-5`);
  it.each([
    ['in its own directory', `s3a://b/ckpt/${JOB}/chk-5/f`, 'exclusive'],
    ['in shared', `s3://b/ckpt/${JOB}/shared/f`, 'shared'],
    ['merged, in shared', `s3://b/ckpt/${JOB}/shared/job_${JOB}_op_a_0_2/f`, 'shared'],
    ['of ForSt', `s3://b/ckpt/${JOB}/shared/op_a_attempt_0/db/f`, 'shared'],
    ['in taskowned', `s3://b/ckpt/${JOB}/taskowned/f`, 'task-owned'],
    ['merged, in taskowned', `s3://b/ckpt/${JOB}/taskowned/job_${JOB}_tm_x/f`, 'task-owned'],
    ['in shared of another job', `s3://b/ckpt/${OTHER_JOB}/shared/f`, 'shared'],
    ['of another checkpoint', `s3://b/ckpt/${JOB}/chk-4/f`, 'other'],
    ['of the same number in another job', `s3://b/ckpt/${OTHER_JOB}/chk-5/f`, 'other'],
    ['of a savepoint', 's3://b/sp/savepoint-5eee30-cb2207a0aa02/f', 'other'],
    ['of the changelog', `s3://b/changelog/${JOB}/dstl/f`, 'other'],
    ['elsewhere', 's3://b/elsewhere/f', 'other'],
    ['of its own number under an injected prefix', `s3://b/x7Qa/ckpt/${JOB}/chk-5/f`, 'exclusive'],
  ])('a file %s', (_, uri, expected) => {
    expect(scopeOf(at(uri), own)).toBe(expected);
  });
});

describe('what a given directory is taken for', () => {
  it.each([
    ['file:///x/chk-1', [], 'snapshot'],
    ['file:///x/renamed', ['_metadata'], 'snapshot'],
    [`file:///x/${JOB}`, ['shared', 'taskowned'], 'job'],
    ['file:///x/without-job-directories', ['chk-3', 'shared'], 'job'],
    ['file:///x/checkpoints', [JOB, OTHER_JOB], 'checkpoint-root'],
    ['file:///x/savepoints', ['savepoint-5eee30-cb2207a0aa02'], 'savepoint-root'],
    ['file:///x/both', ['savepoint-5eee30-cb2207a0aa02', JOB], 'checkpoint-root'],
    ['file:///x', ['checkpoints', 'savepoints'], 'ancestor'],
    ['file:///', [], 'ancestor'],
  ] as const)('%s with %j', (uri, children, expected) => {
    expect(rootKindOf(at(uri), new Set(children))).toBe(expected);
  });
});
