// A plan for people: which snapshots go and why, what else goes, what is held back, and what comes of it.
import { DELETION_KINDS, type DeletionKind, type Plan, type PlannedSnapshot } from '../model/plan.js';
import { REASON_WORDS } from './audit-words.js';
import type { Look } from './palette.js';
import { section } from './section.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, formatTime, plural } from './units.js';

const KIND_WORDS: Readonly<Record<DeletionKind, string>> = {
  metadata: '_metadata of snapshots that expire',
  exclusive: 'files that were theirs alone',
  shared: 'files that only such snapshots share',
  orphan: 'no snapshot needs it',
  incomplete: 'of snapshots that never completed',
  'in-progress': '_metadata that was never finished',
  'open-upload': 'uploads that were never completed: given up for good',
  'empty-directory': 'directories in which nothing is left',
};

/** Words for what is no rule of files. */
const OTHER_WORDS: Readonly<Record<string, string>> = REASON_WORDS;

const MOST_SNAPSHOTS = 60;

export function renderPlan(plan: Plan, look: Look): string {
  const lines = [
    ...plan.roots.map(visible),
    ...section('snapshots', snapshotLines(plan, look), look),
    ...section('what goes', kindLines(plan, look), look),
    ...section('held back', heldBackLines(plan, look), look),
    '',
    ...summaryLines(plan, look),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** In one sentence what a plan does: `12 files (3.2 MiB) and 2 of 5 snapshots go: …`. */
export function planSummary({ totals, deletions, snapshots, policy, noop }: Plan): string {
  if (noop) return 'nothing is to go';
  const going = snapshots.filter(({ action }) => action === 'delete').length;
  const ofSnapshots = snapshots.length > 0 ? ` and ${going} of ${plural(snapshots.length, 'snapshot')}` : '';
  const linkedBytes = deletions.reduce((sum, { linked, bytes }) => sum + (linked ? bytes : 0), 0);
  const linked = linkedBytes > 0 ? `; ${formatBytes(linkedBytes)} have other names (hard links)` : '';
  const fate =
    totals.bytesFreedAfterTrash + linkedBytes < totals.bytes
      ? 'from sight; the store keeps versions, and frees their room when they expire there'
      : policy.quarantine === false
        ? `for good; ${formatBytes(totals.bytesFreedNow)} are freed`
        : `${trashOf(policy)}; ${formatBytes(totals.bytesFreedNow)} are freed now, ${formatBytes(totals.bytesFreedAfterTrash)} when it is emptied`;
  return `${plural(totals.files, 'file')} (${formatBytes(totals.bytes)})${ofSnapshots} go ${fate}${linked}`;
}

/** Copies cost: a request each, and the bytes twice until the trash is emptied. */
function trashOf({ quarantine }: Plan['policy']): string {
  return typeof quarantine === 'string'
    ? `to ${visible(quarantine)}, a copy each, paid for until the trash is emptied`
    : 'to the trash';
}

const SNAPSHOT_COLUMNS: readonly Column[] = [
  { title: 'SNAPSHOT' },
  { title: '' },
  { title: 'WHY', shrinks: true },
];

function snapshotLines({ snapshots, roots }: Plan, look: Look): readonly string[] {
  const shown = [...snapshots].sort(goingFirst).slice(0, MOST_SNAPSHOTS);
  const cells = shown.map(({ path, action, reasons }) => [
    within(path, roots),
    action === 'delete'
      ? { text: 'goes', paint: look.palette.bad }
      : { text: 'stays', paint: look.palette.good },
    { text: whyOf(action, reasons), paint: look.palette.faint },
  ]);
  const { head, rows } = layOut(SNAPSHOT_COLUMNS, cells, look);
  const left = snapshots.length - shown.length;
  const more = left > 0 ? [look.palette.faint(`  and ${formatCount(left)} more: --json has them all`)] : [];
  return shown.length === 0 ? [] : [head, ...rows, ...more];
}

/** One that goes is kept by no rule; to keep one, one rule is enough. */
function whyOf(action: PlannedSnapshot['action'], reasons: PlannedSnapshot['reasons']): string {
  const [first, ...others] = reasons.map(({ text }) => text);
  if (first === undefined) return '';
  if (action === 'delete') return [first, ...others].join('; ');
  return others.length === 0 ? first : `${first} (and ${plural(others.length, 'other reason')})`;
}

function goingFirst(a: PlannedSnapshot, b: PlannedSnapshot): number {
  return a.action === b.action ? 0 : a.action === 'delete' ? -1 : 1;
}

/** Where one location was given, places are told from there on. */
function within(path: string, [root, ...others]: readonly string[]): string {
  return root !== undefined && others.length === 0 && path.startsWith(`${root}/`)
    ? path.slice(root.length + 1)
    : path;
}

const COUNT_COLUMNS: readonly Column[] = [
  { title: 'KIND' },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: '', shrinks: true },
];

function kindLines({ deletions }: Plan, look: Look): readonly string[] {
  const cells = DELETION_KINDS.flatMap((kind) => {
    const alike = deletions.filter((deletion) => deletion.kind === kind);
    const bytes = alike.reduce((sum, deletion) => sum + deletion.bytes, 0);
    const size = kind === 'empty-directory' || kind === 'open-upload' ? '' : formatBytes(bytes);
    const words = { text: KIND_WORDS[kind], paint: look.palette.faint };
    return alike.length === 0 ? [] : [[kind, formatCount(alike.length), size, words]];
  });
  const { head, rows } = layOut(COUNT_COLUMNS, cells, look);
  return cells.length === 0 ? [] : [head, ...rows];
}

const RULE_COLUMNS: readonly Column[] = [
  { title: 'RULE' },
  { title: 'FILES', align: 'right' },
  { title: '', shrinks: true },
];

function heldBackLines({ heldBack, totals }: Plan, look: Look): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reason } of heldBack) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const cells = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => [
      reason,
      formatCount(count),
      { text: OTHER_WORDS[reason] ?? '', paint: look.palette.faint },
    ]);
  const { head, rows } = layOut(RULE_COLUMNS, cells, look);
  const left = totals.heldBack - heldBack.length;
  const more = left > 0 ? [`  and ${formatCount(left)} more: see ckpt audit`] : [];
  return cells.length === 0 ? [] : [head, ...rows, ...more];
}

function summaryLines(plan: Plan, { palette }: Look): readonly string[] {
  const until = `plan ${plan.planId.slice(0, 8)}, to be begun before ${formatTime(plan.expiresAt)}`;
  return [
    palette.strong(planSummary(plan)),
    ...(plan.noop ? [] : [palette.faint(until)]),
    ...youngLines(plan).map(palette.faint),
  ];
}

/** What is young stays: by which flag, and how far that goes (retention/job-standing.ts, graph/safety-rules.ts). */
function youngLines({ snapshots, heldBack, policy }: Plan): readonly string[] {
  const isYoung =
    snapshots.some(({ reasons }) => reasons.some(({ rule }) => rule === 'young')) ||
    heldBack.some(({ reason }) => reason === 'young');
  if (!isYoung) return [];
  const asked = `what is young stays: --min-age is ${visible(String(policy['min-age']))}, and never less than is safe:`;
  return [
    `${asked} 1h where a job has ended (--job-stopped, --rest), else 1d,`,
    'and 7d for files where nothing is known of their job',
  ];
}
