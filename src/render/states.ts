// `ckpt inspect --states` for people: the states of the operators with their types and sizes, and what was not told.
import type { OperatorReport } from '../model/snapshot-report.js';
import type { DescribedState, KeyGroupSize, OperatorStates } from '../model/state-report.js';
import { shareBar } from './bar.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

const BAR_WIDTH = 10;

const COLUMNS: readonly Column[] = [
  { title: 'SIZE', align: 'right' },
  { title: 'RAW', align: 'right', drops: 0 },
  { title: 'SHARE', drops: 1 },
  { title: 'STATE', shrinks: true },
  { title: 'KIND' },
  { title: 'KEY', shrinks: true, drops: 4 },
  { title: 'NAMESPACE', drops: 2 },
  { title: 'VALUE', shrinks: true, drops: 5 },
  { title: 'ENTRIES', align: 'right', drops: 3 },
  { title: 'OPERATOR', shrinks: true },
];

/** A line per state below a head, the largest first; states whose size is not told stand at the end. */
export function describedStateTable(
  operators: readonly OperatorReport[],
  described: readonly OperatorStates[],
  look: Look,
): readonly string[] {
  const names = new Map(operators.map((operator) => [operator.id, nameOf(operator)]));
  const states = described.flatMap(({ id, states }) => states.map((state) => ({ ...state, id })));
  if (states.length === 0) return [];
  const whole = states.reduce((sum, { bytes }) => sum + (bytes ?? 0n), 0n);
  const rows = [...states]
    .sort((a, b) => Number((b.bytes ?? -1n) - (a.bytes ?? -1n)))
    .map((state) => [
      formatBytes(state.bytes),
      isCompressed(state) ? formatBytes(state.rawBytes) : '',
      { text: shareBar(state.bytes ?? 0n, whole, BAR_WIDTH), paint: look.palette.accent },
      { text: state.name, paint: look.palette.strong },
      state.kind,
      state.key ?? '',
      state.namespace ?? '',
      state.value ?? '',
      `${state.entriesAreWrites ? '≤ ' : ''}${formatCount(state.entries)}`,
      { text: names.get(state.id) ?? state.id, paint: look.palette.faint },
    ]);
  const table = layOut(COLUMNS, rows, look);
  return [table.head, ...table.rows];
}

function isCompressed({ bytes, rawBytes }: DescribedState): boolean {
  return bytes !== null && rawBytes !== null && rawBytes > bytes;
}

/** How evenly the keyed state of each operator lies over its key groups. */
export function keyGroupLines(
  operators: readonly OperatorReport[],
  described: readonly OperatorStates[],
): readonly string[] {
  return described.flatMap(({ id, keyGroups }) => {
    const operator = operators.find((candidate) => candidate.id === id);
    if (operator === undefined || keyGroups.length === 0) return [];
    return [`  ${visible(nameOf(operator))}: ${describeSpread(keyGroups, operator.maxParallelism)}`];
  });
}

/** What could not be told of the states, operator by operator. */
export function remarkLines(
  operators: readonly OperatorReport[],
  described: readonly OperatorStates[],
  look: Look,
): readonly string[] {
  const names = new Map(operators.map((operator) => [operator.id, nameOf(operator)]));
  return described.flatMap(({ id, remarks }) =>
    remarks.map(({ subtasks, reason }) => {
      const of = subtasks.length === 1 ? `subtask ${subtasks[0]}` : plural(subtasks.length, 'subtask');
      return `  ${visible(names.get(id) ?? id)}, ${of}: ${look.palette.warning(visible(reason))}`;
    }),
  );
}

function describeSpread(keyGroups: readonly KeyGroupSize[], maxParallelism: number): string {
  const largest = keyGroups.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const total = keyGroups.reduce((sum, { bytes }) => sum + bytes, 0n);
  const mean = total / BigInt(keyGroups.length);
  const largestSaid = `the largest is ${largest.keyGroup} with ${formatBytes(largest.bytes)}`;
  return `${formatCount(keyGroups.length)} of ${plural(maxParallelism, 'key group')} in the files, ${formatBytes(mean)} each; ${largestSaid}`;
}
