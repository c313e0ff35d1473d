import { expect, it } from 'vitest';
import type { JobView } from '../../src/model/job-progress.js';
import { renderLive } from '../../src/render/live.js';
import { PLAIN } from '../../src/render/palette.js';

const VIEW: JobView = {
  name: 'page\u001b[2Jviews',
  state: 'RUNNING',
  restarts: 1,
  forMs: 65_000,
  vertices: [
    {
      name: 'Source: Page Views',
      parallelism: 2,
      recordsInPerSecond: 99_999.6,
      recordsOutPerSecond: 100_000,
      busy: 0.2,
      backPressured: 0.75,
    },
  ],
  checkpoints: [
    {
      ...{ id: 8, kind: 'savepoint', outcome: 'in-progress' },
      ...{ stateBytes: 0, addedBytes: 0, alignmentMs: 0, durationMs: 20 },
    },
    {
      ...{ id: 7, kind: 'checkpoint', outcome: 'completed' },
      ...{ stateBytes: 2048, addedBytes: 1024, alignmentMs: 3, durationMs: 40 },
    },
  ],
};

it('shows what the tasks do and the newest snapshots, and lets no name touch the terminal', () => {
  expect(renderLive(VIEW, { palette: PLAIN, width: 100 })).toEqual([
    'page\\x1b[2Jviews RUNNING for 1 min 5 s, 1 restart',
    '  TASK                SUBTASKS     IN/S    OUT/S  BUSY  HELD UP',
    '  Source: Page Views         2  100,000  100,000  20 %     75 %',
    '  SNAPSHOT                   STATE    ADDED  ALIGNED   TOOK',
    '  savepoint 8 in-progress      0 B      0 B     0 ms  20 ms  ██████████',
    '  checkpoint 7             2.0 KiB  1.0 KiB     3 ms  40 ms  ████████████████████',
  ]);
});

it('keeps every line shorter than the terminal is wide, as far as columns can give way', () => {
  for (const width of [60, 80, 200])
    expect(Math.max(...renderLive(VIEW, { palette: PLAIN, width }).map((line) => line.length))).toBeLessThan(
      width,
    );
});
