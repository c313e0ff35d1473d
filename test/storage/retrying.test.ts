import { describe, expect, it } from 'vitest';
import { type Location, parseLocation } from '../../src/model/location.js';
import { faultyStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { type RetryPolicy, retryBy, retryingStorage } from '../../src/storage/retrying.js';
import { ManualClock } from '../../src/support/clock.js';
import { StorageError, type StorageErrorKind } from '../../src/support/errors.js';
import { seededRandom } from '../../src/support/random.js';

const at = (path: string) => parseLocation(`memory://store/${path}`, '/');
const bytes = (content: string) => new TextEncoder().encode(content);

/** Runs the clock ahead whenever somebody waits for it. */
class HurryingClock extends ManualClock {
  readonly waits: number[] = [];

  override schedule(delayMs: number, action: () => void): () => void {
    this.waits.push(delayMs);
    const cancel = super.schedule(delayMs, action);
    queueMicrotask(() => this.advance(delayMs));
    return cancel;
  }
}

function policy(clock: HurryingClock | ManualClock, more: Partial<RetryPolicy> = {}): RetryPolicy {
  return { attempts: 5, baseMs: 100, capMs: 300, clock, random: seededRandom(7), ...more };
}

function failing(...kinds: readonly (StorageErrorKind | StorageError)[]): () => Promise<string> {
  let calls = 0;
  return async () => {
    const kind = kinds[calls++];
    if (kind === undefined) return `after ${calls}`;
    throw kind instanceof StorageError ? kind : new StorageError(kind, 'made to fail');
  };
}

describe('retrying', () => {
  it('tries again what is throttled or unavailable', async () => {
    const retry = retryBy(policy(new HurryingClock()));
    expect(await retry(failing('throttled', 'unavailable', 'throttled'))).toBe('after 4');
  });

  it.each<StorageErrorKind>(['not-found', 'denied', 'conflict', 'already-exists', 'corrupt', 'no-space'])(
    'passes %s on at once',
    async (kind) => {
      const clock = new HurryingClock();
      await expect(retryBy(policy(clock))(failing(kind))).rejects.toMatchObject({ kind });
      expect(clock.waits).toEqual([]);
    },
  );

  it('gives up with the last error after its attempts', async () => {
    const clock = new HurryingClock();
    const action = failing('unavailable', 'unavailable', 'unavailable', 'unavailable', 'throttled');
    await expect(retryBy(policy(clock))(action)).rejects.toMatchObject({ kind: 'throttled' });
    expect(clock.waits).toHaveLength(4);
  });

  it('waits at random below limits that double up to a cap', async () => {
    const clock = new HurryingClock();
    const half = { ...seededRandom(1), next: () => 0.5 };
    await retryBy(policy(clock, { random: half }))(
      failing('unavailable', 'unavailable', 'unavailable', 'unavailable'),
    );
    expect(clock.waits).toEqual([50, 100, 150, 150]);
  });

  it('waits no shorter than the store asks for', async () => {
    const clock = new HurryingClock();
    await retryBy(policy(clock))(failing(new StorageError('throttled', 'slow down', { retryAfterMs: 5000 })));
    expect(clock.waits).toEqual([5000]);
  });

  it('ends in the middle of a wait when it is cancelled, and calls nothing more', async () => {
    const clock = new ManualClock();
    const cancel = new AbortController();
    let calls = 0;
    const waiting = retryBy(policy(clock, { signal: cancel.signal }))(async () => {
      calls++;
      throw new StorageError('unavailable', 'down');
    });
    const outcome = expect(waiting).rejects.toThrow('stop');
    await Promise.resolve();
    await Promise.resolve();
    cancel.abort(new Error('stop'));
    await outcome;
    clock.advance(10_000);
    expect(calls).toBe(1);
    expect(clock.nextInMs()).toBeUndefined();
  });

  it('tells of every failure that it tries again', async () => {
    const told: string[] = [];
    const onRetry: RetryPolicy['onRetry'] = ({ kind }) => void told.push(kind);
    await retryBy(policy(new HurryingClock(), { onRetry }))(failing('throttled', 'unavailable'));
    expect(told).toEqual(['throttled', 'unavailable']);
  });
});

describe('a storage that tries again', () => {
  it('removes what failed in further tries, and reports every location once', async () => {
    const inner = new MemoryStorage({ directories: false });
    for (const name of ['a', 'b', 'c']) await inner.put(at(name), bytes(name));
    let failures = 0;
    const faulty = faultyStorage(inner, ({ operation, location }) => {
      if (operation !== 'remove') return null;
      if (location.path === '/c') return 'denied';
      return failures++ < 3 ? 'throttled' : null;
    });
    const storage = retryingStorage(faulty, retryBy(policy(new HurryingClock())));
    const results = await storage.remove([at('a'), at('b'), at('c'), at('d')]);
    expect(results.map(({ location, outcome, error }) => [location.path, outcome, error?.message])).toEqual([
      ['/a', 'removed', undefined],
      ['/b', 'removed', undefined],
      ['/c', 'failed', expect.stringContaining('made to fail')],
      ['/d', 'absent', undefined],
    ]);
  });

  it('reports as failed what cannot be removed in all its tries', async () => {
    const faulty = faultyStorage(new MemoryStorage(), () => 'throttled');
    const storage = retryingStorage(faulty, retryBy(policy(new HurryingClock())));
    expect(await storage.remove([at('a')])).toMatchObject([
      { outcome: 'failed', error: { kind: 'throttled' } },
    ]);
  });

  it.each([
    ['the same content', 'ours', 'none'],
    ['other content', 'theirs', 'already-exists'],
  ])('takes a name that is taken by %s after a lost answer for what it is', async (_, present, kind) => {
    const inner = new MemoryStorage({ directories: false });
    let calls = 0;
    const lossy = Object.assign(Object.create(inner) as MemoryStorage, {
      putIfAbsent: async (...put: Parameters<MemoryStorage['putIfAbsent']>) => {
        if (calls++ > 0) return inner.putIfAbsent(...put);
        await inner.put(put[0], bytes(present));
        throw new StorageError('unavailable', 'the answer was lost');
      },
      read: (location: ReturnType<typeof at>) => inner.read(location),
      capabilities: inner.capabilities,
    });
    const storage = retryingStorage(lossy, retryBy(policy(new HurryingClock())));
    const outcome = await storage.putIfAbsent(at('lock'), bytes('ours')).then(
      () => 'none',
      (thrown: StorageError) => thrown.kind,
    );
    expect(outcome).toBe(kind);
  });

  it('does not excuse a name that was taken from the start', async () => {
    const inner = new MemoryStorage({ directories: false });
    await inner.put(at('lock'), bytes('ours'));
    const storage = retryingStorage(inner, retryBy(policy(new HurryingClock())));
    await expect(storage.putIfAbsent(at('lock'), bytes('ours'))).rejects.toMatchObject({
      kind: 'already-exists',
    });
  });

  it('takes a rename whose answer was lost for its own, and no other', async () => {
    const inner = new MemoryStorage();
    await inner.put(at('from'), bytes('x'));
    let lost = true;
    const losing = {
      ...retryingStorage(inner, (action) => action()),
      rename: async (from: Location, to: Location) => {
        await inner.rename(from, to);
        if (lost) throw new StorageError('unavailable', 'the answer was lost');
      },
    };
    const storage = retryingStorage(losing, retryBy(policy(new HurryingClock())));
    await storage.rename(at('from'), at('to'));
    expect(await inner.read(at('to'))).toEqual(bytes('x'));
    lost = false;
    await expect(storage.rename(at('from'), at('to'))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
