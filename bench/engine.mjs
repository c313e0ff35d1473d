// Records a second of the bundled engine beside Flink's own mini cluster: the same job, machine and run, in turn, each in a
// process of its own. Time is that of the job, without the start of process or cluster.
//
//   npm run build && node bench/engine.mjs [--backends hashmap,rocksdb] [--parallelism 1] [--records 20000000]
//       [--keys 100000] [--interval 1000] [--runs 3] [--directory /tmp] [--alone]
//
// --alone leaves Flink out. Flink is the module test/peers/flink, built before by `npx vitest run --project peers` or
// `mvn -f test/peers/flink package`; it takes a JVM of version 17. Checkpoints of RocksDB are incremental on both sides.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    backends: { type: 'string', default: 'hashmap,rocksdb' },
    parallelism: { type: 'string', default: '1' },
    records: { type: 'string', default: '20000000' },
    keys: { type: 'string', default: '100000' },
    interval: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '3' },
    directory: { type: 'string', default: tmpdir() },
    alone: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});
const RECORDS = Number(options.records);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const JAR = at('../test/peers/flink/target/flink-peer.jar');

if (options.child === undefined) compareAll();
else await countHere(options.child);

function compareAll() {
  if (!options.alone && !existsSync(JAR))
    throw new Error(`${JAR} is missing: build it with mvn -f test/peers/flink package`);
  for (const backend of options.backends.split(',')) {
    for (const parallelism of options.parallelism.split(',')) compare(backend, parallelism);
  }
}

function compare(backend, parallelism) {
  console.log(`\n${backend}, parallelism ${parallelism}: ${RECORDS} records, ${options.keys} keys`);
  const ours = [];
  const flink = [];
  for (let run = 0; run < Number(options.runs); run++) {
    ours.push(inDirectory((directory) => runOurs(backend, parallelism, directory)));
    printRow('ckpt', [ours.at(-1)]);
    if (options.alone) continue;
    flink.push(inDirectory((directory) => runFlink(backend, parallelism, directory)));
    printRow('Flink', [flink.at(-1)]);
  }
  printRow('ckpt, median', ours);
  if (options.alone) return;
  printRow('Flink, median', flink);
  const ratios = ours.map((own, run) => flink[run].milliseconds / own.milliseconds);
  console.log(`  ${median(ratios).toFixed(2)} x Flink's records a second (median of pairs)`);
}

/** Median over the runs; of checkpoints over all of them. */
function printRow(name, runs) {
  const rate = RECORDS / median(runs.map(({ milliseconds }) => milliseconds)) / 1000;
  const checkpoints = runs.flatMap((run) => run.checkpoints);
  const peaks = runs.flatMap(({ peakMb }) => peakMb ?? []);
  const memory = peaks.length === 0 ? '' : `, at most ${Math.max(...peaks).toFixed(0)} MB`;
  console.log(
    `  ${name.padEnd(14)} ${rate.toFixed(2).padStart(5)} million/s, ` +
      `${checkpoints.length} checkpoints of ${median(checkpoints)} ms (median), ${Math.max(...checkpoints)} ms at most${memory}`,
  );
}

function runOurs(backend, parallelism, directory) {
  const job = ['--records', options.records, '--keys', options.keys, '--interval', options.interval];
  const where = ['--child', backend, '--parallelism', parallelism, '--directory', directory];
  return JSON.parse(output(process.execPath, [import.meta.filename, ...where, ...job]));
}

function runFlink(backend, parallelism, directory) {
  const job = ['--records', options.records, '--keys', options.keys, '--interval', options.interval];
  const where = [directory, '--backend', backend, '--parallelism', parallelism];
  return JSON.parse(output('java', ['-jar', JAR, 'keyed-count', ...where, ...job]));
}

async function countHere(backend) {
  const { runJob } = await import('../dist/usecases/run-job.js');
  const { parseLocation } = await import('../dist/model/location.js');
  const { openReader, openRemover } = await import('../dist/storage/open.js');
  const { systemClock } = await import('../dist/support/clock.js');
  const { systemEventLoop } = await import('../dist/support/event-loop.js');
  const { systemRandom } = await import('../dist/support/random.js');
  const locate = (path) => parseLocation(path, '/');
  const checkpoints = [];
  const { durationMs } = await runJob(
    {
      job: at('keyed-count-job.mjs'),
      args: [options.records, options.keys],
      properties: [
        ['state.backend.type', backend],
        ['execution.checkpointing.incremental', String(backend === 'rocksdb')],
        ['execution.checkpointing.interval', `${options.interval}ms`],
        ['parallelism.default', options.parallelism],
      ],
      checkpointDirectory: locate(options.directory),
      snapshot: null,
      allowNonRestoredState: false,
      onFinish: 'delete',
      stopSavepoint: null,
      rest: null,
    },
    {
      locate,
      openReader,
      openRemover,
      clock: systemClock,
      random: systemRandom,
      eventLoop: systemEventLoop,
      signal: new AbortController().signal,
      output: () => {},
      onEvent: (event) => event.kind === 'checkpoint-completed' && checkpoints.push(event.durationMs),
    },
  );
  const peakMb = process.resourceUsage().maxRSS / 1000;
  console.log(JSON.stringify({ milliseconds: durationMs, checkpoints, peakMb }));
}

function inDirectory(work) {
  const directory = mkdtempSync(join(options.directory, 'ckpt-engine-'));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function output(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(0, 500)}`);
  return stdout;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
