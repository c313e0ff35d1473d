// How often random tests run, and with which seed. `npm test` takes a sample, `npm run test:long` the full counts
// (CKPT_TEST_FULL=1). CKPT_TEST_SEED repeats a run; else every run has a new seed, which a failure prints.

/** The number of runs: `sample` in `npm test`, `full` in the long run. */
export function runs(counts: { readonly sample: number; readonly full: number }): number {
  return process.env.CKPT_TEST_FULL === '1' ? counts.full : counts.sample;
}

/** The seed of this test process, printed by the test command. */
export const testSeed = Number(process.env.CKPT_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
