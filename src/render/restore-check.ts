// `ckpt inspect --uids` for people: which operators of a new job would find their state.
import type { RestoreCheck } from '../model/restore-check.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { section } from './section.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, plural } from './units.js';

const COLUMNS: readonly Column[] = [
  { title: 'SIZE', align: 'right' },
  { title: 'UID', shrinks: true },
  { title: 'OPERATOR', shrinks: true },
  { title: 'MAX PARALLELISM', align: 'right', drops: 1 },
  { title: 'PROBLEM' },
];

/** The answer with what it rests on, and that it rests on structure alone. */
export function renderRestoreCheck(path: string, check: RestoreCheck, look: Look): string {
  const { found, leftOver, withoutState } = check;
  const lines = [
    answer(check, look),
    `  ${look.palette.faint('location')}  ${visible(path)}`,
    ...section(`Find their state: ${found.length}`, foundTable(check, look), look),
    ...section(
      `Left over: ${plural(leftOver.length, 'operator')} of the snapshot`,
      leftOverTable(check, look),
      look,
    ),
    ...section(
      `Start empty: ${plural(withoutState.length, 'uid')} that the snapshot does not know`,
      withoutState.map((uid) => `  ${visible(uid)}`),
      look,
    ),
    '',
    look.palette.faint(
      'By structure only: operator ids and parallelism. Types of state and keys are not compared.',
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function answer({ wouldRestore, wouldRestoreWithoutLeftOvers }: RestoreCheck, { palette }: Look): string {
  if (wouldRestore) return palette.good('it would restore');
  const but = wouldRestoreWithoutLeftOvers
    ? ', but for --allowNonRestoredState, which drops what is left over'
    : '';
  return `${palette.bad('it would not restore')}${but}`;
}

function foundTable({ found }: RestoreCheck, look: Look): readonly string[] {
  return tableOf(
    found.map((operator) => [
      formatBytes(operator.bytes),
      { text: operator.uid, paint: look.palette.strong },
      operator.name ?? '',
      String(operator.maxParallelism),
      { text: operator.problem ?? '', paint: look.palette.bad },
    ]),
    look,
  );
}

function leftOverTable({ leftOver }: RestoreCheck, look: Look): readonly string[] {
  return tableOf(
    leftOver.map((operator) => [
      formatBytes(operator.bytes),
      { text: operator.uid ?? '', paint: look.palette.strong },
      nameOf(operator),
      '',
      operator.hasState
        ? { text: 'state without an operator', paint: look.palette.bad }
        : { text: 'no state: Flink skips it', paint: look.palette.faint },
    ]),
    look,
  );
}

function tableOf(rows: Parameters<typeof layOut>[1], look: Look): readonly string[] {
  if (rows.length === 0) return [];
  const table = layOut(COLUMNS, rows, look);
  return [table.head, ...table.rows];
}
