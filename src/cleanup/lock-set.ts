// The locks of all roots of a run: had together, or not at all. Taken in one order, so that two runs cannot wait for each
// other's.
import type { Location } from '../model/location.js';
import type { OpenRemover } from '../storage/open.js';
import { Lock, type LockOwner } from './lock.js';

export class LockSet {
  readonly #locks: readonly Lock[];

  private constructor(locks: readonly Lock[]) {
    this.#locks = locks;
  }

  /** Throws a LockError where one of them is held; those taken before are given back. */
  static async acquire(
    places: readonly Location[],
    openRemover: OpenRemover,
    owner: LockOwner,
  ): Promise<LockSet> {
    const locks: Lock[] = [];
    try {
      for (const at of places) locks.push(await Lock.acquire(at, await openRemover(at), owner));
    } catch (thrown) {
      await new LockSet(locks).release();
      throw thrown;
    }
    return new LockSet(locks);
  }

  /** Takes away those that this very run left when it died. */
  static async sweep(places: readonly Location[], openRemover: OpenRemover, owner: LockOwner): Promise<void> {
    for (const at of places) await Lock.sweep(at, await openRemover(at), owner);
  }

  async confirm(): Promise<void> {
    for (const lock of this.#locks) await lock.confirm();
  }

  async release(): Promise<void> {
    for (const lock of this.#locks) await lock.release();
  }
}
