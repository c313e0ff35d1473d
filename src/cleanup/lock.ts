// One run at a time changes what is below a root: a file there says whose turn it is. A run that finds another's name in
// it stops. Nothing but `ckpt unlock` takes a lock away from another run; a run that died takes up its own again.
import { z } from 'zod';
import { formatLocation, type Location } from '../model/location.js';
import type { StorageRemover } from '../storage/storage.js';
import { LockError, StorageError } from '../support/errors.js';
import { type Random, randomUuid } from '../support/random.js';
import { textAt } from './own-files.js';

/** A lock that nobody has confirmed for this long has expired. */
export const LEASE_MS = 10 * 60_000;

const lockDocument = z.object({
  runId: z.string(),
  /** Tells two holders with the same run from each other. */
  token: z.string(),
  host: z.string(),
  processId: z.int(),
  heartbeatAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

/** What stands in a lock. */
export type LockDocument = z.output<typeof lockDocument>;

/** Who wants a lock. */
export interface LockOwner {
  readonly runId: string;
  readonly host: string;
  readonly processId: number;
  readonly random: Random;
  /** Whether the process that holds a lock is known to have ended. */
  readonly hasEnded: (holder: LockDocument) => boolean;
}

export class Lock {
  readonly #at: Location;
  readonly #storage: StorageRemover;
  readonly #owner: LockOwner;
  readonly #token: string;
  #expiresMs = 0;

  private constructor(at: Location, storage: StorageRemover, owner: LockOwner) {
    this.#at = at;
    this.#storage = storage;
    this.#owner = owner;
    this.#token = randomUuid(owner.random);
  }

  /** Throws a LockError where another run holds it, or this one in a process that may still live. */
  static async acquire(at: Location, storage: StorageRemover, owner: LockOwner): Promise<Lock> {
    const lock = new Lock(at, storage, owner);
    if (await lock.#tryToPut()) return lock;
    const holder = await readLock(at, storage);
    if (holder !== null && !(await lock.#mayTakeOver(holder))) throw heldBy(holder, at);
    if (holder !== null) await storage.remove([at]);
    if (await lock.#tryToPut()) return lock;
    throw heldBy(await readLock(at, storage), at);
  }

  /** Throws a LockError where another run holds the lock, without taking it. */
  static async requireFree(at: Location, storage: StorageRemover, owner: LockOwner): Promise<void> {
    const holder = await readLock(at, storage);
    if (holder !== null && !(await new Lock(at, storage, owner).#mayTakeOver(holder)))
      throw heldBy(holder, at);
  }

  /** Takes away what this very run left at `at` when it died. */
  static async sweep(at: Location, storage: StorageRemover, owner: LockOwner): Promise<void> {
    const holder = await readLock(at, storage);
    if (holder !== null && (await new Lock(at, storage, owner).#mayTakeOver(holder)))
      await storage.remove([at]);
  }

  /** Makes sure that the lock is still ours, and extends it. Throws a LockError where it is not. */
  async confirm(): Promise<void> {
    const holder = await readLock(this.#at, this.#storage);
    if (holder?.token !== this.#token) throw lostTo(holder, this.#at);
    const nowMs = await this.#storage.nowMs(this.#at);
    if (this.#expiresMs - nowMs < LEASE_MS / 2) await this.#storage.put(this.#at, this.#document(nowMs));
  }

  /** Gives it back; leaves the lock of another. */
  async release(): Promise<void> {
    const holder = await readLock(this.#at, this.#storage);
    if (holder?.token === this.#token) await this.#storage.remove([this.#at]);
  }

  async #tryToPut(): Promise<boolean> {
    try {
      await this.#storage.putIfAbsent(this.#at, this.#document(await this.#storage.nowMs(this.#at)));
      return true;
    } catch (thrown) {
      if (thrown instanceof StorageError && thrown.kind === 'already-exists') return false;
      throw thrown;
    }
  }

  async #mayTakeOver(holder: LockDocument): Promise<boolean> {
    if (holder.runId !== this.#owner.runId) return false;
    if (this.#owner.hasEnded(holder)) return true;
    return Date.parse(holder.expiresAt) < (await this.#storage.nowMs(this.#at));
  }

  #document(nowMs: number): Uint8Array {
    this.#expiresMs = nowMs + LEASE_MS;
    const { runId, host, processId } = this.#owner;
    const document: LockDocument = {
      runId,
      token: this.#token,
      host,
      processId,
      heartbeatAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(this.#expiresMs).toISOString(),
    };
    return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
  }
}

/** What stands in the lock at `at`; null where there is none. Throws a LockError where nobody can read what stands there. */
export async function readLock(at: Location, storage: StorageRemover): Promise<LockDocument | null> {
  const text = await textAt(at, storage);
  if (text === null) return null;
  try {
    return lockDocument.parse(JSON.parse(text));
  } catch (cause) {
    throw new LockError('locked', `the lock cannot be understood`, {
      where: formatLocation(at),
      next: 'if no run is under way, take it away with ckpt unlock',
      cause,
    });
  }
}

function heldBy(holder: LockDocument | null, at: Location): LockError {
  const who =
    holder === null ? 'another run' : `run ${holder.runId} (process ${holder.processId} on ${holder.host})`;
  const since = holder === null ? '' : `, last seen at ${holder.heartbeatAt}`;
  return new LockError('locked', `${who} holds the lock${since}; nothing was changed`, {
    where: formatLocation(at),
    next: 'wait until it has ended; if it died, run its own command again, or take the lock away with ckpt unlock',
  });
}

function lostTo(holder: LockDocument | null, at: Location): LockError {
  const who =
    holder === null ? 'somebody took it away' : `run ${holder.runId} on ${holder.host} holds it now`;
  return new LockError('lock-lost', `the lock was lost, ${who}: the run stopped where it was`, {
    where: formatLocation(at),
    next: 'run the same command again when no other run is under way',
  });
}
