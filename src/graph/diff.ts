// Two snapshots of the same or of different jobs, side by side. Pure.
import { canonicalKey } from '../model/location.js';
import type { IsWanted, ReferenceTable } from '../model/reference-table.js';
import type {
  DiffRemark,
  DiffSide,
  FileTotal,
  Growths,
  OperatorGrowth,
  SnapshotDiff,
  StateGrowth,
} from '../model/snapshot-diff.js';
import type { OperatorReport, SnapshotReport } from '../model/snapshot-report.js';
import type { DescribedState, OperatorStates } from '../model/state-report.js';
import { NOT_FOUND } from '../support/fingerprint-table.js';
import { fileRows } from './file-rows.js';

/** What is compared of a snapshot. */
export interface Compared {
  readonly report: SnapshotReport;
  readonly files: ReferenceTable;
  /**
   * What RocksDB calls a file within its subtask, with its size, and where it lies (`canonicalKey`). RocksDB writes a
   * file of one name once, so the same name and size are the same bytes.
   */
  readonly localFiles: ReadonlyMap<string, string>;
  /** What the state files tell of the states; null where only the metadata was read. */
  readonly states: readonly OperatorStates[] | null;
}

export function diffSnapshots(a: Compared, b: Compared): SnapshotDiff {
  const isAdded: IsWanted = (row) => a.files.find(b.files, row) === NOT_FOUND;
  const isGone: IsWanted = (row) => b.files.find(a.files, row) === NOT_FOUND;
  const sentAgain = reuploadedKeys(a, b);
  const isSentAgain: IsWanted = (row) => isAdded(row) && sentAgain.has(canonicalKey(b.files.location(row)));
  const [added, gone] = [totalOf(b.files, isAdded), totalOf(a.files, isGone)];
  return {
    a: sideOf(a.report),
    b: sideOf(b.report),
    growth: growthsOf(sideOf(a.report), sideOf(b.report)),
    operators: operatorGrowths(withStates(a), withStates(b)),
    remarks: [...remarksOf('a', a), ...remarksOf('b', b)],
    kept: totalOf(b.files, (row) => !isAdded(row)),
    appendedBytes: appendedBytes(a.files, b.files),
    added,
    gone,
    reuploaded: totalOf(b.files, isSentAgain),
    addedFiles: fileRows(b.files, { count: added.files, isWanted: isAdded }),
    goneFiles: fileRows(a.files, { count: gone.files, isWanted: isGone }),
  };
}

function reuploadedKeys(a: Compared, b: Compared): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, place] of b.localFiles) {
    const before = a.localFiles.get(name);
    if (before !== undefined && before !== place) found.add(place);
  }
  return found;
}

function sideOf(report: SnapshotReport): DiffSide {
  const { path, job, checkpointId, formatVersion, time } = report;
  const { fullBytes, inlineBytes, metadataBytes, fileCount: files, fileBytes } = report;
  return {
    path,
    job,
    checkpointId,
    formatVersion,
    time,
    fullBytes,
    inlineBytes,
    metadataBytes,
    files,
    fileBytes,
  };
}

function growthsOf(a: DiffSide, b: DiffSide): Growths {
  return {
    fullBytes: b.fullBytes - a.fullBytes,
    inlineBytes: b.inlineBytes - a.inlineBytes,
    metadataBytes: b.metadataBytes - a.metadataBytes,
    files: b.files - a.files,
    fileBytes: b.fileBytes - a.fileBytes,
  };
}

interface ComparedOperator extends Omit<OperatorReport, 'states'> {
  readonly states: readonly SizedState[];
}

type SizedState = Pick<DescribedState, 'name' | 'kind' | 'bytes'>;

function withStates({ report, states }: Compared): readonly ComparedOperator[] {
  const described = new Map(states?.map((ofOperator) => [ofOperator.id, ofOperator.states]));
  return report.operators.map((operator) => ({
    ...operator,
    states: described.get(operator.id) ?? operator.states,
  }));
}

function remarksOf(side: 'a' | 'b', { states }: Compared): readonly DiffRemark[] {
  return (states ?? []).flatMap(({ id, remarks }) =>
    remarks.map(({ subtasks, reason }) => ({ side, operator: id, subtasks, reason })),
  );
}

function operatorGrowths(
  a: readonly ComparedOperator[],
  b: readonly ComparedOperator[],
): readonly OperatorGrowth[] {
  return pairs(a, b, ({ id }) => id)
    .filter(([before, after]) => before?.hasState || after?.hasState)
    .map(([before, after]): OperatorGrowth => {
      const { id, name, uid } = (after ?? before)!;
      const [bytesA, bytesB] = [before?.fullBytes ?? null, after?.fullBytes ?? null];
      return {
        id,
        name: name ?? before?.name ?? null,
        uid: uid ?? before?.uid ?? null,
        bytesA,
        bytesB,
        growthBytes: (bytesB ?? 0n) - (bytesA ?? 0n),
        states: stateGrowths(before?.states ?? [], after?.states ?? []),
      };
    })
    .sort((x, y) => compare(y.growthBytes, x.growthBytes) || compare(x.id, y.id));
}

function stateGrowths(a: readonly SizedState[], b: readonly SizedState[]): readonly StateGrowth[] {
  return pairs(a, b, ({ kind, name }) => `${name} ${kind}`)
    .map(([before, after]): StateGrowth => {
      const { name, kind } = (after ?? before)!;
      const [bytesA, bytesB] = [before?.bytes ?? null, after?.bytes ?? null];
      const told = before?.bytes !== null && after?.bytes !== null;
      return { name, kind, bytesA, bytesB, growthBytes: told ? (bytesB ?? 0n) - (bytesA ?? 0n) : null };
    })
    .sort((x, y) => compare(x.name, y.name));
}

/** Each thing of either side with its counterpart. */
function pairs<T>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (value: T) => string,
): readonly (readonly [T | undefined, T | undefined])[] {
  const [inA, inB] = [new Map(a.map((t) => [keyOf(t), t])), new Map(b.map((t) => [keyOf(t), t]))];
  return [...new Set([...inA.keys(), ...inB.keys()])].map((key) => [inA.get(key), inB.get(key)]);
}

function compare<T extends bigint | string>(x: T, y: T): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

function totalOf(files: ReferenceTable, isWanted: IsWanted): FileTotal {
  let count = 0;
  let bytes = 0n;
  for (let row = 0; row < files.count; row++) {
    if (!isWanted(row)) continue;
    count++;
    bytes += sizeOf(files, row);
  }
  return { files: count, bytes };
}

function appendedBytes(before: ReferenceTable, now: ReferenceTable): bigint {
  let total = 0n;
  for (let row = 0; row < now.count; row++) {
    const rowBefore = before.find(now, row);
    const more = rowBefore === NOT_FOUND ? 0n : sizeOf(now, row) - sizeOf(before, rowBefore);
    if (more > 0n) total += more;
  }
  return total;
}

/** Unknown sizes are written as -1, and add nothing. */
function sizeOf(files: ReferenceTable, row: number): bigint {
  const sizeBytes = files.sizeBytes(row);
  return sizeBytes < 0n ? 0n : sizeBytes;
}
