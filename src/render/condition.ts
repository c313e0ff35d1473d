// What is said of snapshots and locations, in one spelling and one colour everywhere.
import type { RootKind, SnapshotCondition } from '../model/snapshot.js';
import { assertNever } from '../support/errors.js';
import type { Palette } from './palette.js';
import type { Cell } from './table.js';
import { formatCount } from './units.js';

/** The condition with its colour, and the number of files that make it broken: those missing, else those of another size. */
export function conditionCell(
  snapshot: {
    readonly condition: SnapshotCondition;
    readonly missing: number | null;
    readonly wrongSize: number | null;
  },
  palette: Palette,
): Cell {
  const text = `${snapshot.condition}${faults(snapshot.missing, snapshot.wrongSize)}`;
  return { text, paint: paintOf(snapshot.condition, palette) };
}

function faults(missing: number | null, wrongSize: number | null): string {
  if (missing) return `: ${formatCount(missing)} missing`;
  return wrongSize ? `: ${formatCount(wrongSize)} wrong size` : '';
}

/** The colour of a condition. */
export function paintOf(condition: SnapshotCondition, palette: Palette): (text: string) => string {
  switch (condition) {
    case 'complete':
      return palette.good;
    case 'incomplete':
      return palette.warning;
    case 'broken':
    case 'unreadable':
      return palette.bad;
    default:
      return assertNever(condition, 'snapshot condition');
  }
}

const ROOT_NAMES: Readonly<Record<RootKind, string>> = {
  metadata: 'a metadata file',
  snapshot: 'one snapshot',
  job: 'the directory of a job',
  'checkpoint-root': 'a checkpoint directory',
  'savepoint-root': 'a directory of savepoints',
  ancestor: 'a directory above checkpoint directories',
};

/** What a location was taken for, in words. */
export function describeRoot(kind: RootKind): string {
  return ROOT_NAMES[kind];
}
