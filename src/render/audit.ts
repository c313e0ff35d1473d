// `ckpt audit` for people: classes as bars, jobs, what nobody needs and why, what keeps it.
import type { AuditedFile, AuditReport, FileCount, JobAudit } from '../model/audit.js';
import { FILE_CLASSES, type FileClass } from '../model/file-class.js';
import { CAUSE_WORDS, CLASS_WORDS, REASON_WORDS } from './audit-words.js';
import { shareBar } from './bar.js';
import { describeRoot } from './condition.js';
import type { Look, Palette } from './palette.js';
import { section } from './section.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, formatShare, plural, UNKNOWN } from './units.js';

const BAR_WIDTH = 20;

export function renderAudit(report: AuditReport, look: Look): string {
  const lines = [
    ...report.roots.map(
      ({ path, takenFor }) => `${visible(path)}  ${look.palette.faint(describeRoot(takenFor))}`,
    ),
    '',
    ...classLines(report, look),
    ...section('jobs', jobLines(report.jobs, look), look),
    ...section('unneeded, by cause', causeLines(report, look), look),
    ...section('held back', heldBackLines(report, look), look),
    ...section('merged files', mergedLines(report), look),
    '',
    ...summaryLines(report, look.palette),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** One line for a file: class, size, number of snapshots, and what is to be said of it. Paths are never shortened. */
export function fileLine(file: AuditedFile, palette: Palette): string {
  const why = file.deletable ? 'deletable' : (file.reason ?? '');
  const columns = [
    paintOf(file.class, palette)(file.class.padEnd(10)),
    formatBytes(file.bytes).padStart(9),
    formatCount(file.snapshots).padStart(4),
    (file.deletable ? palette.good : palette.faint)(why.padEnd(20)),
    visible(file.path),
    palette.faint(file.cause ?? ''),
  ];
  return `${columns.join('  ').trimEnd()}\n`;
}

const CLASS_COLUMNS: readonly Column[] = [
  { title: 'CLASS' },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'SHARE' },
  { title: '', align: 'right' },
  { title: '', shrinks: true, drops: 1 },
];

function classLines({ totals, missing }: AuditReport, look: Look): readonly string[] {
  const { palette } = look;
  const whole = FILE_CLASSES.reduce((sum, name) => sum + totals[name].bytes, 0);
  const cells = FILE_CLASSES.filter((name) => totals[name].files > 0).map((name) => [
    { text: name, paint: paintOf(name, palette) },
    ...counted(totals[name]),
    { text: shareBar(totals[name].bytes, whole, BAR_WIDTH), paint: paintOf(name, palette) },
    formatShare(totals[name].bytes, whole),
    { text: CLASS_WORDS[name], paint: palette.faint },
  ]);
  if (missing.files > 0) {
    const remark = 'needed by a snapshot and not there';
    const bytes = missing.bytes > 0 ? formatBytes(missing.bytes) : UNKNOWN;
    cells.push([{ text: 'missing', paint: palette.bad }, formatCount(missing.files), bytes, '', '', remark]);
  }
  const { head, rows } = layOut(CLASS_COLUMNS, cells, look);
  return cells.length === 0 ? ['no files'] : [head, ...rows];
}

function counted({ files, bytes }: FileCount): [string, string] {
  return [formatCount(files), formatBytes(bytes)];
}

const JOB_COLUMNS: readonly Column[] = [
  { title: 'JOB', shrinks: true },
  { title: 'STATE' },
  { title: 'SNAPSHOTS', align: 'right' },
  { title: 'BROKEN', align: 'right' },
  { title: 'NEEDED', align: 'right' },
  { title: 'UNNEEDED', align: 'right' },
  { title: 'SHARE' },
  { title: 'DELETABLE', align: 'right' },
];
const MOST_JOBS = 40;

function jobLines(jobs: readonly JobAudit[], look: Look): readonly string[] {
  const shown = jobs.slice(0, MOST_JOBS);
  const cells = shown.map((row) => jobCells(row, look.palette));
  const { head, rows } = layOut(JOB_COLUMNS, cells, look);
  const more = jobs.length - shown.length;
  return [head, ...rows, ...(more > 0 ? [`  and ${plural(more, 'job')} more; see --json`] : [])];
}

function jobCells({ job, liveness, snapshots, totals, deletable }: JobAudit, palette: Palette) {
  const needed = totals.metadata.bytes + totals.referenced.bytes;
  const unneeded = totals.orphan.bytes + totals.incomplete.bytes;
  const count = snapshots.complete + snapshots.broken + snapshots.unreadable;
  const broken = snapshots.broken + snapshots.unreadable;
  return [
    job ?? 'no job id',
    { text: liveness, paint: liveness === 'running' ? palette.good : palette.faint },
    formatCount(count),
    broken === 0 ? '' : { text: formatCount(broken), paint: palette.bad },
    formatBytes(needed),
    unneeded === 0 ? '' : { text: formatBytes(unneeded), paint: palette.warning },
    { text: shareBar(unneeded, needed + unneeded, 10), paint: palette.warning },
    deletable.files === 0 ? '' : { text: formatBytes(deletable.bytes), paint: palette.good },
  ];
}

const TALLY_COLUMNS: readonly Column[] = [
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: '', shrinks: true },
  { title: '', drops: 1 },
];

function causeLines({ causes }: AuditReport, look: Look): readonly string[] {
  if (causes.length === 0) return [];
  const cells = causes.map(({ of, ...count }) => [
    ...counted(count),
    of === null ? 'the cause cannot be told' : CAUSE_WORDS[of],
    { text: of ?? '', paint: look.palette.faint },
  ]);
  const { head, rows } = layOut(TALLY_COLUMNS, cells, look);
  return [head, ...rows];
}

function heldBackLines({ heldBack }: AuditReport, look: Look): readonly string[] {
  if (heldBack.length === 0) return [];
  const cells = heldBack.map(({ of, ...count }) => [
    ...counted(count),
    REASON_WORDS[of],
    { text: of, paint: look.palette.faint },
  ]);
  const { head, rows } = layOut(TALLY_COLUMNS, cells, look);
  return [head, ...rows];
}

function mergedLines({ merged: { files, bytes, liveBytes } }: AuditReport): readonly string[] {
  if (files === 0) return [];
  const amplification = liveBytes > 0 ? (bytes / liveBytes).toFixed(2) : UNKNOWN;
  const shares = `${formatBytes(liveBytes)} of ${formatBytes(bytes)} in use (${formatShare(liveBytes, bytes)})`;
  return [`  ${plural(files, 'file')}: ${shares}, space amplification ${amplification}`];
}

function summaryLines(report: AuditReport, palette: Palette): readonly string[] {
  const { snapshots, totals, deletable, missing } = report;
  const unneeded = totals.orphan.bytes + totals.incomplete.bytes;
  const files = totals.orphan.files + totals.incomplete.files;
  const free =
    deletable.files === 0
      ? 'none of it may go yet'
      : `${palette.good(formatBytes(deletable.bytes))} in ${plural(deletable.files, 'file')} may go`;
  const lines = [
    files === 0
      ? palette.good('every file of Flink here is needed')
      : `${plural(files, 'file')} (${formatBytes(unneeded)}) that no snapshot needs: ${free}`,
  ];
  if (missing.files > 0)
    lines.push(
      `${palette.warning('!')} ${plural(snapshots.broken, 'snapshot')} cannot be restored, for ${plural(missing.files, 'file')} that ${missing.files === 1 ? 'is' : 'are'} missing; see "ckpt list"`,
    );
  if (snapshots.unreadable > 0)
    lines.push(
      `${palette.warning('!')} ${plural(snapshots.unreadable, 'snapshot')} cannot be read: nothing may go`,
    );
  return lines;
}

function paintOf(name: FileClass, palette: Palette): (text: string) => string {
  switch (name) {
    case 'metadata':
    case 'referenced':
      return palette.good;
    case 'orphan':
    case 'incomplete':
      return palette.warning;
    default:
      return palette.faint;
  }
}
