// The files of a snapshot, and what is wrong with them.
import type { Rows } from '../model/rows.js';
import type { FileRow, SnapshotReport } from '../model/snapshot-report.js';
import { type LongRows, longTable, type ShortColumn } from './long-table.js';
import type { Look } from './palette.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

const MOST_SHOWN = 10;

const SHORT_COLUMNS: readonly ShortColumn[] = [
  { title: 'SIZE', align: 'right' },
  { title: 'SCOPE', align: 'left' },
  { title: 'KIND', align: 'left' },
  { title: 'HANDLES', align: 'right' },
];

/** A line per file and directory below a head. Paths are never shortened: they are there to be copied. */
export function* fileTable(report: SnapshotReport, look: Look): Generator<string> {
  const { files, directories } = report;
  if (files.count + directories.count === 0) return;
  const columns = { short: SHORT_COLUMNS, longTitle: 'PATH' };
  yield* longTable(columns, [fileLines(files), directoryLines(directories)], look);
}

function fileLines({ count, numbers, columns }: SnapshotReport['files']): LongRows {
  const { path, bytes, kind, references, scope } = columns;
  const handles = (row: number) => formatCount(references.at(row));
  return {
    count,
    numbers,
    short: [(row) => formatBytes(bytes.at(row)), scope.at, kind.at, handles],
    long: path,
  };
}

function directoryLines({ count, numbers, columns }: SnapshotReport['directories']): LongRows {
  const { path, references } = columns;
  const handles = (row: number) => formatCount(references.at(row));
  return { count, numbers, short: [() => '', () => '', () => 'directory', handles], long: path };
}

/** What keeps the snapshot from being restored, or from being known to be: the first few of each kind. */
export function troubleLines(report: SnapshotReport, look: Look): readonly string[] {
  const { palette } = look;
  return [
    ...list('missing', report.missing, describeMissing).map(palette.bad),
    ...list(
      'of the wrong size',
      report.wrongSize,
      (file) =>
        `${visible(file.path)}: ${formatCount(file.bytes)} bytes recorded, ${formatCount(file.actualBytes)} there`,
    ).map(palette.bad),
    ...list(
      'not looked up',
      report.unverified,
      (reference) => `${visible(reference.path)}: ${visible(reference.reason)}`,
    ).map(palette.warning),
  ];
}

function describeMissing(file: FileRow): string {
  return `${visible(file.path)} (${formatBytes(file.bytes)})`;
}

function list<T>(what: string, rows: Rows<T>, describe: (row: T) => string): string[] {
  if (rows.count === 0) return [];
  const more = rows.count - MOST_SHOWN;
  const lines = [`  ${plural(rows.count, 'file')} ${what}:`];
  for (const row of rows) {
    if (lines.length > MOST_SHOWN) break;
    lines.push(`    ${describe(row)}`);
  }
  if (more > 0) lines.push(`    and ${formatCount(more)} more; see --files --json`);
  return lines;
}
