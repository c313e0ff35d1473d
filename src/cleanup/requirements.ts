// What a run must find before it begins, and before it goes on: each throws where it does not hold.
import { formatLocation, type Location } from '../model/location.js';
import type { Plan } from '../model/plan.js';
import type { QuarantineForm } from '../model/trash.js';
import { RefusalError, StoppedError } from '../support/errors.js';
import type { Checked, Look } from './check.js';

/** Throws a RefusalError where something could not be looked at. */
export function requireUnblocked({ blocks }: Look, { roots }: Plan): void {
  const [first] = blocks;
  if (first === undefined) return;
  const more = blocks.length > 1 ? ` (and ${blocks.length - 1} more)` : '';
  throw new RefusalError('blocked', `nothing may go: ${first}${more}`, {
    where: roots[0]!,
    next: 'see ckpt audit; the same command goes on when it can be looked at again',
  });
}

/** What is gone needs nobody any more; where all else has changed, the plan is of another time. */
export function requireAnythingLeft({ going, skipped }: Checked, { planId }: Plan): void {
  const changed = skipped.filter(({ reason }) => reason !== 'gone');
  if (changed.length === 0 || going.some(({ kind }) => kind !== 'empty-directory')) return;
  const { path, reason } = changed[0]!;
  throw new RefusalError(
    'plan-stale',
    `nothing of the plan holds any more: ${changed.length} of its files must stay, such as ${path} (${reason})`,
    { where: planId, next: 'make a new one with ckpt plan; nothing was changed' },
  );
}

/** Throws a StoppedError where the evidence speaks against going on. */
export function requireEvidence([objection]: readonly string[], runId: string): void {
  if (objection === undefined) return;
  throw new StoppedError(`stopped, since the evidence does not hold any more: ${objection}`, {
    where: runId,
    next: 'what has gone was right to go when it went; the same command goes on when the evidence holds again',
  });
}

/** Throws a RefusalError where files are to be put aside and the store of `home` cannot do that without copying them. */
export function requireQuarantine(form: QuarantineForm | null, home: Location): QuarantineForm {
  if (form !== null) return form;
  throw new RefusalError(
    'no-quarantine',
    'the store cannot put files aside: it does not rename, and is not known to keep versions',
    {
      where: formatLocation(home),
      next: 'say --no-quarantine to remove files for good; nothing was changed',
    },
  );
}
