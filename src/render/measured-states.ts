// Named states in the newest checkpoints, by size.
import type { JobStates, MeasuredCapacity, StateSize } from '../model/measured-capacity.js';
import { formatGrowth } from './growth.js';
import type { Look } from './palette.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, plural, UNKNOWN } from './units.js';

const MOST_STATES = 15;

const COLUMNS: readonly Column[] = [
  { title: 'STATE', shrinks: true },
  { title: 'OPERATOR', shrinks: true, drops: 1 },
  { title: 'KIND', drops: 2 },
  { title: 'STORED', align: 'right' },
  { title: 'RAW', align: 'right', drops: 3 },
  { title: 'RATIO', align: 'right' },
  { title: 'GROWTH', align: 'right' },
];

/** The largest states of all jobs; nothing where nobody asked. */
export function stateLines(
  { states: jobs }: Pick<MeasuredCapacity, 'states'>,
  look: Look,
): readonly string[] {
  if (jobs === null) return [];
  const states = largestStates(jobs);
  const { head, rows } = layOut(
    COLUMNS,
    states.slice(0, MOST_STATES).map((state) => [state.name, ...stateCells(state)]),
    look,
  );
  const remarks = jobs.flatMap((job) => job.remarks);
  return [
    ...(states.length === 0 ? ['  no state has a name'] : [head, ...rows]),
    ...(states.length > MOST_STATES
      ? [`  and ${plural(states.length - MOST_STATES, 'state')} more; see --json`]
      : []),
    ...remarks.map((remark) => look.palette.warning(`  ${visible(remark)}`)),
  ];
}

/** Of all jobs; those whose size is not told last. */
export function largestStates(jobs: readonly JobStates[]): readonly StateSize[] {
  return jobs.flatMap(({ states }) => states).sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1));
}

/** Operator, kind, stored, raw, ratio, growth. */
export function stateCells({ operatorName, operatorId, kind, bytes, rawBytes, growth }: StateSize) {
  return [
    operatorName ?? operatorId,
    kind,
    formatBytes(bytes),
    formatBytes(rawBytes),
    bytes === null || rawBytes === null || bytes === 0 ? UNKNOWN : `${(rawBytes / bytes).toFixed(2)}`,
    growth === null ? UNKNOWN : formatGrowth(growth.bytesPerMs),
  ] as const;
}
