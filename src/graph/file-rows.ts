// Rows of a table of references as reports show them.
import { formatLocation } from '../model/location.js';
import type { IsWanted, ReferenceTable } from '../model/reference-table.js';
import { type ColumnRows, type ColumnsOf, rowsOf } from '../model/rows.js';
import type { DirectoryRow, FileRow, WrongSizeRow } from '../model/snapshot-report.js';

/** Rows of a table, and how many they are. */
export interface ChosenRows {
  readonly count: number;
  readonly isWanted: IsWanted;
}

/** Files by location: those that are chosen, or all. */
export function fileRows(files: ReferenceTable, chosen: ChosenRows = allOf(files)): ColumnRows<FileRow> {
  return rowsInColumns({ table: files, chosen }, fileColumns(files), (row) => fileRow(files, row));
}

/** The same of files that have another size than recorded. */
export function wrongSizeRows(
  files: ReferenceTable,
  chosen: ChosenRows,
  actualBytes: (row: number) => number,
): ColumnRows<WrongSizeRow> {
  const columns = { ...fileColumns(files), actualBytes: { kind: 'integer', at: actualBytes } } as const;
  return rowsInColumns({ table: files, chosen }, columns, (row) => ({
    ...fileRow(files, row),
    actualBytes: actualBytes(row),
  }));
}

/** All directories by location. */
export function directoryRows(table: ReferenceTable): ColumnRows<DirectoryRow> {
  const columns: ColumnsOf<DirectoryRow> = {
    path: { kind: 'text', write: (row, into) => table.writeUri(row, into) },
    references: { kind: 'integer', at: (row) => table.handles(row) },
  };
  return rowsInColumns({ table, chosen: allOf(table) }, columns, (row) => ({
    path: formatLocation(table.location(row)),
    references: table.handles(row),
  }));
}

function fileColumns(files: ReferenceTable): ColumnsOf<FileRow> {
  return {
    path: { kind: 'text', write: (row, into) => files.writeUri(row, into) },
    bytes: { kind: 'integer', at: (row) => files.size(row) },
    kind: { kind: 'word', at: (row) => files.fileKind(row) },
    references: { kind: 'integer', at: (row) => files.handles(row) },
    scope: { kind: 'word', at: (row) => files.scope(row) },
  };
}

function fileRow(files: ReferenceTable, row: number): FileRow {
  return {
    path: formatLocation(files.location(row)),
    bytes: files.sizeBytes(row),
    kind: files.fileKind(row),
    references: files.handles(row),
    scope: files.scope(row),
  };
}

/** Who takes objects may be content with the first few, who asks for columns goes through them all. */
function rowsInColumns<T>(
  { table, chosen }: { readonly table: ReferenceTable; readonly chosen: ChosenRows },
  columns: ColumnsOf<T>,
  map: (row: number) => T,
): ColumnRows<T> {
  const { count, isWanted } = chosen;
  const rows = rowsOf(count, function* () {
    for (const row of table.inOrder(isWanted)) yield map(row);
  });
  return { ...rows, columns, numbers: () => table.sorted(isWanted) };
}

function allOf(table: ReferenceTable): ChosenRows {
  return { count: table.count, isWanted: () => true };
}
