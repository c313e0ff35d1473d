// The references of one snapshot on their way to a spool, straight from where its `_metadata` was read.
import { type Location, parent } from '../../model/location.js';
import type { LocationKey } from '../../model/location-key.js';
import { NO_DIRECTORY } from '../../model/reference-table.js';
import { BugError } from '../../support/errors.js';
import type { Fingerprint } from '../../support/fingerprint.js';
import type { Directories } from './directories.js';
import { type Mention, RecordKey, writeReference } from './records.js';
import type { Spool } from './spool.js';

/** What a handle says of a file in a store that is known. */
export interface FileMention extends Mention {
  /** Equal for files in one directory, but {@link NO_DIRECTORY}. */
  readonly directory: number;
  readonly key: LocationKey;
  /** Of the key. */
  readonly fingerprint: Fingerprint;
  location(): Location | null;
}

export class ReferenceWriter {
  readonly #spool: Spool;
  readonly #directories: Directories;
  readonly #snapshot: number;
  readonly #key = new RecordKey();
  /** By the number that a directory has in the `_metadata`. */
  readonly #numbers: number[] = [];

  constructor(spool: Spool, directories: Directories, snapshot: number) {
    this.#spool = spool;
    this.#directories = directories;
    this.#snapshot = snapshot;
  }

  write(mention: FileMention): void {
    this.#key.set(mention.key, mention.fingerprint, this.#numberOf(mention));
    writeReference(this.#spool, this.#key, this.#snapshot, mention);
  }

  #numberOf(mention: FileMention): number {
    const { directory } = mention;
    const known = directory === NO_DIRECTORY ? undefined : this.#numbers[directory];
    if (known !== undefined) return known;
    const location = mention.location();
    if (location === null) throw new BugError('a reference to no place was to be written');
    const number = this.#directories.numberOf(location, parent(location).path);
    this.#numbers[directory] = number;
    return number;
  }
}
