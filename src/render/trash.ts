// Trash, undo and locks, for people and as documents.
import type { Leftover } from '../model/cleanup-run.js';
import type { EmptyReport, TrashedRun, UndoReport, UnlockReport } from '../model/trash.js';
import { visible } from './text.js';
import { formatAge, formatBytes, formatCount, plural } from './units.js';

/** The fields are public: they are added to, never renamed. */
export function trashDocument(runs: readonly TrashedRun[]): object {
  return { runs: runs.map(runDocument) };
}

export function emptyDocument(
  { emptied, kept, ...rest }: EmptyReport,
  { isDryRun }: { readonly isDryRun: boolean },
): object {
  return { emptied: emptied.map(runDocument), kept: kept.map(runDocument), ...rest, dryRun: isDryRun };
}

function runDocument({ ageMs, ...run }: TrashedRun): object {
  return run;
}

export function renderTrash(runs: readonly TrashedRun[]): string {
  if (runs.length === 0) return 'the trash is empty\n';
  return runs.map((run) => `${runLine(run)}\n`).join('');
}

function runLine({ runId, root, ageMs, form, files, bytes, snapshots }: TrashedRun): string {
  const how = form === 'hidden' ? ' hidden under markers' : form === 'copied' ? ' as copies' : '';
  const what =
    ageMs === null
      ? 'no manifest tells what it is'
      : `${formatAge(ageMs)} old, ${plural(files, 'file')}, ${formatBytes(bytes)}, ${plural(snapshots.length, 'snapshot')}${how}`;
  return visible(`${runId}  ${what}  ${root}`);
}

export function renderEmptied({ emptied, kept, files, bytesFreed, failed }: EmptyReport): string {
  const lines = [
    ...emptied.map(runLine),
    `${plural(files, 'file')} removed for good, ${formatBytes(bytesFreed)} freed`,
    ...keptLines(kept),
    ...failedLines(failed),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** What would go, to be looked at before it does. */
export function renderGoing(going: readonly TrashedRun[], kept: readonly TrashedRun[]): string {
  const lines = [
    ...going.map(runLine),
    `${goingSummary(going)} would be removed for good`,
    ...keptLines(kept),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `12 files, 3.4 MiB of 2 runs`. */
export function goingSummary(going: readonly TrashedRun[]): string {
  const files = going.reduce((sum, run) => sum + run.files, 0);
  const bytes = going.reduce((sum, run) => sum + run.bytes, 0);
  return `${plural(files, 'file')}, ${formatBytes(bytes)} of ${plural(going.length, 'run')}`;
}

function keptLines(kept: readonly TrashedRun[]): readonly string[] {
  return kept.length === 0 ? [] : [`${plural(kept.length, 'younger run')} kept`];
}

export function renderUndo({ restored, failed, damaged, snapshots, verified }: UndoReport): string {
  const lines = [
    ...failedLines(failed),
    ...damaged.map((path) => visible(`  ${path} is back and does not restore: see ckpt verify`)),
    `${plural(restored, 'file')} in place again, ${plural(snapshots.length, 'snapshot')} among them`,
    `${plural(verified, 'snapshot')} verified restorable`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const MOST_NAMED = 20;

function failedLines(failed: readonly Leftover[]): readonly string[] {
  if (failed.length === 0) return [];
  const named = failed.slice(0, MOST_NAMED).map(({ path, reason }) => visible(`  ${path}: ${reason}`));
  const more = failed.length - named.length;
  return [
    ...named,
    ...(more > 0 ? [`  and ${formatCount(more)} more: --json has them all`] : []),
    `${plural(failed.length, 'file')} left in the trash: run the same command again`,
  ];
}

export function renderUnlock({ path, holder, removed }: UnlockReport): string {
  if (!removed) return `there is no lock at ${visible(path)}\n`;
  if (holder === null) return `the lock is gone: ${visible(path)}\n`;
  const { runId, host, processId, heartbeatAt } = holder;
  return visible(
    `the lock of run ${runId} is gone (process ${processId} on ${host}, last seen at ${heartbeatAt})`,
  ).concat('\n');
}
