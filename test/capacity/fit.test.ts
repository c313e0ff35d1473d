import { describe, expect, test } from 'vitest';
import { compareFit, fitModel } from '../../src/capacity/fit.js';
import { forecast } from '../../src/capacity/forecast.js';
import { jobHistory } from '../../src/capacity/job-history.js';
import { jobModel } from '../../src/capacity/model-words.js';
import { outlookOf } from '../../src/capacity/outlook.js';
import { StoredTally } from '../../src/capacity/stored-files.js';
import type { JobCapacity, SnapshotSample } from '../../src/model/measured-capacity.js';
import { deviation } from '../../src/model/simulation.js';

const MB = 1_000_000;
const MINUTE_MS = 60_000;

/** Checkpoints a minute apart, each of so many bytes, of which so many are new. */
function jobOf(checkpoints: readonly { readonly full: number; readonly added: number }[]): JobCapacity {
  const tally = new StoredTally();
  const samples = checkpoints.map(({ full, added }, index): SnapshotSample => {
    const sizeBytes = index === 0 ? full : added;
    tally.add({ role: 'shared', sizeBytes, liveBytes: null }, 'referenced');
    return {
      path: `memory://m/chk-${index + 1}`,
      job: 'a'.repeat(32),
      checkpointId: BigInt(index + 1),
      kind: 'checkpoint',
      condition: 'complete',
      restorable: true,
      timeMs: index * MINUTE_MS,
      metadataBytes: 2000,
      sizes: {
        fullBytes: full,
        addedBytes: added,
        inlineBytes: 0,
        files: 1,
        operators: [{ id: 'b'.repeat(32), name: 'count', fullBytes: full, addedBytes: added }],
      },
    };
  });
  const stored = tally.told(0);
  const history = jobHistory(samples, checkpoints.length * MINUTE_MS);
  const snapshots = { complete: samples.length, incomplete: 0, broken: 0, unreadable: 0 };
  return {
    job: 'a'.repeat(32),
    directory: null,
    stored,
    snapshots,
    history,
    outlook: outlookOf(stored, history, []),
  };
}

/** As RocksDB makes them: state 100 MB, changes 10 MB, a compaction in four. */
const CYCLE = [1, 2, 3, 4].map((tables) => ({
  full: (100 + 10 * tables) * MB,
  added: (tables === 1 ? 110 : 10) * MB,
}));

const modelOf = (job: JobCapacity) => jobModel(fitModel(job), (path) => path.join('.'));

describe('a model of a job', () => {
  test('of incremental checkpoints has the state, what changes of it, and fits', () => {
    const job = jobOf([...CYCLE, ...CYCLE, CYCLE[0]!]); // whole cycles between the first and the last
    const model = modelOf(job);
    expect(model).toMatchObject({ mode: 'incremental', retained: 9, intervalMs: MINUTE_MS });
    const [operator] = model.operators;
    expect(operator!.stateBytes).toBeGreaterThan(95 * MB);
    const changed = -100 * MB * Math.log(1 - 0.1);
    expect(operator!.changedBytesPerSecond / (changed / 60)).toBeCloseTo(1, 2);
    for (const comparison of compareFit(job, forecast(model)))
      expect(Math.abs(deviation(comparison))).toBeLessThan(0.1);
  });

  test('of full checkpoints has the state, and what they take in all', () => {
    const job = jobOf([1, 2, 3].map(() => ({ full: 50 * MB, added: 50 * MB })));
    const model = modelOf(job);
    expect(model).toMatchObject({ mode: 'full', operators: [{ stateBytes: 50 * MB, metadataBytes: 2000 }] });
    expect(forecast(model).store.steadyBytes).toBeCloseTo(150 * MB, -5);
  });

  test('is none of a job that has hardly begun, or has no state', () => {
    expect(fitModel(jobOf(CYCLE.slice(0, 2)))).toBeNull();
    expect(fitModel(jobOf([]))).toBeNull();
    expect(fitModel(jobOf([0, 0, 0].map(() => ({ full: 0, added: 0 }))))).toBeNull();
  });

  test('can be made of a state that is written anew all the time', () => {
    const job = jobOf([100, 12, 100, 100].map((added) => ({ full: 100 * MB, added: added * MB })));
    expect(modelOf(job).operators[0]!.stateBytes).toBeGreaterThan(0);
  });
});
