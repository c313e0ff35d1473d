// The only door through which a command changes stores. Commands that look cannot reach this file (.dependency-cruiser.mjs).
import { hostname } from 'node:os';
import type { OpenRemover } from '../storage/open.js';
import { RefusalError } from '../support/errors.js';
import { systemRandom } from '../support/random.js';
import type { Session } from './session.js';
import { isSet } from './streams.js';

/**
 * Opens stores for changing them. Kept out of the session, so that a command that only reads holds nothing that could
 * write. Aborting `signal` ends requests and waits.
 */
export async function openRemovers({ stores }: Session, signal?: AbortSignal): Promise<OpenRemover> {
  return (await import('../storage/open.js')).removers({ ...stores, signal });
}

/** Throws a RefusalError where `CKPT_DISABLE_DELETE` says that nothing may be deleted from here. */
export function requireDeletionAllowed(): void {
  if (!isSet('CKPT_DISABLE_DELETE')) return;
  throw new RefusalError('deletion-disabled', 'CKPT_DISABLE_DELETE is set: nothing is deleted from here', {
    where: 'CKPT_DISABLE_DELETE',
    next: 'nothing was changed; unset it where deletion is meant',
  });
}

/** This process, as a lock names its holder. */
export function lockOwner() {
  const host = hostname();
  return {
    host,
    processId: process.pid,
    random: systemRandom,
    hasEnded: (holder: { readonly host: string; readonly processId: number }) =>
      holder.host === host && !isAlive(holder.processId),
  };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
