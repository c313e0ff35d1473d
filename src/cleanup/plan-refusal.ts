// What is said of a plan that nobody may carry out.
import { RefusalError } from '../support/errors.js';

export function planRefusal(rule: string, where: string, message: string, cause?: unknown): RefusalError {
  return new RefusalError(rule, `the plan is refused: ${message}`, {
    where,
    next: 'make a new one with ckpt plan; nothing was changed',
    cause,
  });
}
