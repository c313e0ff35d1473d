import { describe, expect, it } from 'vitest';
import { mapConcurrently } from '../../src/support/concurrency.js';

/** Promises that are settled by hand, in any order. */
function gates(count: number) {
  const settle: { open: () => void; fail: () => void }[] = [];
  const promises = Array.from(
    { length: count },
    () =>
      new Promise<void>((resolve, reject) => {
        settle.push({ open: resolve, fail: () => reject(new Error('made to fail')) });
      }),
  );
  return { promises, settle };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('mapping concurrently', () => {
  it('keeps the order of the values and no more calls under way than allowed', async () => {
    const { promises, settle } = gates(5);
    const begun: number[] = [];
    const mapped = mapConcurrently([0, 1, 2, 3, 4], 2, async (index) => {
      begun.push(index);
      await promises[index];
      return index * 10;
    });
    await turn();
    expect(begun).toEqual([0, 1]);
    settle[1]!.open();
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    for (const { open } of settle) open();
    expect(await mapped).toEqual([0, 10, 20, 30, 40]);
  });

  it('begins nothing further after a failure, and throws it', async () => {
    const { promises, settle } = gates(4);
    const begun: number[] = [];
    const mapped = mapConcurrently([0, 1, 2, 3], 2, async (index) => {
      begun.push(index);
      await promises[index];
    });
    const outcome = mapped.catch((thrown: unknown) => thrown);
    settle[0]!.fail();
    await turn();
    settle[1]!.open();
    expect(await outcome).toMatchObject({ message: 'made to fail' });
    await turn();
    expect(begun).toEqual([0, 1]);
  });

  it('maps nothing to nothing', async () => {
    expect(await mapConcurrently([], 4, async () => 1)).toEqual([]);
  });
});
