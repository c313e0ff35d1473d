// How fast a `_metadata` is read, beside Flink's own loader: the same generated files, machine and run, as ratios.
//
//   npm run build && node bench/metadata-load.mjs [--rounds 10] [--large]
//
// --large adds a file of 500 MB. Flink is the module test/peers/flink, built before by `npx vitest run --project peers`
// or `mvn -f test/peers/flink package`; it takes a JVM of version 17.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    large: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});
const ROUNDS = Number(options.rounds);
const COLD_RUNS = 3;
const SMALL = { name: '70 kB', operators: 4, parallelism: 8, tables: 12 };
const MIDDLE = { name: '68 MB', operators: 20, parallelism: 250, tables: 145 };
const LARGE = { name: '500 MB', operators: 20, parallelism: 250, tables: 1090 };
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const JAR = at('../test/peers/flink/target/flink-peer.jar');
const RUN = at('../bin/run.js');
const PEAK = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + ' kB\\n'))",
)}`;

if (options.child === undefined) await compare();
else await loadHere(options.child);

async function compare() {
  if (!existsSync(JAR)) throw new Error(`${JAR} is missing: build it with mvn -f test/peers/flink package`);
  const { writeLargeMetadata } = await import('./metadata-file.mjs');
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-metadata-'));
  try {
    for (const shape of options.large ? [SMALL, MIDDLE, LARGE] : [SMALL, MIDDLE]) {
      const file = join(directory, shape.name.replace(' ', ''), 'chk-1', '_metadata');
      const handles = writeLargeMetadata(file, shape);
      console.log(`\n${shape.name}: ${statSync(file).size} bytes, ${handles} handles`);
      if (shape === MIDDLE) compareWarm(file, handles);
      compareCold(file);
      printPeak(file);
      rmSync(dirname(dirname(file)), { recursive: true });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The loader alone, many times in one process. */
function compareWarm(file, handles) {
  const ours = JSON.parse(
    output(process.execPath, [at('metadata-load.mjs'), '--child', file, '--rounds', options.rounds]),
  );
  const flink = JSON.parse(
    output('java', ['-Xmx4g', '-jar', JAR, 'load', file, '--rounds', options.rounds]),
  ).milliseconds;
  const rate = (milliseconds) => handles / best(milliseconds) / 1000;
  console.log(`  warm, best of ${ROUNDS} rounds, million handles a second`);
  printRow('Flink', rate(flink), rate(flink));
  printRow('document (readMetadata)', rate(ours.document), rate(flink));
  printRow('references and sizes (contentsOf)', rate(ours.contents), rate(flink));
}

function printRow(name, value, reference) {
  console.log(
    `    ${name.padEnd(36)} ${value.toFixed(2).padStart(7)}  ${(value / reference).toFixed(2)} x Flink`,
  );
}

/** From the start of the process to its answer. */
function compareCold(file) {
  const directory = dirname(file);
  const flink = [];
  const ours = [];
  for (let run = 0; run < COLD_RUNS; run++) {
    flink.push(timed('java', ['-Xmx8g', '-jar', JAR, 'load', file]));
    ours.push(timed(process.execPath, [RUN, 'inspect', directory, '--json']));
  }
  console.log(`  end to end, best of ${COLD_RUNS} runs, milliseconds`);
  console.log(`    Flink loads                          ${best(flink).toFixed(0).padStart(7)}`);
  const ratio = (best(flink) / best(ours)).toFixed(2);
  console.log(
    `    ckpt inspect --json                  ${best(ours).toFixed(0).padStart(7)}  ${ratio} x as fast`,
  );
}

/** Memory of a whole inspection, every file printed. */
function printPeak(file) {
  const args = ['--import', PEAK, RUN, 'inspect', dirname(file), '--files', '--json'];
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`inspect ended with ${status}: ${stderr}`);
  const peakMb = Number(/peak (\d+) kB/.exec(stderr)?.[1]) / 1000;
  const fileMb = statSync(file).size / 1e6;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `  inspect --files --json: ${seconds} s, peak ${peakMb.toFixed(0)} MB, ${(peakMb - fileMb).toFixed(0)} MB besides the file`,
  );
}

async function loadHere(file) {
  const { readMetadata } = await import('../dist/format/metadata/read.js');
  const { contentsOf } = await import('../dist/survey/contents.js');
  const { placeOf } = await import('../dist/survey/layout.js');
  const { parseLocation } = await import('../dist/model/location.js');
  const bytes = readFileSync(file);
  const place = placeOf(parseLocation(dirname(file), '/'));
  const rounds = (action) =>
    Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      action();
      return performance.now() - start;
    });
  const document = rounds(() => readMetadata(bytes));
  const contents = rounds(() => contentsOf(bytes, place, { rewrites: [] }));
  console.log(JSON.stringify({ document, contents }));
}

function timed(program, args) {
  const start = performance.now();
  output(program, args);
  return performance.now() - start;
}

function output(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(0, 500)}`);
  return stdout;
}

function best(milliseconds) {
  return Math.min(...milliseconds);
}
