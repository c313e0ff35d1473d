// What a command could not look at, beside the answer that it has.
import type { ReportedError } from '../model/snapshot.js';
import { visible } from '../render/text.js';
import { type ExitStatus, STATUS_OF_CODE } from './exit-codes.js';

/** Says each problem on one line of its own. */
export function warnOf(problems: readonly ReportedError[], warn: (text: string) => void): void {
  for (const { message, where } of problems)
    warn(visible(where === null || message.includes(where) ? message : `${message} (${where})`));
}

/**
 * The status of a command that has shown its answer: that of the storage (6) where the storage kept something from it,
 * so that the answer may lack a part; else 0.
 */
export function statusAfter(problems: readonly (ReportedError | null)[]): ExitStatus {
  return problems.some((problem) => problem !== null && STATUS_OF_CODE[problem.code] === 6) ? 6 : 0;
}
