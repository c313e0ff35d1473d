// `ckpt list` for people: a row per snapshot, grouped by job, with a picture of what each added and what it reuses.
import type { ListGrouping, SnapshotList, SnapshotRow } from '../model/snapshot-list.js';
import { assertNever } from '../support/errors.js';
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

/** Rows that share a heading: those of one job, or of one directory where no job is known, or what the user chose. */
interface Group {
  readonly title: string;
  /** The directory that holds all of them: names of the rows are relative to it. */
  readonly directory: string;
  readonly rows: readonly SnapshotRow[];
}

/** How a list is shown: `nowMs` is what ages are counted to. */
export interface ListOptions {
  readonly nowMs: number;
  readonly groupBy?: ListGrouping;
  /** Whether paths were read as others, with --rewrite. */
  readonly isRewritten?: boolean;
}

/** The list as text. */
export function renderList(list: SnapshotList, options: ListOptions, look: Look): string {
  const { nowMs, groupBy = 'job', isRewritten = false } = options;
  if (list.snapshots.length === 0) return `no snapshots ${whereLooked(list)}\n`;
  const groups = groupsOf(list.snapshots, groupBy);
  const cells = groups.flatMap((group) => group.rows.map((row) => cellsOf(row, group, nowMs, look.palette)));
  const { head, rows } = layOut(COLUMNS, cells, look);
  const lines = [head];
  let next = 0;
  for (const group of groups) {
    lines.push(heading(group, look.palette), ...rows.slice(next, next + group.rows.length));
    next += group.rows.length;
  }
  lines.push('', totals(list), look.palette.faint(LEGEND), ...listHints(list, look.palette, isRewritten));
  return lines.map((line) => `${line}\n`).join('');
}

function whereLooked(list: SnapshotList): string {
  const places = list.roots.map((root) => `${visible(root.path)} (${describeRoot(root.takenFor)})`);
  return `in ${places.join(' and ')}`;
}

function groupsOf(rows: readonly SnapshotRow[], groupBy: ListGrouping): Group[] {
  const byKey = new Map<string, SnapshotRow[]>();
  for (const row of rows) {
    const key = groupKey(row, groupBy);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [row]);
    else group.push(row);
  }
  return [...byKey.values()].map((group) => ({
    title: titleOf(group[0]!, groupBy),
    directory: commonDirectory(group.map((row) => row.path)),
    rows: group,
  }));
}

function groupKey(row: SnapshotRow, groupBy: ListGrouping): string {
  switch (groupBy) {
    case 'job':
      return row.job ?? parentOf(row.path);
    case 'name':
      return row.jobName === null ? groupKey(row, 'job') : `name ${row.jobName}`;
    case 'kind':
      return row.kind;
    case 'none':
      return '';
    default:
      return assertNever(groupBy, 'grouping');
  }
}

function titleOf(row: SnapshotRow, groupBy: ListGrouping): string {
  if (groupBy === 'kind') return `${row.kind}s`;
  if (groupBy === 'none') return 'all snapshots';
  if (groupBy === 'name' && row.jobName !== null) return visible(row.jobName);
  if (row.job === null) return 'no job id';
  return row.jobName === null ? `job ${row.job}` : `job ${row.job} ${visible(row.jobName)}`;
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
  return `${palette.strong(group.title)}  ${palette.faint(visible(group.directory))}`;
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

function totals(list: SnapshotList): string {
  const rows = list.snapshots;
  const jobs = new Set(rows.flatMap(({ job }) => job ?? [])).size;
  const counts = (['complete', 'incomplete', 'broken', 'unreadable'] as const)
    .map((condition) => [rows.filter((row) => row.condition === condition).length, condition] as const)
    .filter(([count]) => count > 0)
    .map(([count, condition]) => `${formatCount(count)} ${condition}`);
  const ofJobs = jobs === 0 ? '' : ` of ${plural(jobs, 'job')}`;
  const added = rows.reduce((sum, row) => sum + (row.addedBytes ?? 0n), 0n);
  const size = added > 0n ? `; ${formatBytes(added)} added by all of them` : '';
  return `${plural(rows.length, 'snapshot')}${ofJobs} ${whereLooked(list)}: ${counts.join(', ')}${size}`;
}
