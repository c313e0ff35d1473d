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

const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;

/** Collects the references of one snapshot. */
export class ReferenceCollector implements ReferenceSink {
  /** Distinct files of each operator, in the order of the operators. */
  readonly operatorFiles: number[] = [];
  readonly references: References;
  /** Row from which on files were first referenced by the operator that is being read. */
  #firstOfOperator = 0;
  /** By row of a file that an earlier operator references too: the last that did, counted from 1. Few chunks have any. */
  readonly #lastOperator: Uint32Array[] = [];

  constructor(paths: ReferenceCursor) {
    this.references = {
      files: new ReferenceTable(paths),
      directories: new ReferenceTable(paths),
      unresolvable: new ReferenceTable(paths),
    };
  }

  operator(): void {
    this.operatorFiles.push(0);
    this.#firstOfOperator = this.references.files.count;
  }

  /** Throws a FormatError where paths were made so that their fingerprints are in each other's way. */
  reference(cursor: ReferenceCursor): void {
    const { files, directories, unresolvable } = this.references;
    const table = !cursor.resolved ? unresolvable : cursor.kind === 'directory' ? directories : files;
    const before = table.count;
    const row = table.add(cursor);
    if (row === CROWDED) {
      throw new FormatError('more paths with like fingerprints than can be by chance', {
        offset: cursor.at,
        field: 'path',
      });
    }
    if (table === files && (row === before || this.#isOfOthers(row))) {
      this.operatorFiles[this.operatorFiles.length - 1]!++;
    }
  }

  /** Whether all who referenced this known file until now are other operators. */
  #isOfOthers(row: number): boolean {
    if (row >= this.#firstOfOperator) return false;
    this.#lastOperator[row >>> CHUNK_BITS] ??= new Uint32Array(CHUNK_ROWS);
    const chunk = this.#lastOperator[row >>> CHUNK_BITS]!;
    const [operator, last] = [this.operatorFiles.length, chunk[row & (CHUNK_ROWS - 1)]];
    chunk[row & (CHUNK_ROWS - 1)] = operator;
    return last !== operator;
  }
}
