// How much may go at once. A plan that would take more than somebody expected is stopped before its first deletion.
import { isFile, type PlannedDeletion } from '../model/plan.js';
import type { CleanupPolicy } from '../model/policy.js';
import { RefusalError } from '../support/errors.js';

export type Limits = Pick<CleanupPolicy, 'maxDelete' | 'maxBytesDeleted' | 'maxPercent'>;

/** How many files of each job there are. */
export interface FilesOfJobs {
  readonly going: ReadonlyMap<string, number>;
  readonly all: ReadonlyMap<string, number>;
}

/** Why `going` is too much: too many files, too many bytes, too large a part of one job's files. Null where it is not. */
export function excessOf(
  going: readonly PlannedDeletion[],
  ofJobs: FilesOfJobs,
  { maxDelete, maxBytesDeleted, maxPercent }: Limits,
): RefusalError | null {
  let [files, bytes] = [0, 0];
  for (const deletion of going) {
    if (!isFile(deletion)) continue;
    files++;
    bytes += deletion.bytes;
  }
  if (maxDelete !== null && files > maxDelete)
    return tooMuch('max-delete', `${files} files would go, and --max-delete is ${maxDelete}`);
  if (maxBytesDeleted !== null && bytes > maxBytesDeleted)
    return tooMuch(
      'max-bytes-deleted',
      `${bytes} bytes would go, and --max-bytes-deleted is ${maxBytesDeleted}`,
    );
  return excessOfJob(ofJobs, maxPercent);
}

function excessOfJob({ going, all: ofAll }: FilesOfJobs, maxPercent: number): RefusalError | null {
  for (const [job, count] of going) {
    const all = ofAll.get(job)!;
    if (count * 100 > all * maxPercent)
      return tooMuch(
        'max-percent',
        `${count} of ${all} files of ${job} would go, and --max-percent is ${maxPercent}`,
      );
  }
  return null;
}

function tooMuch(rule: string, message: string): RefusalError {
  return new RefusalError(rule, message, {
    where: `--${rule}`,
    next: 'look at the plan; if it is right, say so with a higher limit; nothing was changed',
  });
}
