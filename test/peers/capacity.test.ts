// The capacity model beside checkpoints that real Flink took: its keys, their rate of changes and their interval are known,
// and nothing else is told to the model.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compareFit, fitModel } from '../../src/capacity/fit.js';
import { forecast } from '../../src/capacity/forecast.js';
import { jobModel } from '../../src/capacity/model-words.js';
import { parseLocation } from '../../src/model/location.js';
import { deviation } from '../../src/model/simulation.js';
import { openReader } from '../../src/storage/open.js';
import { measureCapacity } from '../../src/usecases/measure-capacity.js';
import { runs } from '../support/runs.js';
import { describeWithFlink } from './support/flink.js';

/** How far compactions lag behind depends on what else the machine does: the bar is for a quiet one. */
const MOST = runs({ sample: 1, full: 0.3 });
const KEYS = 8000;
const CHANGES_PER_SECOND = 800;
const INTERVAL_MS = 1500;
/** Whole cycles of four between the first and the last. */
const RETAINED = 9;
/** The key and the value, as they lie in a table. */
const ENTRY_BYTES = 1024;

describeWithFlink('the capacity model', (flink) => {
  it('tells what incremental checkpoints of RocksDB write and take in all', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ckpt-steady-'));
    try {
      const load = ['--keys', KEYS, '--rate', CHANGES_PER_SECOND, '--interval', INTERVAL_MS];
      const words = [...load, '--checkpoints', 20, '--retained', RETAINED].map(String);
      await flink.run(['steady-load', directory, ...words]);
      const { jobs } = await measureCapacity([parseLocation(directory, '/')], {
        openReader,
        quotaBytes: null,
        prices: null,
        bandwidthBytesPerSecond: null,
      });
      const [job] = jobs;
      const known = {
        operators: [
          {
            state: `${KEYS * ENTRY_BYTES}B`,
            change: `${CHANGES_PER_SECOND * ENTRY_BYTES}B/s`,
            metadata: `${job!.history.newest!.metadataBytes}B`,
          },
        ],
        interval: `${INTERVAL_MS}ms`,
        retained: RETAINED,
        incremental: true,
      };
      for (const model of [known, fitModel(job!)]) {
        const foreseen = forecast(jobModel(model, (path) => path.join('.')));
        for (const comparison of compareFit(job!, foreseen)) {
          expect.soft(Math.abs(deviation(comparison)), JSON.stringify(comparison)).toBeLessThan(MOST);
        }
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
