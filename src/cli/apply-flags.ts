// The flags of the commands that carry plans out, and what they come to.
import { integer, string } from '@oclif/core/flags';
import { formatCount } from '../render/units.js';
import { admitAtRate, rateLimitedStorage } from '../storage/rate-limited.js';
import { fromEnvironment } from './flags.js';
import { lockOwner, openRemovers } from './removers.js';
import type { Session } from './session.js';

export const applyFlags = fromEnvironment({
  journal: string({
    helpValue: 'DIR',
    description:
      'Keep the journal of the run here, and not in .ckpt-journal below the location: where that has no room left.',
  }),
  rate: integer({
    min: 1,
    helpValue: 'N',
    description: 'At most N requests that change the store a second.',
  }),
});

interface ApplyFlags {
  readonly journal: string | undefined;
  readonly rate: number | undefined;
  readonly concurrency: number;
}

/** Everything of the outside that carrying a plan out needs. Ctrl-C stops it between two steps. */
export async function applyWorld({ journal, rate, concurrency }: ApplyFlags, session: Session) {
  const signal = session.interrupt();
  const open = await openRemovers(session, signal);
  const admit = rate === undefined ? null : admitAtRate(rate, session.clock);
  return {
    openReader: session.openReader,
    openRemover: async (location: Parameters<typeof open>[0]) =>
      admit === null ? open(location) : rateLimitedStorage(await open(location), admit),
    owner: lockOwner(),
    signal,
    clock: session.clock,
    concurrency,
    onProgress: (files: number, of: number) =>
      session.tell(`${formatCount(files)} of ${formatCount(of)} gone`),
    journals: journal === undefined ? undefined : session.locate(journal),
  };
}
