// How much may go at once. A plan that would take more than somebody expected is stopped before its first deletion.
import { isFile, type PlannedDeletion } from '../model/plan.js';
import type { CleanupPolicy } from '../model/policy.js';
import { RefusalError } from '../support/errors.js';

export type Limits = Pick<CleanupPolicy, 'maxDelete' | 'maxBytesDeleted' | 'maxPercent'>;

/** Whose files they are. */
export interface Jobs {
  /** The job of a file that goes; undefined where the file is not there. */
  readonly jobOf: (path: string) => string | undefined;
  readonly filesOfJob: ReadonlyMap<string, number>;
}

/** Why `going` is too much: too many files, too many bytes, too large a part of one job's files. Null where it is not. */
export function excessOf(
  going: readonly PlannedDeletion[],
  jobs: Jobs,
  { maxDelete, maxBytesDeleted, maxPercent }: Limits,
): RefusalError | null {
  const files = going.filter(isFile);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (maxDelete !== null && files.length > maxDelete)
    return tooMuch('max-delete', `${files.length} files would go, and --max-delete is ${maxDelete}`);
  if (maxBytesDeleted !== null && bytes > maxBytesDeleted)
    return tooMuch(
      'max-bytes-deleted',
      `${bytes} bytes would go, and --max-bytes-deleted is ${maxBytesDeleted}`,
    );
  return excessOfJob(files, jobs, maxPercent);
}

function excessOfJob(
  files: readonly PlannedDeletion[],
  { jobOf, filesOfJob }: Jobs,
  maxPercent: number,
): RefusalError | null {
  const goingOfJob = new Map<string, number>();
  for (const { path } of files) {
    const job = jobOf(path);
    if (job !== undefined) goingOfJob.set(job, (goingOfJob.get(job) ?? 0) + 1);
  }
  for (const [job, count] of goingOfJob) {
    const all = filesOfJob.get(job)!;
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
