// How a run of a job ended: the report of one that came to its end, and the failure of one that did not.
import type { JobResult } from '../model/job-events.js';
import { formatLocation, type Location } from '../model/location.js';
import type { RunReport } from '../model/run-report.js';
import { CkptError, JobError, messageOf, StorageError, UsageError } from '../support/errors.js';
import { isOurs, placeOf } from './load-job.js';

export function reportOf(
  job: string,
  { failed, savepoint }: { readonly failed: number; readonly savepoint: Location | null },
  result: JobResult,
): RunReport {
  const { jobId, status, retained, ...numbers } = result;
  return {
    jobId,
    job,
    state: status,
    ...numbers,
    failedCheckpoints: failed,
    savepoint: savepoint === null ? null : formatLocation(savepoint),
    retained: retained.map(({ checkpointId, location, ...sizes }) => ({
      id: checkpointId,
      path: formatLocation(location),
      ...sizes,
    })),
  };
}

/**
 * Why a job failed: with the line of the job that threw, where one did; and as a failure of the job where a file is gone
 * that it had relied on, as `not-found` would say that the user named nothing.
 */
export function asFailure(thrown: unknown): unknown {
  if (thrown instanceof StorageError && thrown.kind === 'not-found') {
    const {
      message,
      where,
      next = 'put back what is missing, or go on from another snapshot with -s',
    } = thrown;
    return new JobError(message, { next, cause: thrown, ...(where !== undefined && { where }) });
  }
  if (!(thrown instanceof JobError || thrown instanceof UsageError)) return thrown;
  const { code, message, next, cause } = thrown;
  const where = placeOf(cause);
  if (where === undefined) return thrown;
  const Same = thrown instanceof JobError ? JobError : UsageError;
  return new Same(message, { code, where, cause, ...(next !== undefined && { next }) });
}

/** What nobody caught while the job ran, as its failure; what is not its doing comes back as it is. */
export function escapedError(job: string, thrown: unknown): unknown {
  if (thrown instanceof CkptError || isOurs(thrown)) return thrown;
  return new JobError(`the code of the job ${job} let an error escape: ${messageOf(thrown)}`, {
    where: placeOf(thrown) ?? job,
    next: 'await the promise, or catch the error, in the job; -v shows the stack',
    cause: thrown,
  });
}
