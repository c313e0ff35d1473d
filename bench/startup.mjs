// How much slower than a bare Node the command line starts: the ratio of medians, runs interleaved so that a busy
// machine slows both. Usage: node bench/startup.mjs (after npm run build)
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNS = 11;
const run = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const CASES = {
  'node -e 0': ['-e', '0'],
  'ckpt --help': [run, '--help'],
  'ckpt list --help': [run, 'list', '--help'],
  'ckpt --version': [run, '--version'],
};

const times = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
for (const [, args] of Object.entries(CASES)) millisecondsOf(args); // fills the caches of disk and compiler
for (let i = 0; i < RUNS; i++) {
  for (const [name, args] of Object.entries(CASES)) times[name].push(millisecondsOf(args));
}

const bare = median(times['node -e 0']);
console.log(`Node ${process.versions.node}, median of ${RUNS} runs`);
for (const [name, samples] of Object.entries(times)) {
  const middle = median(samples);
  console.log(
    `${name.padEnd(18)} ${middle.toFixed(0).padStart(5)} ms  ${(middle / bare).toFixed(2)} x bare Node`,
  );
}

function millisecondsOf(args) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function median(samples) {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1];
}
