// The capacity model beside the bundled engine, for a sample; bench/capacity-model.mjs has twelve jobs.
import { describe, expect, test } from 'vitest';
import { jobModel } from '../../src/capacity/model-words.js';
import { deviation } from '../../src/model/simulation.js';
import { systemClock } from '../../src/support/clock.js';
import { systemEventLoop } from '../../src/support/event-loop.js';
import { seededRandom } from '../../src/support/random.js';
import { simulateCapacity } from '../../src/usecases/simulate-capacity.js';
import { runs, testSeed } from '../support/runs.js';

const MOST = 0.15;
/** How far RocksDB's compactions lag behind depends on what else the machine does: the bar is for a quiet one. */
const MOST_OF_ROCKSDB = runs({ sample: 1, full: MOST });
const simulate = (operator: object, job: object) =>
  simulateCapacity(
    jobModel({ operators: [operator], ...job }, (path) => path.join('.')),
    { clock: systemClock, random: seededRandom(testSeed), eventLoop: systemEventLoop },
  );

describe('the model is not far from what the engine does', () => {
  test.each([
    [{ state: '2MB', change: '20KB/s' }, { interval: '10s', retained: 2 }, 'hashmap'],
    [{ state: '2MB', change: '20KB/s' }, { interval: '10s', retained: 3, incremental: true }, 'rocksdb'],
    [{ state: '2MB', change: '100KB/s' }, { interval: '20s', retained: 2, incremental: true }, 'rocksdb'],
  ])('for %o and %o', async (operator, job, backend) => {
    const simulation = await simulate(operator, job);
    expect(simulation).toMatchObject({ backend, scale: expect.closeTo(1, 2) });
    for (const comparison of simulation.comparisons)
      expect(Math.abs(deviation(comparison))).toBeLessThan(backend === 'rocksdb' ? MOST_OF_ROCKSDB : MOST);
  });

  test('a large state is made small, and changes as much of itself', async () => {
    const simulation = await simulate({ state: '100GB', change: '10MB/s' }, { interval: '10m', retained: 1 });
    expect(simulation).toMatchObject({ keys: 4000, changesPerCheckpoint: 240, retained: 1 });
    expect(simulation.scale).toBeGreaterThan(10_000);
  });
});
