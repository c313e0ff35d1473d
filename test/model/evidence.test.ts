import { describe, expect, test } from 'vitest';
import { type Evidence, livenessOf, NO_EVIDENCE, type Pin, pinOf } from '../../src/model/evidence.js';
import { type Location, parseUri } from '../../src/model/location.js';

const JOB = '0123456789abcdef0123456789abcdef';
const at = (uri: string): Location => parseUri(uri)!;
const pinned = (path: string): Evidence => ({
  ...NO_EVIDENCE,
  pins: [{ path, source: 'http://localhost:8081', reason: 'restored' } satisfies Pin],
});

describe('livenessOf', () => {
  test('knows nothing of a job that no source named, nor of no job at all', () => {
    expect(livenessOf(NO_EVIDENCE, JOB)).toEqual({ kind: 'unknown' });
    expect(livenessOf(NO_EVIDENCE, null)).toEqual({ kind: 'unknown' });
  });

  test('tells a job that has ended', () => {
    const liveness = {
      kind: 'ended',
      source: '--job-stopped',
      endedMs: null,
      checkpointTimeoutMs: null,
    } as const;
    expect(livenessOf({ ...NO_EVIDENCE, jobs: [{ id: JOB, name: null, liveness }] }, JOB)).toBe(liveness);
  });
});

describe('pinOf', () => {
  test.each([
    ['the same place', `s3://b/c/${JOB}/chk-7`, `s3://b/c/${JOB}/chk-7`],
    ['another spelling of the store', `s3a://b/c/${JOB}/chk-7`, `s3p://b/c/${JOB}/chk-7`],
    ['its metadata file', `file:/c/${JOB}/chk-7/_metadata`, `file:///c/${JOB}/chk-7`],
    ['the same store mounted elsewhere', `s3://b/c/${JOB}/chk-7`, `file:///mnt/${JOB}/chk-7`],
    [
      'a store that is not known here',
      `gs://b/savepoint-012345-0123456789ab`,
      'file:///s/savepoint-012345-0123456789ab',
    ],
    [
      'a path with a slash at its end',
      'hdfs://nn/s/savepoint-012345-0123456789ab/',
      'hdfs://other/x/savepoint-012345-0123456789ab',
    ],
  ])('holds %s', (_, path, directory) => {
    expect(pinOf(pinned(path), at(directory))?.path).toBe(path);
  });

  test.each([
    ['another checkpoint of the job', `s3://b/c/${JOB}/chk-7`, `s3://b/c/${JOB}/chk-70`],
    [
      'the checkpoint of that number of another job',
      `s3://b/c/${JOB}/chk-7`,
      `s3://b/c/${'f'.repeat(32)}/chk-7`,
    ],
    ['another savepoint', 's3://b/savepoint-012345-0123456789ab', 's3://b/savepoint-012345-0123456789ac'],
  ])('does not hold %s', (_, path, directory) => {
    expect(pinOf(pinned(path), at(directory))).toBeUndefined();
  });
});
