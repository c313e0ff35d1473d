// Word count over a log, killed in the middle again and again: what it has committed in the end is what a run without
// any failure would have.
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomInt, seededRandom } from '../../src/support/random.js';
import { runs, testSeed } from '../support/runs.js';
import { ckptProcess, cleanEnvironment, RUN } from './process.js';

const MAKE_LOG = fileURLToPath(new URL('../../scripts/make-log.mjs', import.meta.url));
const LOG_MEGABYTES = runs({ sample: 5, full: 100 });
const KILLS = runs({ sample: 2, full: 8 });
const INTERVAL_MS = runs({ sample: 60, full: 500 });
/** The sample takes one of them, another with each seed. */
const PARALLELISMS = runs({ sample: 1, full: 2 }) === 2 ? [1, 2] : [1 + (testSeed % 2)];

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ckpt-sigkill-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const wordCount = (...more: readonly string[]) => [
  ...['run', 'example:word-count', at('log.txt'), at('out'), '--checkpoint-dir', at('checkpoints')],
  ...['--interval', `${INTERVAL_MS}ms`, ...more],
];

/** Runs until `checkpoints` are complete and then for `delayMs`; resolves with the signal that ended it. */
function killedAfter(args: readonly string[], checkpoints: number, delayMs: number): Promise<string | null> {
  const child = spawn(process.execPath, [RUN, ...args], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complete = 0;
  let said = '';
  createInterface(child.stderr).on('line', (line) => {
    said += `${line}\n`;
    if (/^checkpoint \d+:/.test(line) && ++complete === checkpoints)
      setTimeout(() => child.kill('SIGKILL'), delayMs);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) =>
      status === null || status === 0 ? resolve(signal) : reject(new Error(`ended with ${status}:\n${said}`)),
    );
  });
}

function newestCheckpoint(): string {
  const snapshots = readdirSync(at('checkpoints'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/_metadata'))
    .map((path) => join(at('checkpoints'), path));
  const newest = snapshots.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs).at(-1)!;
  return newest.slice(0, -'/_metadata'.length);
}

/** A multiset of lines: how many there are, and two sums of hashes, whatever their order. */
class Lines {
  count = 0;
  #sums = [0, 0];

  add(line: string): void {
    this.count++;
    this.#sums = this.#sums.map((sum, index) => (sum + hash(line, index)) % 2 ** 48);
  }

  get digest() {
    return { count: this.count, sums: this.#sums };
  }
}

function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

async function expected(): Promise<Lines> {
  const counts = new Map<string, number>();
  const lines = new Lines();
  for await (const line of createInterface(createReadStream(at('log.txt')))) {
    for (const word of line.split(' ')) {
      const count = (counts.get(word) ?? 0) + 1;
      counts.set(word, count);
      lines.add(`${word} ${count}`);
    }
  }
  return lines;
}

async function committed(): Promise<Lines> {
  const lines = new Lines();
  for (const name of readdirSync(at('out')).filter((part) => part.startsWith('part-'))) {
    for await (const line of createInterface(createReadStream(join(at('out'), name)))) lines.add(line);
  }
  return lines;
}

describe('word count over a log', { timeout: runs({ sample: 120_000, full: 1_800_000 }) }, () => {
  it.each(PARALLELISMS)(
    'at parallelism %i has every line once though it is killed in the middle',
    async (parallelism) => {
      const random = seededRandom(testSeed + parallelism);
      const p = ['-p', String(parallelism)];
      execFileSync(process.execPath, [MAKE_LOG, at('log.txt'), String(LOG_MEGABYTES), String(testSeed)]);
      let kills = 0;
      let from: readonly string[] = [];
      while (kills < KILLS) {
        const delayMs = randomInt(random, INTERVAL_MS * 2);
        if ((await killedAfter(wordCount(...p, ...from), 2, delayMs)) === null) break;
        kills++;
        from = ['-s', newestCheckpoint()];
      }
      expect(kills).toBeGreaterThan(0);
      if (kills === KILLS) expect(await ckptProcess(wordCount(...p, ...from))).toMatchObject({ status: 0 });
      expect((await committed()).digest).toEqual((await expected()).digest);
      expect(readdirSync(at('out')).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(existsSync(at('checkpoints'))).toBe(true);
    },
  );
});
