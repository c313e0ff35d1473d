// `ckpt inspect --json`. The fields are public: they are added to, never renamed.
import type { OperatorReport, SnapshotReport } from '../model/snapshot-report.js';
import { type OperatorSelection, selectOperators } from './inspect-operators.js';

/** The document below its `schema` and `schemaVersion`. Operators stand in the order of the file. */
export function inspectDocument(
  report: SnapshotReport,
  options: OperatorSelection & { readonly withFiles: boolean },
) {
  const chosen = new Set(selectOperators(report.operators, options));
  return {
    path: report.path,
    formatVersion: report.formatVersion,
    checkpointId: report.checkpointId,
    operators: report.operators.filter((operator) => chosen.has(operator)).map(operatorDocument),
    fullBytes: report.fullBytes,
    addedBytes: report.addedBytes,
    inlineBytes: report.inlineBytes,
    files: options.withFiles ? report.files : report.fileCount,
    ...(options.withFiles ? { directories: report.directories } : {}),
  };
}

function operatorDocument(operator: OperatorReport) {
  const { id, name, uid, parallelism, maxParallelism, fullBytes, addedBytes } = operator;
  const states = operator.states.map(({ name, kind, bytes }) => ({ name, kind, bytes }));
  return { id, name, uid, parallelism, maxParallelism, fullBytes, addedBytes, states };
}
