// Sizes by the names of states, and what would make them less, of directories that real Flink left.
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { openReader } from '../../src/storage/open.js';
import { measureCapacity } from '../../src/usecases/measure-capacity.js';
import { fixtureCase, materializeTree } from '../support/fixtures.js';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function plant(name: string) {
  const fixture = fixtureCase(name);
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-measure-'));
  directories.push(directory);
  materializeTree(fixture, directory);
  return { directory, rewrites: [parseRewrite(`${fixture.baseUri}=${directory}`, '/')] };
}

/** As if each checkpoint had come so long after the one before it, the newest just now. */
function spreadTimes(directory: string, stepMs = 60_000): void {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const ids = paths.flatMap((path) => Number(/chk-(\d+)\/_metadata$/.exec(path)?.[1] ?? Number.NaN));
  const newest = Math.max(...ids.filter((id) => !Number.isNaN(id)));
  for (const path of paths) {
    const id = Number(/chk-(\d+)/.exec(path)?.[1] ?? 1);
    const time = new Date(Date.now() - (newest - id) * stepMs);
    utimesSync(join(directory, path), time, time);
  }
}

const measure = ({ directory, rewrites }: ReturnType<typeof plant>) =>
  measureCapacity([parseLocation('.', directory)], {
    openReader,
    rewrites,
    quotaBytes: null,
    prices: null,
    bandwidthBytesPerSecond: null,
    withStates: true,
    withSharing: true,
  });

describe('sizes by the names of states', () => {
  test("are those of RocksDB's tables, with their growth and their compression", async () => {
    const tree = plant('rocksdb-incremental');
    spreadTimes(tree.directory);
    const { states, jobs, sharing } = await measure(tree);
    const [job] = states!;
    expect(job).toMatchObject({ checkpoints: jobs[0]!.history.checkpoints.length, remarks: [] });
    const largest = job!.states[0]!;
    expect(largest.bytes).toBeGreaterThan(100_000);
    expect(largest.growth?.bytesPerMs).toBeGreaterThan(0);
    expect(job!.compressionRatio).toBeGreaterThan(0.5);
    const keyed = job!.states.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    expect(keyed).toBeLessThanOrEqual(jobs[0]!.history.newest!.sizes!.fullBytes);
    const newest = sharing![0]!.cohorts.map((cohort) => cohort.at(-1)!);
    expect(newest.slice(0, -1).reduce((a, b) => a + b)).toBeGreaterThan(0);
  });

  test('tell no growth where checkpoints of a few seconds are all there is', async () => {
    const tree = plant('rocksdb-incremental');
    spreadTimes(tree.directory, 2000);
    const { states, jobs } = await measure(tree);
    expect(jobs[0]!.history.growth).toBeNull();
    expect(states![0]!.states.map(({ growth }) => growth)).toEqual(states![0]!.states.map(() => null));
  });

  test('of the heap are uncompressed, and a sample says how much would be saved', async () => {
    const { states, remedies } = await measure(plant('hashmap-full'));
    const { uncompressed } = states![0]!;
    expect(uncompressed!.shrunkShare).toBeLessThan(1);
    const saved = remedies.find(({ kind }) => kind === 'compression');
    expect(saved?.savesBytes).toBeCloseTo(uncompressed!.storedBytes * (1 - uncompressed!.shrunkShare));
  });

  test('of what is compressed already promise nothing', async () => {
    const { states, remedies } = await measure(plant('compressed-hashmap'));
    expect(states![0]!.uncompressed).toBeNull();
    expect(states![0]!.compressionRatio).not.toBe(1);
    expect(remedies.map(({ kind }) => kind)).not.toContain('compression');
  });

  test('leave out what cannot be read, and say so', async () => {
    const tree = plant('rocksdb-incremental');
    for (const path of readdirSync(tree.directory, { recursive: true, encoding: 'utf8' }))
      if (/shared\/[^/]+$/.test(path)) writeFileSync(join(tree.directory, path), 'no table');
    const { states } = await measure(tree);
    expect(states![0]!.remarks.length).toBeGreaterThan(0);
    expect(states![0]!.remarks.length).toBeLessThanOrEqual(10);
  });
});
