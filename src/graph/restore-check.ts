// The operators of a snapshot against those of a new job.
import { operatorIdOfUid } from '../model/operator-id.js';
import type { LeftOverState, NewOperator, RestoreCheck, RestoredOperator } from '../model/restore-check.js';
import type { OperatorReport } from '../model/snapshot-report.js';

/**
 * Compares. With `maxParallelism` the job is taken to set it for every operator: it must then be the snapshot's; else
 * Flink takes the snapshot's over.
 */
export function checkRestore(
  operators: readonly OperatorReport[],
  wanted: readonly NewOperator[],
  maxParallelism: number | undefined,
): RestoreCheck {
  const byId = new Map(wanted.map((operator) => [operatorIdOfUid(operator.uid), operator]));
  const found: RestoredOperator[] = [];
  const leftOver: LeftOverState[] = [];
  for (const operator of operators) {
    const { id, name, uid, fullBytes: bytes, hasState } = operator;
    const claimed = byId.get(id);
    byId.delete(id);
    if (claimed === undefined) leftOver.push({ id, uid, name, bytes, hasState });
    else {
      const problem = problemOf(operator, claimed, maxParallelism);
      found.push({ uid: claimed.uid, id, name, bytes, maxParallelism: operator.maxParallelism, problem });
    }
  }
  const fits = found.every(({ problem }) => problem === null);
  return {
    structureOnly: true,
    wouldRestore: fits && !leftOver.some(({ hasState }) => hasState),
    wouldRestoreWithoutLeftOvers: fits,
    found,
    leftOver,
    withoutState: [...byId.values()].map(({ uid }) => uid).sort(),
  };
}

function problemOf(
  { maxParallelism: recorded }: OperatorReport,
  { parallelism }: NewOperator,
  maxParallelism: number | undefined,
): string | null {
  if (maxParallelism !== undefined && maxParallelism !== recorded) {
    return `its max parallelism is ${recorded}, not ${maxParallelism}`;
  }
  if (parallelism !== null && parallelism > recorded) {
    return `parallelism ${parallelism} is beyond its max parallelism ${recorded}`;
  }
  return null;
}
