// What a list gives reason to do next: one line for each kind of trouble.
import type { SnapshotList, SnapshotRow } from '../model/snapshot-list.js';
import type { Palette } from './palette.js';
import { visible } from './text.js';
import { plural } from './units.js';

/** Lines to put below a list, made with --rewrite or not; none where all is well. */
export function listHints(list: SnapshotList, palette: Palette, isRewritten: boolean): string[] {
  const rows = list.snapshots;
  return [
    ...hint(
      rows.filter((row) => row.condition === 'broken'),
      (first, count) =>
        `${plural(count, 'snapshot')} cannot be restored: files are missing or changed. See "ckpt inspect ${first}"` +
        (isRewritten
          ? ' with the same --rewrite.'
          : '; for a tree that was moved, say where it was with --rewrite FROM=TO.'),
    ),
    ...rows
      .filter((row) => row.condition === 'unreadable')
      .map(({ path, error }) =>
        visible(error?.message.includes(path) ? error.message : `${path}: ${error?.message}`),
      ),
    ...hint(
      rows.filter((row) => row.condition === 'incomplete'),
      (_, count) =>
        `${plural(count, 'directory', 'directories')} without _metadata: a checkpoint under way, or one that never completed.`,
    ),
    ...hint(
      rows.filter((row) => (row.unverified ?? 0) > 0),
      (_, count) =>
        `${plural(count, 'snapshot')} with references that could not be looked up: whether they restore is not known.`,
    ),
  ].map((line) => `${palette.warning('!')} ${line}`);
}

function hint(
  rows: readonly SnapshotRow[],
  sentence: (firstPath: string, count: number) => string,
): string[] {
  return rows.length === 0 ? [] : [sentence(visible(rows[0]!.path), rows.length)];
}
