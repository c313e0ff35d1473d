// Everything that goes wrong, said in one form: what, where, next. The command line's own mistakes (oclif's parse
// errors) are turned into the same errors here; nobody else looks into oclif's.
import { CkptError, messageOf, UsageError } from '../support/errors.js';
import { nearest } from '../support/suggestion.js';

/** Somebody pressed Ctrl-C, or the process was asked to end. */
export class InterruptedError extends CkptError {
  constructor(signalName: string) {
    super('interrupted', `interrupted by ${signalName}`);
  }
}

/** The result could not be written to where the output goes. */
export class OutputError extends CkptError {
  constructor(cause: Error) {
    super('output-failed', `the output cannot be written: ${cause.message}`, {
      next: 'look at where the output goes: the disk may be full',
      cause,
    });
  }
}

/** Something that no part of the program foresaw. */
class UnexpectedError extends CkptError {
  constructor(thrown: unknown) {
    super('unexpected', messageOf(thrown) || 'an error without a message', {
      next: 'this is not your fault: please report it, with the output of the same command run with -v',
      cause: thrown,
    });
  }
}

/** What a parse error of oclif carries; told by its fields, so that no error class needs to be loaded. */
interface ParseFailure extends Error {
  readonly oclif: { readonly exit?: number };
  readonly args?: readonly (string | { readonly name: string })[];
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

/** Any thrown value as an error that can be shown. `commandIds` are the commands there are. */
export function toCkptError(thrown: unknown, commandIds: readonly string[]): CkptError {
  if (thrown instanceof CkptError) return withoutParsePreamble(thrown);
  if (isParseFailure(thrown)) return fromParseFailure(thrown, commandIds);
  if (isNowhere(thrown)) return nowhereError(thrown);
  return new UnexpectedError(thrown);
}

function isParseFailure(thrown: unknown): thrown is ParseFailure {
  return thrown instanceof Error && typeof (thrown as Partial<ParseFailure>).oclif === 'object';
}

/** What process.cwd() throws where the working directory has been removed. */
function isNowhere(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).syscall === 'uv_cwd';
}

function nowhereError(cause: unknown): UsageError {
  const next = 'change to another directory and run the command again';
  return new UsageError('the working directory does not exist any more', { next, cause });
}

const SEE_HELP = /\s*See more help with --help\s*$/;
const PREAMBLE = /^Parsing (--\S+)\s+/;

/** oclif puts text around the message of an error that a flag's parser throws; take it off again. */
function withoutParsePreamble(error: CkptError): CkptError {
  error.message = error.message.replace(SEE_HELP, '').replace(PREAMBLE, '');
  return error;
}

function fromParseFailure(failure: ParseFailure, commandIds: readonly string[]): UsageError {
  const unknownCommand = /^command (.+?) not found\.?$/i.exec(failure.message)?.[1];
  if (unknownCommand !== undefined) return unknownCommandError(unknownCommand, commandIds);
  const message = failure.message.replace(SEE_HELP, '');
  const where = PREAMBLE.exec(message)?.[1];
  const next = 'see the same command with --help';
  if (failure.flags !== undefined) return unknownFlagError(failure.flags, failure);
  if (message.startsWith('Missing ')) {
    const names = (failure.args ?? []).map((arg) => (typeof arg === 'string' ? arg : arg.name.toUpperCase()));
    return new UsageError(`${names.join(' and ')} is missing`, { next, cause: failure });
  }
  const text = lowerFirst(message.replace(PREAMBLE, '').replaceAll(/\s+/g, ' '));
  return new UsageError(text, { ...(where === undefined ? {} : { where }), next, cause: failure });
}

/** `id` holds all words up to the first flag: what follows the command may be its arguments. */
function unknownCommandError(id: string, commandIds: readonly string[]): UsageError {
  const words = id.split(':');
  for (let count = words.length; count > 0; count--) {
    const typed = words.slice(0, count).join(':');
    const near = nearest(
      typed,
      commandIds.filter((known) => known.split(':').length === count),
    );
    if (near !== undefined) return noSuchCommand(typed, `did you mean "ckpt ${near.replaceAll(':', ' ')}"?`);
  }
  return noSuchCommand(words[0]!, 'see ckpt --help for the commands');
}

function noSuchCommand(id: string, next: string): UsageError {
  const message = `there is no command "${id.replaceAll(':', ' ')}"`;
  return new UsageError(message, { code: 'unknown-command', next });
}

function unknownFlagError(flags: readonly string[], failure: ParseFailure): UsageError {
  const known = Object.keys(failure.parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const near = nearest(flags[0]!, known);
  const next = near === undefined ? 'see the same command with --help' : `did you mean ${near}?`;
  return new UsageError(`there is no flag ${flags.join(', ')}`, { where: flags[0]!, next, cause: failure });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
