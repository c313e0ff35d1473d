import { type Rows, rowsOf } from '../../src/model/rows.js';

/** Rows that are held in an array. */
export function rowsIn<T>(rows: readonly T[]): Rows<T> {
  return rowsOf(rows.length, () => rows[Symbol.iterator]());
}
