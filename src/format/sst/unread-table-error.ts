// Why a table that is not damaged cannot be read here. A damaged one is a FormatError.
import { CkptError } from '../../support/errors.js';

/** What of a table is beyond this reader. */
export type UnreadPart =
  | 'table-kind'
  | 'format-version'
  | 'compression'
  | 'index-type'
  | 'comparator'
  | 'value-type'
  | 'merge-operator'
  | 'global-sequence'
  | 'column-family'
  | 'manifest';

/** A sound table that holds what is not read here; code `unread-table`. */
export class UnreadTableError extends CkptError {
  readonly part: UnreadPart;

  constructor(part: UnreadPart, message: string) {
    super('unread-table', message);
    this.part = part;
  }
}
