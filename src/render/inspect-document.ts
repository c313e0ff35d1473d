// `ckpt inspect --json`. The fields are public: they are added to, never renamed.
import { type OperatorSelection, selectOperators } from '../model/operator-selection.js';
import type { OperatorReport, SnapshotReport } from '../model/snapshot-report.js';
import type { OperatorStates } from '../model/state-report.js';
import type { InspectOptions } from './inspect.js';

/** The document below its `schema` and `schemaVersion`. Operators stand in the order of the file. */
export function inspectDocument(
  report: SnapshotReport,
  options: OperatorSelection & Pick<InspectOptions, 'withFiles' | 'states'>,
) {
  const described = new Map(options.states?.map((states) => [states.id, states]));
  const chosen = new Set(selectOperators(report.operators, options));
  return {
    path: report.path,
    job: report.job,
    kind: report.kind,
    condition: report.condition,
    restorable: report.restorable,
    time: report.time,
    metadataBytes: report.metadataBytes,
    formatVersion: report.formatVersion,
    checkpointId: report.checkpointId,
    operators: report.operators
      .filter((operator) => chosen.has(operator))
      .map((operator) => operatorDocument(operator, described.get(operator.id))),
    fullBytes: report.fullBytes,
    addedBytes: report.addedBytes,
    inlineBytes: report.inlineBytes,
    fileCount: report.fileCount,
    fileBytes: report.fileBytes,
    missingCount: report.missing.count,
    sizeMismatchCount: report.wrongSize.count,
    unverifiedCount: report.unverified.count,
    ...(options.withFiles ? fileLists(report) : {}),
  };
}

/** They may have millions of rows, so they are there only for who asks (docs/adr/0010-lists-with-files.md). */
function fileLists({ files, directories, missing, wrongSize, unverified }: SnapshotReport) {
  const { path, bytes, actualBytes } = wrongSize.columns;
  return {
    missing: {
      numbers: missing.numbers,
      columns: { path: missing.columns.path, bytes: missing.columns.bytes },
    },
    sizeMismatch: { numbers: wrongSize.numbers, columns: { path, bytes, actualBytes } },
    unverified,
    files,
    directories,
  };
}

/** With `--states` the states are those of the files too, with their types. */
function operatorDocument(operator: OperatorReport, described: OperatorStates | undefined) {
  const { id, name, uid, parallelism, maxParallelism, fullBytes, addedBytes } = operator;
  const head = { id, name, uid, parallelism, maxParallelism, fullBytes, addedBytes };
  if (described !== undefined) {
    const { states, keyGroups, remarks } = described;
    return { ...head, states, keyGroups, remarks };
  }
  return { ...head, states: operator.states.map(({ name, kind, bytes }) => ({ name, kind, bytes })) };
}
