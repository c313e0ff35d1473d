import type { LocationKey } from '../../src/model/location-key.js';
import { type Column, type ColumnRows, type ColumnsOf, type Rows, rowsOf } from '../../src/model/rows.js';

/** Rows that are held in an array. */
export function rowsIn<T>(rows: readonly T[]): Rows<T> {
  return rowsOf(rows.length, () => rows[Symbol.iterator]());
}

/** Rows of texts and integers that are held in an array, with a column of the kind given for each field. */
export function inColumns<T extends object>(
  rows: readonly T[],
  kinds: { readonly [Field in keyof T]: Column['kind'] },
): ColumnRows<T> {
  const columns = Object.entries(kinds).map(([field, kind]) => {
    const at = (row: number) => rows[row]![field as keyof T];
    const write = (row: number, into: LocationKey) => {
      into.clear();
      into.addText(String(at(row)));
    };
    return [field, { kind, at, write }];
  });
  const numbers = () => rows.keys();
  return { ...rowsIn(rows), numbers, columns: Object.fromEntries(columns) as ColumnsOf<T> };
}

/** The kinds of columns of the rows of reports. */
export const FILE = {
  path: 'text',
  bytes: 'integer',
  kind: 'word',
  references: 'integer',
  scope: 'word',
} as const;
export const DIRECTORY = { path: 'text', references: 'integer' } as const;
