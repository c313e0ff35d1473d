import { expect, it } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { admitAtRate, rateLimitedStorage } from '../../src/storage/rate-limited.js';
import { ManualClock } from '../../src/support/clock.js';

it('admits so many requests a second, evenly', async () => {
  const clock = new ManualClock();
  const admit = admitAtRate(10, clock);
  const admitted: number[] = [];
  for (let i = 0; i < 5; i++) void admit(1).then(() => void admitted.push(clock.now()));
  for (let i = 0; i < 50; i++) {
    clock.advance(10);
    await Promise.resolve();
  }
  expect(admitted).toEqual([0, 100, 200, 300, 400].map((ms, i) => (i === 0 ? 10 : ms)));
});

it('saves up nothing while it is idle', async () => {
  const clock = new ManualClock();
  const admit = admitAtRate(1, clock);
  await admit(1);
  clock.advance(60_000);
  await admit(1);
  void admit(1);
  expect(clock.nextInMs()).toBe(1000);
});

it('counts every key of a removal and every batch of a listing', async () => {
  const inner = new MemoryStorage({ directories: false, pageEntries: 2 });
  const at = (path: string) => parseLocation(`memory://store/${path}`, '/');
  for (const name of ['a', 'b', 'c', 'd']) await inner.put(at(`d/${name}`), new Uint8Array());
  const admitted: number[] = [];
  const storage = rateLimitedStorage(inner, async (requests) => void admitted.push(requests));
  for await (const _ of storage.list(at('d')));
  await storage.stat(at('d/a'));
  await storage.remove([at('d/a'), at('d/b'), at('d/c')]);
  expect(admitted).toEqual([1, 1, 1, 1, 3]);
});
