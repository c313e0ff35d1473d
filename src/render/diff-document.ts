// `ckpt diff --json`. The fields are public: they are added to, never renamed.
import type { SnapshotDiff } from '../model/snapshot-diff.js';

/** The document below its `schema` and `schemaVersion`; files by name only where they are asked for. */
export function diffDocument(diff: SnapshotDiff, { withFiles }: { readonly withFiles: boolean }) {
  const { addedFiles, goneFiles, ...totals } = diff;
  return withFiles ? { ...totals, addedFiles, goneFiles } : totals;
}
