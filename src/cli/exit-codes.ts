// The exit statuses of ckpt and the one table from an error's code to a status. Public: docs/exit-codes.md says the
// same for people, and test/cli holds the two together.
import { type CkptError, UsageError } from '../support/errors.js';

/** What each status means, in the words of `--help`. */
export const EXIT_STATUSES = {
  0: 'done, also where there was nothing to do',
  1: 'a bug or an unexpected failure',
  2: 'wrong usage or configuration, or nothing is at the location given',
  3: 'findings: damage, a budget exceeded, nothing restorable',
  4: 'refused by a safety rule or a stale plan; nothing was changed',
  5: 'partly done; run it again',
  6: 'the storage could not be reached or denied access',
  7: 'another run holds the lock',
  130: 'interrupted',
} as const;

export type ExitStatus = keyof typeof EXIT_STATUSES;

/** Status of each error code. A UsageError may carry a code of its own and is 2 always; any other unknown code is 1. */
export const STATUS_OF_CODE: Readonly<Record<string, ExitStatus>> = {
  unexpected: 1,
  bug: 1,
  'job-failed': 1,
  'injected-failure': 1,
  'output-failed': 1,
  usage: 2,
  'unknown-command': 2,
  'storage-not-found': 2,
  format: 3,
  restore: 3,
  'state-missing': 3,
  'unread-table': 3,
  'nothing-restorable': 3,
  refused: 4,
  'evidence-contradicted': 4,
  'clock-skew': 4,
  'evidence-unreachable': 6,
  'evidence-not-understood': 6,
  'no-such-job': 2,
  'operation-failed': 1,
  'cluster-refused': 4,
  'cluster-unreachable': 6,
  'cluster-not-understood': 6,
  'lock-lost': 5,
  stopped: 5,
  'storage-denied': 6,
  'storage-unavailable': 6,
  'storage-throttled': 6,
  'storage-no-space': 6,
  'storage-corrupt': 6,
  'storage-conflict': 6,
  'storage-already-exists': 6,
  locked: 7,
  interrupted: 130,
};

/** The status a process ends with after `error`. */
export function exitStatusOf(error: CkptError): ExitStatus {
  const known = Object.hasOwn(STATUS_OF_CODE, error.code) ? STATUS_OF_CODE[error.code] : undefined;
  return known ?? (error instanceof UsageError ? 2 : 1);
}

/** A line end within a paragraph: the terminal's width decides where lines end. */
const SOFT_BREAK = /(?<!\n)\n(?![\n ])/g;

/**
 * A command's description with its own exit statuses below it, for `--help`. Statuses that every command can end with
 * (0, 1, 2, 130) are added.
 */
export function describe(text: string, own: readonly ExitStatus[] = []): string {
  const statuses = [...new Set<ExitStatus>([0, 1, 2, ...own, 130])].sort((a, b) => a - b);
  const lines = statuses.map((status) => `${String(status).padEnd(4)} ${EXIT_STATUSES[status]}`);
  return `${text.replaceAll(SOFT_BREAK, ' ')}\n\nExit codes:\n${lines.join('\n')}`;
}
