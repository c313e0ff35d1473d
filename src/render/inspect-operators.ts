// The operators of a snapshot and the states whose names its metadata tells.
import type { KeyGroupRange } from '../model/metadata.js';
import type { OperatorReport } from '../model/snapshot-report.js';
import { UsageError } from '../support/errors.js';
import { shareBar } from './bar.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { type Column, layOut } from './table.js';
import { formatBytes, formatCount, plural } from './units.js';

const BAR_WIDTH = 10;

/** Which operators are to be shown. */
export interface OperatorSelection {
  readonly top: number | undefined;
  /** A name, a uid or an id. */
  readonly operator: string | undefined;
}

/**
 * The chosen operators, the largest first; those of one size stay in their order. Throws a UsageError where no operator
 * is called as wanted.
 */
export function selectOperators(
  operators: readonly OperatorReport[],
  { top, operator: wanted }: OperatorSelection,
): readonly OperatorReport[] {
  const chosen = operators.filter((operator) => wanted === undefined || isNamed(operator, wanted));
  if (wanted !== undefined && chosen.length === 0) throw unknownOperator(operators, wanted);
  return chosen
    .sort((a, b) => (a.fullBytes === b.fullBytes ? 0 : a.fullBytes < b.fullBytes ? 1 : -1))
    .slice(0, top);
}

function unknownOperator(operators: readonly OperatorReport[], wanted: string): UsageError {
  const names = operators.map(nameOf);
  const next = names.length === 0 ? 'the snapshot has no operators' : `there are ${names.join(', ')}`;
  return new UsageError(`no operator has the name, uid or id ${wanted}`, { where: '--operator', next });
}

function isNamed(operator: OperatorReport, wanted: string): boolean {
  return operator.name === wanted || operator.uid === wanted || operator.id === wanted.toLowerCase();
}

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
