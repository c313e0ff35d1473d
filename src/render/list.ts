// `ckpt list` for people: a row per snapshot, grouped by job, with a picture of what each added and what it reuses.
import type { SnapshotList, SnapshotRow } from '../model/snapshot-list.js';
import { splitBar } from './bar.js';
import { conditionCell, describeRoot } from './condition.js';
import { listHints } from './list-hints.js';
import type { Look, Palette } from './palette.js';
import { type Cell, type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatAge, formatBytes, formatCount, formatTime, plural } from './units.js';

const BAR_WIDTH = 10;

const COLUMNS: readonly Column[] = [
  { title: 'SNAPSHOT', shrinks: true },
  { title: 'ID', drops: 4, align: 'right' },
  { title: 'KIND' },
  { title: 'CONDITION' },
  { title: 'TIME', drops: 1 },
  { title: 'AGE', align: 'right' },
  { title: 'FULL', align: 'right' },
  { title: 'ADDED', align: 'right' },
  { title: 'NEW░REUSED', drops: 5 },
  { title: 'FILES', drops: 3, align: 'right' },
  { title: 'RESTORABLE', drops: 2 },
];

/** One story, whether or not the predecessor is there: Flink records what a checkpoint wrote. */
const LEGEND = 'ADDED (█): state that the snapshot wrote itself; the rest of FULL (░) it reuses from before';

/** Rows that share a heading: those of one job, or those of one directory where no job is known. */
interface Group {
  readonly job: string | null;
  /** The directory that holds all of them: names of the rows are relative to it. */
  readonly directory: string;
  readonly rows: readonly SnapshotRow[];
}

/** The list as text. `nowMs` is what ages are counted to. */
export function renderList(list: SnapshotList, nowMs: number, look: Look): string {
  if (list.snapshots.length === 0) return `no snapshots ${whereLooked(list)}\n`;
  const groups = groupsOf(list.snapshots);
  const cells = groups.flatMap((group) => group.rows.map((row) => cellsOf(row, group, nowMs, look.palette)));
  const { head, rows } = layOut(COLUMNS, cells, look);
  const lines = [head];
  let next = 0;
  for (const group of groups) {
    lines.push(heading(group, look.palette), ...rows.slice(next, next + group.rows.length));
    next += group.rows.length;
  }
  lines.push('', totals(list, groups), look.palette.faint(LEGEND), ...listHints(list, look.palette));
  return lines.map((line) => `${line}\n`).join('');
}

function whereLooked(list: SnapshotList): string {
  const places = list.roots.map((root) => `${visible(root.path)} (${describeRoot(root.takenFor)})`);
  return `in ${places.join(' and ')}`;
}

function groupsOf(rows: readonly SnapshotRow[]): Group[] {
  const byKey = new Map<string, SnapshotRow[]>();
  for (const row of rows) {
    const key = row.job ?? parentOf(row.path);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [row]);
    else group.push(row);
  }
  return [...byKey.values()].map((group) => ({
    job: group[0]!.job,
    directory: commonDirectory(group.map((row) => row.path)),
    rows: group,
  }));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The deepest directory that all paths lie below. */
function commonDirectory(paths: readonly string[]): string {
  let common = parentOf(paths[0]!).split('/');
  for (const path of paths) {
    const segments = parentOf(path).split('/');
    const differs = common.findIndex((segment, index) => segment !== segments[index]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return common.join('/');
}

function heading(group: Group, palette: Palette): string {
  const title = group.job === null ? 'no job id' : `job ${group.job}`;
  return `${palette.strong(title)}  ${palette.faint(visible(group.directory))}`;
}

function cellsOf(row: SnapshotRow, group: Group, nowMs: number, palette: Palette): readonly Cell[] {
  const full = row.fullBytes ?? 0n;
  const own = row.addedBytes ?? 0n;
  const reused = full > own ? full - own : 0n;
  return [
    row.path.slice(group.directory.length + 1),
    row.id === null ? '' : String(row.id),
    row.kind,
    conditionCell(row, palette),
    row.time === null ? '' : { text: formatTime(row.time), paint: palette.faint },
    row.time === null ? '' : formatAge(nowMs - Date.parse(row.time)),
    row.fullBytes === null ? '' : formatBytes(row.fullBytes),
    row.addedBytes === null ? '' : formatBytes(row.addedBytes),
    own + reused <= 0n
      ? ''
      : { text: '█'.repeat(BAR_WIDTH), paint: () => splitBar({ own, reused }, BAR_WIDTH, palette) },
    row.files === null ? '' : formatCount(row.files),
    restorable(row, palette),
  ];
}

function restorable(row: SnapshotRow, palette: Palette): Cell {
  if (row.restorable) return { text: 'yes', paint: palette.good };
  const unsure = row.condition === 'complete' && (row.unverified ?? 0) > 0;
  return unsure ? { text: 'unknown', paint: palette.warning } : { text: 'no', paint: palette.bad };
}

function totals(list: SnapshotList, groups: readonly Group[]): string {
  const rows = list.snapshots;
  const jobs = groups.filter((group) => group.job !== null).length;
  const counts = (['complete', 'incomplete', 'broken', 'unreadable'] as const)
    .map((condition) => [rows.filter((row) => row.condition === condition).length, condition] as const)
    .filter(([count]) => count > 0)
    .map(([count, condition]) => `${formatCount(count)} ${condition}`);
  const ofJobs = jobs === 0 ? '' : ` of ${plural(jobs, 'job')}`;
  const added = rows.reduce((sum, row) => sum + (row.addedBytes ?? 0n), 0n);
  const size = added > 0n ? `; ${formatBytes(added)} added by all of them` : '';
  return `${plural(rows.length, 'snapshot')}${ofJobs} ${whereLooked(list)}: ${counts.join(', ')}${size}`;
}
