// `ckpt verify` for people: a row per snapshot, then what is wrong with each and whose state it costs.
import type { KeyGroupRange } from '../model/metadata.js';
import type { CostlyFile, StateOwner, VerifiedSnapshot, VerifyReport } from '../model/verify-report.js';
import { conditionCell, describeRoot } from './condition.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { section } from './section.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

const COLUMNS: readonly Column[] = [
  { title: 'SNAPSHOT', shrinks: true },
  { title: 'CONDITION' },
  { title: 'FILES', align: 'right', drops: 1 },
  { title: 'RESTORABLE' },
];

/** Files named of one kind of trouble in one snapshot; the rest is counted. */
const FILES_NAMED = 20;

export function renderVerify(report: VerifyReport, look: Look): string {
  const { snapshots, roots } = report;
  const where = roots
    .map(({ path, takenFor }) => `${visible(path)} (${describeRoot(takenFor)})`)
    .join(' and ');
  if (snapshots.length === 0) return `no snapshots in ${where}\n`;
  const { head, rows } = layOut(
    COLUMNS,
    snapshots.map((snapshot) => cellsOf(snapshot, placeWithin(report), look)),
    look,
  );
  const lines = [head, ...rows, ...snapshots.flatMap((snapshot) => trouble(snapshot, look)), ''];
  return [...lines, summary(report, where)].map((line) => `${line}\n`).join('');
}

/** Where one location was given, places are told from there on. */
function placeWithin({ roots: [root, ...others] }: VerifyReport): (path: string) => string {
  return (path) =>
    root !== undefined && others.length === 0 && path.startsWith(`${root.path}/`)
      ? path.slice(root.path.length + 1)
      : path;
}

function cellsOf(snapshot: VerifiedSnapshot, place: (path: string) => string, { palette }: Look) {
  const { path, condition, missing, sizeMismatch, files, restorable, unverified } = snapshot;
  const counts = { condition, missing: missing.length, wrongSize: sizeMismatch.length };
  const unsure = condition === 'complete' && unverified.length > 0;
  const answer = unsure ? { text: 'unknown', paint: palette.warning } : { text: 'no', paint: palette.bad };
  return [
    place(path),
    conditionCell(counts, palette),
    files === null ? '' : formatCount(files),
    restorable ? { text: 'yes', paint: palette.good } : answer,
  ];
}

function trouble(snapshot: VerifiedSnapshot, look: Look): readonly string[] {
  const { missing, sizeMismatch, damaged, unchecked, unverified, error } = snapshot;
  const remark = ({ path, reason }: { path: string; reason: string }) => visible(`${path}: ${reason}`);
  return section(
    visible(snapshot.path),
    [
      ...(error === null ? [] : [`  ${look.palette.bad('unreadable')}  ${visible(error.message)}`]),
      ...costs('missing', missing, look),
      ...costs(
        'size',
        sizeMismatch.map((file) => ({ ...file, remark: `is there with ${formatBytes(file.actualBytes)}` })),
        look,
      ),
      ...costs(
        'damaged',
        damaged.map((file) => ({ ...file, remark: file.reason })),
        look,
      ),
      ...named(unverified.map((each) => `  ${look.palette.warning('not looked up')}  ${remark(each)}`)),
      ...named(unchecked.map((each) => `  ${look.palette.faint('not checked')}  ${remark(each)}`)),
    ],
    look,
  );
}

/** Each file with the state that it costs; files that cost the same are named together. */
function costs(
  label: string,
  files: readonly (CostlyFile & { readonly remark?: string })[],
  { palette }: Look,
): readonly string[] {
  const byCost = new Map<string, string[]>();
  for (const { path, bytes, remark, operators } of files) {
    const cost = operators.map(describeOwner).join('; ');
    const line = visible(`${path} (${formatBytes(bytes)})${remark === undefined ? '' : `: ${remark}`}`);
    const known = byCost.get(cost);
    if (known === undefined) byCost.set(cost, [line]);
    else known.push(line);
  }
  return [...byCost].flatMap(([cost, lines]) => [
    ...named(lines.map((line) => `  ${palette.bad(label)}  ${line}`)),
    `    ${palette.faint('costs')} ${visible(cost)}`,
  ]);
}

function named(lines: readonly string[]): readonly string[] {
  if (lines.length <= FILES_NAMED) return lines;
  return [...lines.slice(0, FILES_NAMED), `  and ${formatCount(lines.length - FILES_NAMED)} more`];
}

function describeOwner(owner: StateOwner): string {
  const uid = owner.uid !== null && owner.uid !== nameOf(owner) ? ` (uid ${owner.uid})` : '';
  const parts = [
    ranges(
      'subtask',
      owner.subtasks.map((subtask) => ({ first: subtask, last: subtask })),
    ),
    ranges('key group', owner.keyGroups),
    owner.coordinator ? 'its coordinator' : '',
  ].filter((part) => part !== '');
  return `${nameOf(owner)}${uid}: ${parts.join(', ')}`;
}

/** `subtask 3`, `key groups 0–63 and 96–127`. */
function ranges(noun: string, list: readonly KeyGroupRange[]): string {
  if (list.length === 0) return '';
  const texts = list.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  const single = list.length === 1 && list[0]!.first === list[0]!.last;
  return `${noun}${single ? '' : 's'} ${texts.join(', ')}`;
}

function summary({ snapshots, deep }: VerifyReport, where: string): string {
  const restorable = snapshots.filter((snapshot) => snapshot.restorable).length;
  const how = deep ? 'every file was read' : 'sizes were compared, no file was read (--deep does)';
  return `${plural(snapshots.length, 'snapshot')} in ${where}: ${formatCount(restorable)} restorable; ${how}`;
}
