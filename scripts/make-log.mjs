// Writes a log file of a given size: `node scripts/make-log.mjs FILE [MEGABYTES] [SEED]`. The same size and seed give
// the same bytes. Lines look like a web server's, words repeat as words do (few often, most seldom), a few lines are
// not ASCII.
import { closeSync, openSync, writeSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const BLOCK_LINES = 10_000;
const WORDS = words(
  'load index search basket order pay ship return login logout view click rate share größe prix 価格',
);
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const STATUSES = [200, 200, 200, 200, 304, 404, 500];

/** Writes at least `bytes` bytes of whole lines to `path`; returns how many it wrote. */
export function makeLog(path, bytes, seed) {
  const next = randomFrom(seed);
  const file = openSync(path, 'w');
  let written = 0;
  try {
    for (let line = 0; written < bytes; line += BLOCK_LINES) written += writeSync(file, block(line, next));
  } finally {
    closeSync(file);
  }
  return written;
}

function block(firstLine, next) {
  let text = '';
  for (let line = firstLine; line < firstLine + BLOCK_LINES; line++) text += logLine(line, next);
  return text;
}

function logLine(line, next) {
  const time = new Date(1_700_000_000_000 + line * 37).toISOString();
  const path = `/${pick(WORDS, next)}/${pick(WORDS, next)}`;
  const user = `user-${Math.floor(next() ** 3 * 5_000)}`;
  return `${time} ${METHODS[Math.floor(next() * 6)]} ${path} ${STATUSES[Math.floor(next() * 7)]} ${user} ${pick(WORDS, next)} ${pick(WORDS, next)}\n`;
}

/** The first words are picked far more often than the last. */
function pick(from, next) {
  return from[Math.floor(next() ** 2 * from.length)];
}

function words(stems) {
  return stems
    .split(' ')
    .flatMap((stem) => [stem, ...Array.from({ length: 8 }, (_, index) => `${stem}${index}`)]);
}

/** mulberry32, as in src/support/random.ts: this script runs before anything is built. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [path, megabytes = '100', seed = '1'] = argv.slice(2);
  if (path === undefined) throw new Error('usage: node scripts/make-log.mjs FILE [MEGABYTES] [SEED]');
  process.stdout.write(`${makeLog(path, Number(megabytes) * 1_000_000, Number(seed))} bytes in ${path}\n`);
}
