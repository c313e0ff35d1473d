// The locks of all roots of a run: had together, or not at all. Taken in one order, so that two runs cannot wait for each
// other's. Where a store is so full that no lock can be written to it, it lies elsewhere until there is room.
import { type Location, parent } from '../model/location.js';
import type { OpenRemover } from '../storage/open.js';
import { StorageError } from '../support/errors.js';
import { Lock, type LockOwner } from './lock.js';

/** Where the lock of a place lies while there is no room at it; null where that is nowhere. */
export type SpareOf = (at: Location) => Location | null;

const NO_SPARE: SpareOf = () => null;

/** A lock, and the place that it has to move to. */
interface Held {
  readonly lock: Lock;
  readonly missingAt: Location | null;
}

export class LockSet {
  #held: readonly Held[];
  readonly #openRemover: OpenRemover;
  readonly #owner: LockOwner;

  private constructor(held: readonly Held[], openRemover: OpenRemover, owner: LockOwner) {
    this.#held = held;
    this.#openRemover = openRemover;
    this.#owner = owner;
  }

  /** Throws a LockError where one of them is held; those taken before are given back. */
  static async acquire(
    places: readonly Location[],
    openRemover: OpenRemover,
    owner: LockOwner,
    spareOf: SpareOf = NO_SPARE,
  ): Promise<LockSet> {
    const held: Held[] = [];
    const locks = () => new LockSet(held, openRemover, owner);
    try {
      for (const at of places) held.push(await locks().#acquire(at, spareOf(at)));
    } catch (thrown) {
      await locks().release();
      throw thrown;
    }
    return locks();
  }

  /** Takes away those that this very run left when it died. */
  static async sweep(places: readonly Location[], openRemover: OpenRemover, owner: LockOwner): Promise<void> {
    for (const at of places) await Lock.sweep(at, await openRemover(at), owner);
  }

  /** Throws a LockError where one has been lost. One that lies elsewhere moves to its place as soon as there is room. */
  async confirm(): Promise<void> {
    const held: Held[] = [];
    for (const { lock, missingAt } of this.#held) {
      await lock.confirm();
      const arrived = missingAt === null ? null : await this.#tryAt(missingAt);
      held.push(...(arrived === null ? [{ lock, missingAt }] : [{ lock, missingAt: null }, arrived]));
    }
    this.#held = held;
  }

  async release(): Promise<void> {
    for (const { lock } of this.#held) await lock.release();
  }

  async #acquire(at: Location, spare: Location | null): Promise<Held> {
    if (spare === null) return { lock: await this.#lockAt(at), missingAt: null };
    const arrived = await this.#tryAt(at);
    if (arrived !== null) return arrived;
    await (await this.#openRemover(spare)).makeDirectory(parent(spare));
    return { lock: await this.#lockAt(spare), missingAt: at };
  }

  /** Null where there is no room. */
  async #tryAt(at: Location): Promise<Held | null> {
    const storage = await this.#openRemover(at);
    try {
      return { lock: await Lock.acquire(at, storage, this.#owner), missingAt: null };
    } catch (thrown) {
      if (!(thrown instanceof StorageError && thrown.kind === 'no-space')) throw thrown;
      await Lock.requireFree(at, storage, this.#owner);
      return null;
    }
  }

  async #lockAt(at: Location): Promise<Lock> {
    return Lock.acquire(at, await this.#openRemover(at), this.#owner);
  }
}

/** What a run says where its lock or its journal could not be written: the same error, with what to do. */
export function nothingChanged(thrown: unknown): unknown {
  if (!(thrown instanceof StorageError)) return thrown;
  const isFull = thrown.kind === 'no-space';
  return new StorageError(thrown.kind, `${thrown.message}; nothing was changed`, {
    ...(thrown.where !== undefined && { where: thrown.where }),
    next: isFull
      ? 'say --journal DIR with a directory elsewhere, and --no-quarantine when the plan is made: then nothing has to be written here'
      : (thrown.next ?? 'run the same command again when the store can be written to'),
    cause: thrown,
  });
}
