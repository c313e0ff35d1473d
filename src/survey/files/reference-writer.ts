// The references of one snapshot on their way to a spool, straight from where its `_metadata` was read.
import { type Location, parent } from '../../model/location.js';
import { LocationKey } from '../../model/location-key.js';
import { NO_DIRECTORY } from '../../model/reference-table.js';
import { BugError } from '../../support/errors.js';
import type { Fingerprint } from '../../support/fingerprint.js';
import { type Directories, UNNUMBERED } from './directories.js';
import { type Mention, type NameText, RecordKey, writeReference } from './records.js';
import type { Spool } from './spool.js';

/** What a handle says of a file in a store that is known. */
export interface FileMention extends Mention, NameText {
  /** Equal for files in one directory, whose names are those of the text, but {@link NO_DIRECTORY}. */
  readonly directory: number;
  /** Of the key of the location. */
  readonly fingerprint: Fingerprint;
  location(): Location | null;
}

const SLASH = 0x2f;

export class ReferenceWriter {
  readonly #spool: Spool;
  readonly #directories: Directories;
  readonly #snapshot: number;
  readonly #key = new RecordKey();
  readonly #whole = new LocationKey();
  /** By the number that a directory has in the `_metadata`. */
  readonly #numbers: number[] = [];

  constructor(spool: Spool, directories: Directories, snapshot: number) {
    this.#spool = spool;
    this.#directories = directories;
    this.#snapshot = snapshot;
  }

  write(mention: FileMention): void {
    const number = mention.directory === NO_DIRECTORY ? UNNUMBERED : this.#numberOf(mention);
    if (number === UNNUMBERED) this.#setAlone(mention);
    else this.#key.setName(mention, mention.fingerprint, number);
    writeReference(this.#spool, this.#key, this.#snapshot, mention);
  }

  #numberOf(mention: FileMention): number {
    const { directory } = mention;
    let number = this.#numbers[directory];
    if (number === undefined) {
      const location = locationOf(mention);
      number = this.#directories.numberOf(location, parent(location).path);
      this.#numbers[directory] = number;
    }
    return number;
  }

  #setAlone(mention: FileMention): void {
    const location = locationOf(mention);
    const number = this.#directories.numberOf(location, parent(location).path);
    const key = this.#whole;
    key.setTo(location);
    const nameStart = key.bytes.lastIndexOf(SLASH, key.length - 1) + 1;
    const name = { view: key.view, nameStart, nameEnd: key.length };
    if (number === UNNUMBERED) this.#key.setWhole(key, mention.fingerprint);
    else this.#key.setName(name, mention.fingerprint, number);
  }
}

function locationOf(mention: FileMention): Location {
  const location = mention.location();
  if (location === null) throw new BugError('a reference to no place was to be written');
  return location;
}
