// How much may go at once. A plan that would take more than somebody expected is stopped before its first deletion.
import type { PlannedDeletion } from '../model/plan.js';
import type { CleanupPolicy } from '../model/policy.js';
import { RefusalError } from '../support/errors.js';
import type { Look } from './check.js';

export type Limits = Pick<CleanupPolicy, 'maxDelete' | 'maxBytesDeleted' | 'maxPercent'>;

/** Throws a RefusalError where `going` is too much: too many files, too many bytes, too large a part of one job's files. */
export function requireWithinLimits(
  going: readonly PlannedDeletion[],
  { files: found, filesOfJob }: Look,
  { maxDelete, maxBytesDeleted, maxPercent }: Limits,
): void {
  const files = going.filter(({ kind }) => kind !== 'empty-directory');
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (maxDelete !== null && files.length > maxDelete)
    throw tooMuch('max-delete', `${files.length} files would go, and --max-delete is ${maxDelete}`);
  if (maxBytesDeleted !== null && bytes > maxBytesDeleted)
    throw tooMuch(
      'max-bytes-deleted',
      `${bytes} bytes would go, and --max-bytes-deleted is ${maxBytesDeleted}`,
    );
  const goingOfJob = new Map<string, number>();
  for (const { path } of files) {
    const job = found.get(path)?.job;
    if (job !== undefined) goingOfJob.set(job, (goingOfJob.get(job) ?? 0) + 1);
  }
  for (const [job, count] of goingOfJob) {
    const all = filesOfJob.get(job)!;
    if (count * 100 > all * maxPercent)
      throw tooMuch(
        'max-percent',
        `${count} of ${all} files of ${job} would go, and --max-percent is ${maxPercent}`,
      );
  }
}

function tooMuch(rule: string, message: string): RefusalError {
  return new RefusalError(rule, message, {
    where: `--${rule}`,
    next: 'look at the plan with ckpt show; if it is right, say so with a higher limit; nothing was changed',
  });
}
