// The operators of a snapshot and the states whose names its metadata tells.
import type { KeyGroupRange } from '../model/metadata.js';
import type { OperatorReport } from '../model/snapshot-report.js';
import { shareBar } from './bar.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { type Column, layOut } from './table.js';
import { formatBytes, formatCount, plural } from './units.js';

const BAR_WIDTH = 10;

const OPERATOR_COLUMNS: readonly Column[] = [
  { title: 'SIZE', align: 'right' },
  { title: 'SHARE', drops: 4 },
  { title: 'ADDED', drops: 2, align: 'right' },
  { title: 'NAME', shrinks: true },
  { title: 'UID', shrinks: true },
  { title: 'ID', drops: 5, shrinks: true },
  { title: 'PARALLELISM', align: 'right' },
  { title: 'KEY GROUPS', drops: 1 },
  { title: 'FILES', drops: 3, align: 'right' },
  { title: 'NOTE', shrinks: true },
];

/** A line per operator below a head. */
export function operatorTable(
  operators: readonly OperatorReport[],
  wholeBytes: bigint,
  look: Look,
): readonly string[] {
  if (operators.length === 0) return [];
  const { head, rows } = layOut(
    OPERATOR_COLUMNS,
    operators.map((operator) => [
      formatBytes(operator.fullBytes),
      { text: shareBar(operator.fullBytes, wholeBytes, BAR_WIDTH), paint: look.palette.accent },
      formatBytes(operator.addedBytes),
      { text: operator.name ?? '', paint: look.palette.strong },
      operator.uid ?? '',
      { text: operator.id, paint: look.palette.faint },
      `${operator.parallelism} of ${operator.maxParallelism}`,
      describeKeyGroups(operator.keyGroupRanges),
      formatCount(operator.files),
      note(operator),
    ]),
    look,
  );
  return [head, ...rows];
}

/** `0–127` of one range, `0–127 in 4` of several. */
function describeKeyGroups(ranges: readonly KeyGroupRange[]): string {
  if (ranges.length === 0) return '';
  const last = ranges.reduce((highest, range) => Math.max(highest, range.last), 0);
  const span = `${ranges[0]!.first}–${last}`;
  return ranges.length === 1 ? span : `${span} in ${ranges.length}`;
}

function note(operator: OperatorReport): string {
  const finished =
    operator.finishedSubtasks > 0 ? `${plural(operator.finishedSubtasks, 'subtask')} finished` : '';
  return [
    operator.fullyFinished ? 'finished' : finished,
    operator.inFlightBytes > 0n ? `${formatBytes(operator.inFlightBytes)} in flight` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const STATE_COLUMNS: readonly Column[] = [
  { title: 'SIZE', align: 'right' },
  { title: 'STATE', shrinks: true },
  { title: 'KIND' },
  { title: 'ELEMENTS', align: 'right' },
  { title: 'OPERATOR', shrinks: true },
];

/** A line per named state below a head, operator by operator. */
export function stateTable(operators: readonly OperatorReport[], look: Look): readonly string[] {
  const cells = operators.flatMap((operator) =>
    operator.states.map((state) => [
      formatBytes(state.bytes),
      { text: state.name, paint: look.palette.strong },
      state.kind,
      formatCount(state.elements),
      { text: nameOf(operator), paint: look.palette.faint },
    ]),
  );
  if (cells.length === 0) return [];
  const { head, rows } = layOut(STATE_COLUMNS, cells, look);
  return [head, ...rows];
}
