// The files of a snapshot, and what is wrong with them.
import { type Rows, rowsOf } from '../model/rows.js';
import type { FileRow, SnapshotReport } from '../model/snapshot-report.js';
import type { Look } from './palette.js';
import { type Cell, type Column, layOutMany } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

const MOST_SHOWN = 10;

const COLUMNS: readonly Column[] = [
  { title: 'SIZE', align: 'right' },
  { title: 'SCOPE' },
  { title: 'KIND' },
  { title: 'HANDLES', align: 'right' },
  { title: 'PATH' },
];

/** A line per file and directory below a head. Paths are never shortened: they are there to be copied. */
export function* fileTable(report: SnapshotReport, look: Look): Generator<string> {
  const { count } = report.directories;
  if (report.files.count + count === 0) return;
  yield* layOutMany(
    COLUMNS,
    rowsOf(report.files.count + count, () => fileCells(report)),
    look,
  );
}

function* fileCells({ files, directories }: SnapshotReport): Generator<readonly Cell[]> {
  for (const { bytes, scope, kind, references, path } of files) {
    yield [formatBytes(bytes), scope, kind, formatCount(references), path];
  }
  for (const { references, path } of directories) {
    yield ['', '', 'directory', formatCount(references), path];
  }
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
