// What came of a cleanup, for people and as a document.
import type { Leftover, RunOutcome } from '../model/cleanup-run.js';
import type { Look } from './palette.js';
import { section } from './section.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

/** A run, and whether it had ended before. */
export interface ShownOutcome {
  readonly outcome: RunOutcome;
  readonly wasDone: boolean;
  /** What was cleaned. */
  readonly roots: readonly string[];
}

const MOST_NAMED = 20;

/** Both views of it. */
export function outcomeView(shown: ShownOutcome) {
  return {
    document: (): object => ({ ...shown.outcome, alreadyDone: shown.wasDone }),
    text: (look: Look): string => renderOutcome(shown, look),
  };
}

function renderOutcome({ outcome, wasDone, roots }: ShownOutcome, look: Look): string {
  const { runId, skipped, failed } = outcome;
  const lines = [
    ...section('left, since it has changed', leftLines(skipped), look).slice(1),
    ...section('failed', leftLines(failed), look),
    ...(wasDone ? [`there was nothing to do: ${doneBefore(outcome)}`] : [summary(outcome, roots)]),
    `${plural(outcome.verified, 'snapshot')} verified restorable`,
    ...(wasDone ? [] : [look.palette.faint(`run ${runId}`)]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function leftLines(left: readonly Leftover[]): readonly string[] {
  const named = left.slice(0, MOST_NAMED).map(({ path, reason }) => visible(`  ${path}: ${reason}`));
  const more = left.length - named.length;
  return more > 0 ? [...named, `  and ${formatCount(more)} more: --json has them all`] : named;
}

function doneBefore({ deleted, quarantined }: RunOutcome): string {
  return deleted + quarantined === 0 ? 'nothing was to go' : 'this plan was carried out before';
}

function summary(
  { deleted, quarantined, uploads, bytesFreed, failed, runId }: RunOutcome,
  roots: readonly string[],
): string {
  const givenUp = uploads > 0 ? `; ${plural(uploads, 'open upload')} given up` : '';
  const left =
    failed.length > 0 ? `; ${plural(failed.length, 'file')} failed: run the same command again` : '';
  return quarantined > 0
    ? `${plural(quarantined, 'file')} put aside: ckpt undo ${runId}${places(roots)} brings them back, ckpt trash empty frees the room${givenUp}${left}`
    : `${plural(deleted, 'file')} deleted, ${formatBytes(bytesFreed)} freed${givenUp}${left}`;
}

function places(roots: readonly string[]): string {
  return roots.map((root) => ` --in ${visible(root)}`).join('');
}
