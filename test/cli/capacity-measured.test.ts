import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GrowingTree, HOUR_MS, JOB, plantGrowingTree } from './growing-tree.js';
import { ckpt, complaintsOf } from './process.js';

const PRICES = `
as-of: 2026-01-31
storage-per-gib-month: 1024
put-per-1000: 5
lists-per-checkpoint: 2
`;

let tree: GrowingTree;
let prices: string;
beforeAll(() => {
  tree = plantGrowingTree(4);
  prices = join(tree.directory, 'prices.yaml');
  writeFileSync(prices, PRICES);
});
afterAll(() => tree.remove());

const measure = (...args: readonly string[]) => ckpt(['capacity', join(tree.directory, JOB), ...args]);

describe('ckpt capacity LOCATION', () => {
  test('tells growth, what the bytes are, when a quota is full and what a month costs', async () => {
    const { status, stdout, stderr } = await measure(
      ...['--json', '--quota', '10MB', '--prices', prices, '--bandwidth', '100KB/s'],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const document = JSON.parse(stdout);
    const storedBytes = 1_050_000 + tree.metadataBytes;
    expect(document).toMatchObject({
      schema: 'ckpt/capacity',
      schemaVersion: 1,
      modelled: false,
      stored: {
        files: 9,
        bytes: storedBytes,
        portions: { exclusive: 1_000_000, orphaned: 50_000, metadata: tree.metadataBytes },
      },
      quota: { quotaBytes: 10_000_000, freeBytes: 10_000_000 - storedBytes, verdict: 'growing' },
      cost: { asOf: '2026-01-31', putRequests: 24 * 30 * 2, listRequests: 24 * 30 * 2, jobsLeftOut: 0 },
      restoreMs: 4000,
      problems: [],
    });
    const [job] = document.jobs;
    expect(document.jobs).toHaveLength(1);
    expect(job).toMatchObject({
      job: JOB,
      idle: false,
      snapshots: { complete: 4, broken: 0 },
      newest: { id: 4, fullBytes: 400_000 },
      operators: [{ name: 'counter', fullBytes: 400_000 }],
      growth: { snapshots: 4 },
    });
    const near = (value: number, expected: number) => expect(value / expected).toBeCloseTo(1, 3);
    near(job.intervalMs, HOUR_MS);
    near(job.growth.bytesPerHour, 100_000);
    near(job.growth.highBytesPerDay, 2_400_000);
    const perDay = (2_400_000 * (1_000_000 + tree.metadataBytes)) / 400_000;
    near(job.outlook.growth.bytesPerDay, perDay);
    near(document.quota.days, (10_000_000 - storedBytes) / perDay);
    near(document.cost.storage, storedBytes / 1024 ** 2);
    near(document.cost.total, storedBytes / 1024 ** 2 + 2 * 1440 * 0.005);
  });

  test('shows it to people', async () => {
    const { status, stdout } = await measure('--quota', '10MB', '--prices', prices);
    expect(status).toBe(0);
    for (const part of ['▁▃▆█', '+2.3 MiB/d', 'no snapshot needs it', 'full in', 'at prices of 2026-01-31'])
      expect(stdout).toContain(part);
  });

  test('ends with 3 where the quota is full', async () => {
    const { status, stdout } = await measure('--quota', '1MB');
    expect(status).toBe(3);
    expect(stdout).toContain('the quota is');
  });

  test('has not enough history with one snapshot, and nothing to say of an empty directory', async () => {
    const one = await ckpt(['capacity', join(tree.directory, JOB, 'chk-2'), '--quota', '1GB', '--json']);
    expect(JSON.parse(one.stdout)).toMatchObject({
      jobs: [{ growth: null, intervalMs: null, newest: { id: 2 } }],
      growth: null,
      quota: { verdict: 'not-enough-history', days: null },
    });
    const none = await ckpt(['capacity', join(tree.directory, JOB, 'shared'), '--json']);
    expect(JSON.parse(none.stdout)).toMatchObject({ jobs: [{ newest: null }], growth: null });
  });

  test('makes a model of what is there, with flags above it', async () => {
    const at = join(tree.directory, JOB);
    const { status, stdout } = await ckpt(['capacity', '--fit', at, '--interval', '10m', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      modelled: true,
      model: { intervalMs: 600_000, retained: 4, mode: 'full', operators: [{ stateBytes: 250_000 }] },
      fit: { job: JOB, words: { interval: '3600000ms', incremental: false } },
    });
    const fit = JSON.parse(stdout).fit;
    // The state grows, and the model does not.
    for (const { deviation } of fit.comparisons) expect(Math.abs(deviation)).toBeLessThan(0.2);
  });

  test('refuses what means nothing', async () => {
    const at = join(tree.directory, JOB);
    const bad = join(tree.directory, 'bad.yaml');
    writeFileSync(bad, 'as-of: 2026-01-31\nprice: 3\n');
    const complaints = await complaintsOf([
      ['capacity', at, '--quota', '0B'],
      ['capacity', at, '--quota', '-5GB'],
      ['capacity', at, '--bandwidth', '0B/s'],
      ['capacity', at, '--prices', bad],
      ['capacity', at, '--state', '1GB', '--interval', '1m'],
      ['capacity', '--quota', '1GB', '--state', '1GB', '--interval', '1m'],
      ['capacity', '--fit', join(at, 'chk-2')],
      ['capacity', '--fit', join(at, 'shared')],
      ['capacity', '--fit', at, '--state', '1GB'],
      ['capacity', at, '--fit', at],
      ['capacity', '--fit', at, '--model', bad],
      ['capacity', at, '--states', '--incremental'],
    ]);
    expect(complaints.map(({ status }) => status)).toEqual(complaints.map(() => 2));
    const words = [
      /--quota must be more/,
      /no size|--quota/,
      /--bandwidth must be/,
      /bad\.yaml/,
      /leave out/,
      /no LOCATION/,
      /not enough history/,
      /no job has checkpoints/,
      /both say what the operators are/,
      /leave out/,
      /--model/,
      /leave out/,
    ];
    for (const [index, { text }] of complaints.entries()) expect(text).toMatch(words[index]!);
  });
});
