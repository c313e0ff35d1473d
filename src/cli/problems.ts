// What a command could not look at, beside the answer that it has.
import type { ReportedError } from '../model/snapshot.js';
import { visible } from '../render/text.js';
import { type ExitStatus, STATUS_OF_CODE } from './exit-codes.js';

/**
 * Warns of each problem. Returns the status that the command ends with when it has shown its answer: that of the
 * storage (6) where a part of the answer may be lacking because of it, else 0.
 */
export function warnOf(problems: readonly ReportedError[], warn: (text: string) => void): ExitStatus {
  let status: ExitStatus = 0;
  for (const { code, message, where } of problems) {
    warn(visible(where === null || message.includes(where) ? message : `${message} (${where})`));
    if (STATUS_OF_CODE[code] === 6) status = 6;
  }
  return status;
}
