// Many rows that are made one at a time, when somebody goes through them.

/** Can be gone through more than once; each time the rows are made anew. */
export interface Rows<T> extends Iterable<T> {
  readonly count: number;
}

/** Rows made by `rows`, of which it is known how many they are. */
export function rowsOf<T>(count: number, rows: () => Iterator<T>): Rows<T> {
  return { count, [Symbol.iterator]: rows };
}

/** The rows that `map` makes of others. */
export function mapRows<T, R>(rows: Rows<T>, map: (row: T) => R): Rows<R> {
  return rowsOf(rows.count, function* () {
    for (const row of rows) yield map(row);
  });
}
