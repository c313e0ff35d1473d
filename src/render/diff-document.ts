// `ckpt diff --json`. The fields are public: they are added to, never renamed.
import type { SnapshotDiff } from '../model/snapshot-diff.js';
import { byChange } from './changes.js';
import type { DiffOptions } from './diff.js';

/** The document below its `schema` and `schemaVersion`; files by name only where they are asked for. */
export function diffDocument(diff: SnapshotDiff, { withFiles, top }: DiffOptions) {
  const { addedFiles, goneFiles, operators, ...totals } = diff;
  const shown = { ...totals, operators: byChange(operators).slice(0, top) };
  return withFiles ? { ...shown, addedFiles, goneFiles } : shown;
}
