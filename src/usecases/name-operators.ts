// `ckpt inspect --uid`: names for operators of versions that record only ids.
import { operatorIdOfUid } from '../model/operator-id.js';
import type { OperatorReport, SnapshotReport } from '../model/snapshot-report.js';

/** The report with what uids tell of operators whose names the `_metadata` does not have, and the uids of nobody. */
export interface NamedReport {
  readonly report: SnapshotReport;
  readonly unused: readonly string[];
}

/** Gives operators without a uid the one of `uids` that is theirs. */
export function nameByUid(report: SnapshotReport, uids: readonly string[]): NamedReport {
  const byId = new Map(uids.map((uid) => [operatorIdOfUid(uid), uid]));
  const operators = report.operators.map(
    (operator): OperatorReport => ({ ...operator, uid: operator.uid ?? byId.get(operator.id) ?? null }),
  );
  const ids = new Set(operators.map(({ id }) => id));
  return {
    report: { ...report, operators },
    unused: [...byId].filter(([id]) => !ids.has(id)).map(([, uid]) => uid),
  };
}
