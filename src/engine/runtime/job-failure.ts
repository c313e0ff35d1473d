// What is said of a job that failed: of errors from a job's own code, where they happened and what to do next.
import { CkptError, JobError, messageOf } from '../../support/errors.js';
import { uncopied } from '../job/functions.js';
import type { AttemptOutcome, TaskFailure } from './attempt.js';

/** The outcome, with more to say where more is known of its error. */
export function explained(outcome: AttemptOutcome): AttemptOutcome {
  return outcome.kind === 'failed'
    ? { ...outcome, error: uncopied(outcome.error) ?? outcome.error }
    : outcome;
}

/** The error that a job ends with. */
export function jobError({ task, error }: TaskFailure, restarts: number): Error {
  if (error instanceof CkptError) return error;
  const after = restarts === 0 ? '' : `, after ${restarts} restarts`;
  return new JobError(`${task} failed${after}: ${messageOf(error)}`, {
    where: task,
    next: 'correct the job; -v shows the stack',
    cause: error,
  });
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
}
