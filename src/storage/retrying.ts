// Trying again what may succeed later: exponential waits with full jitter, no shorter than the store asks for. Knows
// nothing of any store but the kinds of its errors.
import type { Location } from '../model/location.js';
import type { Clock } from '../support/clock.js';
import { StorageError, type StorageErrorKind } from '../support/errors.js';
import type { Random } from '../support/random.js';
import type { RemovalResult, StorageReader, StorageRemover, StoredVersions } from './storage.js';

/** How often and after what waits. Times in milliseconds. */
export interface RetryPolicy {
  /** Calls in all, the first one included. */
  readonly attempts: number;
  /** The first wait is below this; each further limit is twice the one before. */
  readonly baseMs: number;
  /** No wait is longer, unless the store asks for it. */
  readonly capMs: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends a wait, and forbids further tries; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every failure that will be tried again. */
  readonly onRetry?: ((error: StorageError, waitMs: number) => void) | undefined;
}

/** For stores over a network: about a quarter of a minute in all. */
export const PATIENCE = { attempts: 8, baseMs: 200, capMs: 20_000 } as const;

/** Runs an action until it succeeds, fails for good or has used up its attempts; then throws its last error. */
export type Retry = <T>(action: () => Promise<T>) => Promise<T>;

/** A {@link Retry} with this policy. What is thrown and is no retryable StorageError is passed on at once. */
export function retryBy(policy: RetryPolicy): Retry {
  return async (action) => {
    for (let failures = 0; ; ) {
      policy.signal?.throwIfAborted();
      try {
        return await action();
      } catch (thrown) {
        failures++;
        if (!isRetryable(thrown) || failures >= policy.attempts) throw thrown;
        const waitMs = waitBefore(failures, thrown, policy);
        policy.onRetry?.(thrown, waitMs);
        await pause(policy.clock, waitMs, policy.signal);
      }
    }
  };
}

/**
 * A reader whose single requests are tried again. Its listings are not: their drivers try again page by page, for a
 * listing that starts anew would hand out its entries twice.
 */
export function retryingReader(inner: StorageReader, retry: Retry): StorageReader {
  return {
    capabilities: inner.capabilities,
    list: (root) => inner.list(root),
    listDirectory: (directory) => inner.listDirectory(directory),
    stat: (location) => retry(() => inner.stat(location)),
    read: (location) => retry(() => inner.read(location)),
    readRange: (location, offset, length) => retry(() => inner.readRange(location, offset, length)),
    nowMs: (location) => retry(() => inner.nowMs(location)),
  };
}

/** A storage whose single requests are tried again, as by {@link retryingReader}; of a removal those that failed. */
export function retryingStorage(inner: StorageRemover, retry: Retry): StorageRemover {
  return {
    ...retryingReader(inner, retry),
    makeDirectory: (location) => retry(() => inner.makeDirectory(location)),
    put: (location, content) => retry(() => inner.put(location, content)),
    putPieces: (location, pieces) => retry(() => inner.putPieces(location, pieces)),
    putIfAbsent: (location, content) => putIfAbsent(inner, retry, location, content),
    remove: (locations) =>
      removeUntilDone(locations, { remove: (left) => inner.remove(left), locationOf: (at) => at, retry }),
    removeEmptyDirectory: (location) => retry(() => inner.removeEmptyDirectory(location)),
    copy: (from, to) => retry(() => inner.copy(from, to)),
    rename: (from, to) => renameOnce(inner, retry, from, to),
    ...(inner.versions && { versions: retryingVersions(inner.versions, retry) }),
  };
}

/**
 * A put whose answer was lost may have won: where a later try finds the name taken by the very same content, it was
 * ours. Content that two writers share cannot be told apart: locks carry their owner.
 */
async function putIfAbsent(
  inner: StorageRemover,
  retry: Retry,
  location: Location,
  content: Uint8Array,
): Promise<void> {
  let answerLost = false;
  await retry(async () => {
    try {
      await inner.putIfAbsent(location, content);
    } catch (thrown) {
      if (
        answerLost &&
        isKind(thrown, 'already-exists') &&
        Buffer.from(content).equals(await inner.read(location))
      )
        return;
      answerLost ||= isKind(thrown, 'unavailable');
      throw thrown;
    }
  });
}

/**
 * A rename whose answer was lost may have been carried out: where a later try finds the old name gone and something at
 * the new one, which no rename replaces, it was.
 */
async function renameOnce(inner: StorageRemover, retry: Retry, from: Location, to: Location): Promise<void> {
  let answerLost = false;
  await retry(async () => {
    try {
      await inner.rename(from, to);
    } catch (thrown) {
      if (answerLost && isKind(thrown, 'not-found') && (await isThere(inner, to))) return;
      answerLost ||= isKind(thrown, 'unavailable');
      throw thrown;
    }
  });
}

async function isThere(inner: StorageReader, location: Location): Promise<boolean> {
  try {
    await inner.stat(location);
    return true;
  } catch (thrown) {
    if (isKind(thrown, 'not-found')) return false;
    throw thrown;
  }
}

function isKind(thrown: unknown, kind: StorageErrorKind): boolean {
  return thrown instanceof StorageError && thrown.kind === kind;
}

function retryingVersions(inner: StoredVersions, retry: Retry): StoredVersions {
  return {
    list: (root) => inner.list(root),
    remove: (versions) =>
      removeUntilDone(versions, {
        remove: (left) => inner.remove(left),
        locationOf: ({ location }) => location,
        retry,
      }),
  };
}

interface Removing<T> {
  readonly remove: (targets: readonly T[]) => Promise<readonly RemovalResult[]>;
  readonly locationOf: (target: T) => Location;
  readonly retry: Retry;
}

/** Tries again those that failed and may succeed; what was removed stays reported as removed. */
async function removeUntilDone<T>(
  targets: readonly T[],
  { remove, locationOf, retry }: Removing<T>,
): Promise<readonly RemovalResult[]> {
  const results = new Map<number, RemovalResult>();
  let pending = targets.map((_, index) => index);
  try {
    await retry(async () => {
      const outcomes = await remove(pending.map((index) => targets[index]!));
      outcomes.forEach((outcome, position) => void results.set(pending[position]!, outcome));
      pending = pending.filter((index) => isRetryable(results.get(index)?.error));
      if (pending.length > 0) throw results.get(pending[0]!)!.error!;
    });
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    for (const index of pending)
      results.set(index, { location: locationOf(targets[index]!), outcome: 'failed', error: thrown });
  }
  return targets.map((_, index) => results.get(index)!);
}

function isRetryable(thrown: unknown): thrown is StorageError {
  return thrown instanceof StorageError && thrown.retryable;
}

function waitBefore(failures: number, error: StorageError, { baseMs, capMs, random }: RetryPolicy): number {
  const limitMs = Math.min(capMs, baseMs * 2 ** (failures - 1));
  return Math.max(error.retryAfterMs ?? 0, Math.floor(random.next() * limitMs));
}

function pause(clock: Clock, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(waitMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
