// `ckpt verify --json`. The fields are public: they are added to, never renamed.
import type { VerifiedSnapshot, VerifyReport } from '../model/verify-report.js';

/** The document below its `schema` and `schemaVersion`. */
export function verifyDocument({ snapshots, problems, deep }: VerifyReport) {
  return { snapshots: snapshots.map((snapshot) => snapshotDocument(snapshot, deep)), problems };
}

function snapshotDocument(snapshot: VerifiedSnapshot, deep: boolean) {
  const { path, job, id, kind, condition, restorable, missing, sizeMismatch, unverified, error } = snapshot;
  const { damaged, unchecked } = snapshot;
  const read = deep ? { damaged, unchecked } : {};
  return { path, job, id, kind, condition, restorable, missing, sizeMismatch, ...read, unverified, error };
}
