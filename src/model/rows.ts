// Many rows that are made one at a time, when somebody goes through them.
import type { LocationKey } from './location-key.js';

/** Can be gone through more than once; each time the rows are made anew. */
export interface Rows<T> extends Iterable<T> {
  readonly count: number;
}

/** Rows in columns: who goes through millions of them needs no objects. */
export interface InColumns<C = Columns> {
  /** What the columns know the rows by, in the order of the rows. */
  readonly numbers: () => Iterable<number>;
  readonly columns: C;
}

export type Columns = Readonly<Record<string, Column>>;

/** Rows in both forms. */
export interface ColumnRows<T> extends Rows<T>, InColumns<ColumnsOf<T>> {}

/** A column for each field, in the order of the fields. */
export type ColumnsOf<T> = { readonly [Field in keyof T]: ColumnOf<T[Field]> };

type ColumnOf<V> = [V] extends [number | bigint]
  ? IntegerColumn
  : string extends V
    ? TextColumn
    : WordColumn<V>;

export type Column = IntegerColumn | TextColumn | WordColumn<string>;

export interface IntegerColumn {
  readonly kind: 'integer';
  readonly at: (row: number) => number | bigint;
}

/** Long texts, as bytes of modified UTF-8. */
export interface TextColumn {
  readonly kind: 'text';
  readonly write: (row: number, into: LocationKey) => void;
}

/** One of a few words. */
export interface WordColumn<V> {
  readonly kind: 'word';
  readonly at: (row: number) => V;
}

/** Rows made by `rows`, of which it is known how many they are. */
export function rowsOf<T>(count: number, rows: () => Iterator<T>): Rows<T> {
  return { count, [Symbol.iterator]: rows };
}
