// Rows of a table of references as reports show them.
import { formatLocation } from '../model/location.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { type Rows, rowsOf } from '../model/rows.js';
import type { FileRow } from '../model/snapshot-report.js';

/** All files by location, or the `count` rows that `rows` gives. */
export function fileRows(
  files: ReferenceTable,
  { count, rows }: ChosenRows = { count: files.count, rows: () => files.inOrder() },
): Rows<FileRow> {
  return rowsOf(count, function* () {
    for (const row of rows()) yield fileRow(files, row);
  });
}

export interface ChosenRows {
  readonly count: number;
  readonly rows: () => Iterable<number>;
}

export function fileRow(files: ReferenceTable, row: number): FileRow {
  return {
    path: formatLocation(files.location(row)),
    bytes: files.sizeBytes(row),
    kind: files.fileKind(row),
    references: files.handles(row),
    scope: files.scope(row),
  };
}
