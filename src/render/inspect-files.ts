// The files of a snapshot, and what is wrong with them.
import type { FileRow, SnapshotReport } from '../model/snapshot-report.js';
import type { Look } from './palette.js';
import { type Column, layOut } from './table.js';
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
export function fileTable(report: SnapshotReport, look: Look): readonly string[] {
  const cells = [
    ...report.files.map((file) => [
      formatBytes(file.bytes),
      file.scope,
      file.kind,
      formatCount(file.references),
      file.path,
    ]),
    ...report.directories.map((entry) => ['', '', 'directory', formatCount(entry.references), entry.path]),
  ];
  if (cells.length === 0) return [];
  const { head, rows } = layOut(COLUMNS, cells, look);
  return [head, ...rows];
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

function list<T>(what: string, rows: readonly T[], describe: (row: T) => string): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MOST_SHOWN;
  return [
    `  ${plural(rows.length, 'file')} ${what}:`,
    ...rows.slice(0, MOST_SHOWN).map((row) => `    ${describe(row)}`),
    ...(more > 0 ? [`    and ${formatCount(more)} more; see --json`] : []),
  ];
}
