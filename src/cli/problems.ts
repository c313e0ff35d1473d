// What a command could not look at, beside the answer that it has.
import type { ReportedError } from '../model/snapshot.js';
import { visible } from '../render/text.js';
import { formatCount } from '../render/units.js';
import { type ExitStatus, STATUS_OF_CODE } from './exit-codes.js';

/** So many problems of one kind are said; a tree may have thousands. */
const SAID_OF_A_KIND = 3;

/** Says each problem on one line of its own, of each kind the first few and how many more there are. */
export function warnOf(problems: readonly ReportedError[], warn: (text: string) => void): void {
  for (const kind of new Set(problems.map(({ code }) => code))) {
    const alike = problems.filter(({ code }) => code === kind);
    for (const problem of alike.slice(0, SAID_OF_A_KIND)) warn(lineOf(problem));
    const left = alike.length - SAID_OF_A_KIND;
    if (left > 0) warn(`${formatCount(left)} more of this kind (${kind}); --json has them all`);
  }
}

function lineOf({ message, where }: ReportedError): string {
  return visible(where === null || message.includes(where) ? message : `${message} (${where})`);
}

/**
 * The status of a command that has shown its answer: that of the storage (6) where the storage kept something from it,
 * so that the answer may lack a part; else 0.
 */
export function statusAfter(problems: readonly (ReportedError | null)[]): ExitStatus {
  return problems.some((problem) => problem !== null && STATUS_OF_CODE[problem.code] === 6) ? 6 : 0;
}
