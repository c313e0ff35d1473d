// `ckpt list --json`. The fields are public: they are added to, never renamed.
import type { SnapshotList, SnapshotRow } from '../model/snapshot-list.js';

/** The document below its `schema` and `schemaVersion`. */
export function listDocument(list: SnapshotList) {
  return { snapshots: list.snapshots.map(rowDocument), problems: list.problems };
}

function rowDocument(row: SnapshotRow) {
  const named = row.jobName === null ? {} : { jobName: row.jobName };
  const { path, job, id, kind, condition, time, fullBytes, addedBytes, metadataBytes, files, missing } = row;
  return {
    path,
    job,
    id,
    kind,
    condition,
    time,
    fullBytes,
    addedBytes,
    metadataBytes,
    files,
    missing,
    restorable: row.restorable,
    ...named,
  };
}
