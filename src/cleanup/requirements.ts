// What a run must find before it begins, and before it goes on: each throws where it does not hold.
import { formatLocation, isWithin, type Location } from '../model/location.js';
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

/** Throws a RefusalError where files are to be put aside and the store of `home` cannot do it in that way. */
export function requireQuarantine(
  form: QuarantineForm | null,
  home: Location,
  copiesTo: Location | null,
): QuarantineForm {
  if (form !== null) return form;
  if (copiesTo !== null) throw cannotCopy(home, copiesTo);
  throw new RefusalError(
    'no-quarantine',
    'the store cannot put files aside: it does not rename, and is not known to keep versions',
    {
      where: formatLocation(home),
      next: 'say --quarantine LOCATION to copy them to another place of the store, or --no-quarantine to remove them for good; nothing was changed',
    },
  );
}

/** Throws a RefusalError where files of `homes` cannot be copied to `copiesTo` by their store, or would lie among them. */
export function requirePlaceForCopies(copiesTo: Location, homes: readonly Location[]): void {
  const where = formatLocation(copiesTo);
  const inside = homes.find((home) => isWithin(copiesTo, home) || isWithin(home, copiesTo));
  if (inside !== undefined)
    throw new RefusalError(
      'no-quarantine',
      `copies cannot lie beside the files of ${formatLocation(inside)}`,
      {
        where,
        next: 'give --quarantine a place that neither is in a location that is cleaned nor holds one; nothing was changed',
      },
    );
  const foreign = homes.find((home) => !isOfOneStore(home, copiesTo));
  if (foreign !== undefined) throw cannotCopy(foreign, copiesTo);
}

function cannotCopy(home: Location, copiesTo: Location): RefusalError {
  const where = formatLocation(copiesTo);
  return new RefusalError('no-quarantine', `the store of ${formatLocation(home)} cannot copy to ${where}`, {
    where,
    next: 'give --quarantine a place in the same store (of S3: another bucket), or none; nothing was changed',
  });
}

/** Buckets are of one store, name services are not. */
function isOfOneStore(a: Location, b: Location): boolean {
  return a.store === b.store && (a.store === 's3' || a.authority === b.authority);
}
