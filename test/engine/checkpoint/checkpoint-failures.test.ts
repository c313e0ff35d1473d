// Which failures count, and when the count begins anew: as in Flink's CheckpointFailureManager.
import { describe, expect, test } from 'vitest';
import { CheckpointFailures, isCounted } from '../../../src/engine/checkpoint/checkpoint-failures.js';
import { JobError, StorageError } from '../../../src/support/errors.js';

const cause = new Error('full');

describe('failed checkpoints', () => {
  test('count unless a newer one was faster, or the job ended', () => {
    const reasons = ['declined', 'expired', 'storage', 'subsumed', 'job-failure', 'job-end'] as const;
    expect(reasons.filter(isCounted)).toEqual(['declined', 'expired', 'storage']);
  });

  test('are too many when one more than tolerable failed in a row, and are counted anew then', () => {
    const failures = new CheckpointFailures(1);
    expect(failures.count(1, cause, 'file:///c')).toBeNull();
    expect(failures.count(2, cause, 'file:///c')).toMatchObject({
      message: '2 checkpoints in a row failed, 1 are tolerable: full',
      where: 'file:///c',
    });
    expect(failures.count(3, cause, 'file:///c')).toBeNull();
  });

  test('are forgotten when one is complete, and do not count below it', () => {
    const failures = new CheckpointFailures(1);
    failures.count(1, cause, '');
    failures.complete(3);
    expect([2, 2, 2].map((id) => failures.count(id, cause, ''))).toEqual([null, null, null]);
    expect(failures.count(4, cause, '')).toBeNull();
    expect(failures.count(5, cause, '')).toBeInstanceOf(JobError);
  });

  test('say first how to mend their cause', () => {
    const full = new StorageError('no-space', 'no space left', { next: 'free some space' });
    const declined = new JobError('could not write', { cause: full });
    expect(new CheckpointFailures(0).count(1, declined, '')).toMatchObject({
      message: '1 checkpoint failed, 0 are tolerable: could not write',
      next: 'free some space; or raise execution.checkpointing.tolerable-failed-checkpoints',
    });
  });
});
