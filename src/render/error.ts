// An error as people read it and as programs do.
import type { CkptError } from '../support/errors.js';
import type { Palette } from './palette.js';
import { visible } from './text.js';

/** Three short lines: what went wrong, where, what to do next; the stack and its causes below if asked for. */
export function renderError(
  error: CkptError,
  look: { readonly palette: Palette; readonly withStack: boolean },
): string {
  const { palette } = look;
  const lines = [`${palette.bad('error:')} ${visible(error.message)}`];
  if (error.where !== undefined && !error.message.includes(error.where))
    lines.push(`${palette.faint('where:')} ${visible(error.where)}`);
  if (error.next !== undefined) lines.push(`${palette.faint(' next:')} ${visible(error.next)}`);
  if (look.withStack) lines.push(...stacks(error).map((line) => palette.faint(line)));
  return `${lines.join('\n')}\n`;
}

/** The stack of an error and of every error that caused it, outermost first. */
function stacks(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const prefix = cause === error ? '' : 'caused by ';
    lines.push(...`${prefix}${cause.stack ?? cause.message}`.split('\n').map(visible));
  }
  return lines;
}

/** What `--json` prints instead of a result. */
export function errorDocument(error: CkptError) {
  return {
    error: {
      code: error.code,
      message: error.message,
      where: error.where ?? null,
      next: error.next ?? null,
    },
  };
}
