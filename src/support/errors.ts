// The errors that users meet. Each says what happened, where, and what to do next; `code` is stable and
// documented in docs/exit-codes.md, where the exit status of each code stands too.

/** Where an error happened: a location, a file, a flag or a field path. */
export interface ErrorDetails {
  readonly where?: string;
  /** The next step for the person who reads the message. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** Base of all errors that are meant to be read by users. */
export abstract class CkptError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly next: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.where = details.where;
    this.next = details.next;
  }
}

/** A flag, an argument, a configuration or a job file that cannot be used as given. */
export class UsageError extends CkptError {
  constructor(message: string, details: ErrorDetails & { readonly code?: string } = {}) {
    super(details.code ?? 'usage', message, details);
  }
}

/** Bytes that are not what their format says: offset in bytes from the start of the input, and the field path. */
export class FormatError extends CkptError {
  readonly offset: number;
  readonly field: string;
  readonly #problem: string;

  constructor(
    message: string,
    at: { readonly offset: number; readonly field: string },
    details: ErrorDetails = {},
  ) {
    super('format', `${message} (at byte ${at.offset}, ${at.field})`, details);
    this.offset = at.offset;
    this.field = at.field;
    this.#problem = message;
  }

  /** The same error, told of the file in which it is; `shiftBytes` is where the input began in that file. */
  foundIn(where: string, next: string, shiftBytes = 0): FormatError {
    const at = { offset: this.offset + shiftBytes, field: this.field };
    return new FormatError(this.#problem, at, { where, next, cause: this });
  }
}

/**
 * What went wrong with a store. Only `not-found` means that something is absent; every other kind means that we
 * could not look.
 */
export type StorageErrorKind =
  | 'not-found'
  | 'already-exists'
  | 'denied'
  | 'conflict'
  | 'no-space'
  | 'throttled'
  | 'unavailable'
  | 'corrupt';

/** A store that refused, failed or answered nonsense. `where` is the location as the user wrote its scheme. */
export class StorageError extends CkptError {
  readonly kind: StorageErrorKind;
  /** How long the store asks us to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: StorageErrorKind,
    message: string,
    details: ErrorDetails & { readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(`storage-${kind}`, message, details);
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether the same call may succeed later with nothing changed by us. */
  get retryable(): boolean {
    return this.kind === 'throttled' || this.kind === 'unavailable';
  }
}

/** A file of a snapshot that is not there, or holds less than the `_metadata` says. */
export class MissingStateError extends CkptError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('state-missing', message, details);
  }
}

/** A safety rule said no. `rule` is its name in docs/safety.md. Nothing has been changed. */
export class RefusalError extends CkptError {
  readonly rule: string;

  constructor(rule: string, message: string, details: ErrorDetails = {}) {
    super('refused', message, details);
    this.rule = rule;
  }
}

/** What is to be changed belongs to another run: `locked` before anything was changed, `lock-lost` later. */
export class LockError extends CkptError {
  constructor(code: 'locked' | 'lock-lost', message: string, details: ErrorDetails = {}) {
    super(code, message, details);
  }
}

/** A run that stopped between two steps, since it might not go on. Running it again is safe. */
export class StoppedError extends CkptError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('stopped', message, details);
  }
}

/** What was looked for is not to be had, and everything was looked at: no failure of ours, no wrong usage. */
export class FindingError extends CkptError {}

/** A job of the bundled engine that failed for good, after its restart strategy gave up. */
export class JobError extends CkptError {
  constructor(message: string, details: ErrorDetails & { readonly code?: string } = {}) {
    super(details.code ?? 'job-failed', message, details);
  }
}

/** An invariant of this program is broken: a bug of ours. */
export class BugError extends CkptError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('bug', message, details);
  }
}

/** Ends a `switch` over a union: a new member that nobody handles is a compile error, and a bug at run time. */
export function assertNever(value: never, what: string): never {
  throw new BugError(`unhandled ${what}: ${JSON.stringify(value)}`);
}

/** The message of anything that was thrown; users' code may throw what cannot even be made a text. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'something that has no text was thrown';
  }
}
