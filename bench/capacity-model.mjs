// The capacity model against the bundled engine: twelve jobs that differ in backend, mode, rate of changes, interval and
// number retained. Prints a table; ends with 1 where the model is off by more than 15 %.
//
//   npm run build && node bench/capacity-model.mjs
import { jobModel } from '../dist/capacity/model-words.js';
import { deviation } from '../dist/model/simulation.js';
import { systemClock } from '../dist/support/clock.js';
import { systemEventLoop } from '../dist/support/event-loop.js';
import { seededRandom } from '../dist/support/random.js';
import { simulateCapacity } from '../dist/usecases/simulate-capacity.js';

const MOST = 0.15;
const full = (words) => ({ incremental: false, ...words });
const incremental = (words) => ({ incremental: true, ...words });
const JOBS = [
  full({ state: '4MB', interval: '10s', retained: 1 }),
  full({ state: '4MB', change: '40KB/s', interval: '10s', retained: 3 }),
  full({ state: '1GB', change: '1MB/s', interval: '1m', retained: 5 }),
  incremental({ state: '4MB', change: '10KB/s', interval: '10s', retained: 1 }),
  incremental({ state: '4MB', change: '10KB/s', interval: '10s', retained: 3 }),
  incremental({ state: '4MB', change: '40KB/s', interval: '10s', retained: 3 }),
  incremental({ state: '4MB', change: '40KB/s', interval: '30s', retained: 3 }),
  incremental({ state: '4MB', change: '40KB/s', interval: '10s', retained: 8 }),
  incremental({ state: '4MB', change: '200KB/s', interval: '10s', retained: 3 }),
  incremental({ state: '4MB', change: '400KB/s', interval: '20s', retained: 2 }),
  incremental({ state: '8MB', change: '20KB/s', interval: '20s', retained: 5 }),
  incremental({ state: '200MB', change: '1MB/s', interval: '10s', retained: 10 }),
];

const cell = (text, width) => String(text).padStart(width);
const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
let worst = 0;
process.stdout.write(
  '| backend | state | change | interval | retained | written: model | measured | off | steady: model | measured | off |\n',
);
process.stdout.write('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n');
for (const { state, change, ...words } of JOBS) {
  const operator = { state, ...(change && { change }) };
  const model = jobModel({ operators: [operator], ...words }, (path) => path.join('.'));
  const world = { clock: systemClock, random: seededRandom(1), eventLoop: systemEventLoop };
  const { backend, comparisons } = await simulateCapacity(model, world);
  const figures = comparisons.slice(1).flatMap((comparison) => {
    worst = Math.max(worst, Math.abs(deviation(comparison)));
    const percent = `${(100 * deviation(comparison)).toFixed(1)} %`;
    return [megabytes(comparison.modelledBytes), megabytes(comparison.measuredBytes), percent];
  });
  const row = [backend, state, change ?? '–', words.interval, words.retained, ...figures];
  process.stdout.write(`| ${row.map((text) => cell(text, 7)).join(' | ')} |\n`);
}
process.stdout.write(`\nMB; off by ${(100 * worst).toFixed(1)} % at most\n`);
process.exit(worst > MOST ? 1 : 0);
