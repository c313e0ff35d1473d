// Keeps a lock alive while something else takes its time: a lock that nobody confirms is taken for one of a dead run.
import type { Clock } from '../support/clock.js';
import { LEASE_MS } from './lock.js';

/** The result of `work`; meanwhile `confirm` is called now and then. Throws what that throws, when the work is done. */
export async function whileConfirming<T>(
  confirm: () => Promise<void>,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const lost: unknown[] = [];
  let pending = Promise.resolve();
  let isOver = false;
  let cancel = (): void => {};
  const beat = (): void => {
    if (isOver) return;
    cancel = clock.schedule(LEASE_MS / 4, () => {
      pending = confirm().then(beat, (thrown) => void lost.push(thrown));
    });
  };
  beat();
  const result = await work().finally(() => {
    isOver = true;
    cancel();
  });
  await pending;
  if (lost.length > 0) throw lost[0];
  return result;
}
