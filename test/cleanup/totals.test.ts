// How much a plan frees, which is less than what goes.
import { describe, expect, it } from 'vitest';
import { type Fate, totalsOf } from '../../src/cleanup/totals.js';
import { deletionOf, JOB } from './samples.js';

const deletions = [
  deletionOf('orphan', `${JOB}/shared/alone`, { bytes: 5 }),
  deletionOf('orphan', `${JOB}/shared/linked`, { bytes: 70, linked: true }),
  deletionOf('open-upload', `${JOB}/shared/begun`, { bytes: 0, uploadId: '1' }),
  deletionOf('empty-directory', `${JOB}/shared`),
];

describe('the totals of a plan', () => {
  it.each<[Fate, number, number]>([
    ['freed', 5, 5],
    ['trash', 0, 5],
    ['versions', 0, 0],
  ])(
    'count no bytes as freed that other names of a file keep (%s)',
    (fate, bytesFreedNow, bytesFreedAfterTrash) => {
      expect(totalsOf(deletions, fate)).toEqual({
        files: 2,
        uploads: 1,
        bytes: 75,
        bytesFreedNow,
        bytesFreedAfterTrash,
      });
    },
  );
});
