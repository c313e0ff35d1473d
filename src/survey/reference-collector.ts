// From the handles of a `_metadata` to the files it references: many handles of one file become one reference. That a
// path is kept as a directory never hides that it is needed as a file. Names of inline state are never taken for files.
import { ReferenceTable } from '../model/reference-table.js';
import type { References } from '../model/references.js';
import { FormatError } from '../support/errors.js';
import { CROWDED } from '../support/fingerprint-table.js';
import type { ReferenceCursor } from './reference-cursor.js';

/** Is told of what a `_metadata` references while it is read. */
export interface ReferenceSink {
  /** An operator; what follows is its. */
  operator?(): void;
  /** A handle that points somewhere; the cursor stands there until this returns. */
  reference(cursor: ReferenceCursor): void;
}

/** Collects the references of one snapshot. */
export class ReferenceCollector implements ReferenceSink {
  /** Distinct files of each operator, in the order of the operators. */
  readonly operatorFiles: number[] = [];
  readonly references: References;
  /** By row of the files: the last operator that referenced it, counted from 1. */
  #lastOperator = new Uint32Array(64);

  constructor(paths: ReferenceCursor) {
    this.references = {
      files: new ReferenceTable(paths),
      directories: new ReferenceTable(paths),
      unresolvable: new ReferenceTable(paths),
    };
  }

  operator(): void {
    this.operatorFiles.push(0);
  }

  /** Throws a FormatError where paths were made so that their fingerprints are in each other's way. */
  reference(cursor: ReferenceCursor): void {
    const { files, directories, unresolvable } = this.references;
    const table = !cursor.resolved ? unresolvable : cursor.kind === 'directory' ? directories : files;
    const row = table.add(cursor);
    if (row === CROWDED) {
      throw new FormatError('more paths with like fingerprints than can be by chance', {
        offset: cursor.at,
        field: 'path',
      });
    }
    if (table === files) this.#countOfOperator(row);
  }

  #countOfOperator(row: number): void {
    if (row >= this.#lastOperator.length) {
      const larger = new Uint32Array(this.#lastOperator.length * 2);
      larger.set(this.#lastOperator);
      this.#lastOperator = larger;
    }
    const operator = this.operatorFiles.length;
    if (this.#lastOperator[row] === operator) return;
    this.#lastOperator[row] = operator;
    this.operatorFiles[operator - 1]!++;
  }
}
