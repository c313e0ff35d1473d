import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ckpt } from './process.js';

const directory = mkdtempSync(join(tmpdir(), 'ckpt-capacity-'));
afterAll(() => rmSync(directory, { recursive: true }));

const JOB = `
operators:
  - {name: window, count: 10, state: 1GB}
interval: 1m
bandwidth: 1GB/s
`;

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('ckpt capacity', () => {
  test('10 operators of 1 GB at 1 minute: 10 GB and about 10 MB of metadata', async () => {
    const outcome = await ckpt([
      'capacity',
      '--operators',
      '10',
      '--state',
      '1GB',
      '--interval',
      '1m',
      '--json',
    ]);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      schema: 'ckpt/capacity',
      schemaVersion: 1,
      checkpoint: { stateBytes: 10_000_000_000, metadataBytes: 10_000_000 },
      store: { liveCheckpoints: 1, steadyBytes: 10_010_000_000, peakBytes: 20_020_000_000 },
    });
  });

  test('reads a model, with flags above it', async () => {
    const path = file('job.yaml', JOB);
    const outcome = await ckpt(['capacity', '--model', path, '--retained', '3', '--json']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      model: { retained: 3, bandwidthBytesPerSecond: 1e9 },
      store: { steadyBytes: 30_030_000_000 },
    });
  });

  test('runs a small job of the shape of a model, and compares', async () => {
    const words = ['--state', '600KB', '--change', '20KB/s', '--incremental', '--interval', '5s'];
    const { status, stdout } = await ckpt(['capacity', ...words, '--simulate', '--json']);
    expect(status).toBe(0);
    const { simulation } = JSON.parse(stdout);
    expect(simulation).toMatchObject({ backend: 'rocksdb', keys: 586, retained: 1, checkpoints: 8 });
    expect(simulation.comparisons).toHaveLength(3);
    for (const { modelledBytes, measuredBytes, deviation } of simulation.comparisons)
      expect(deviation).toBeCloseTo(modelledBytes / measuredBytes - 1);
  });

  test('ends with 3 where no checkpoint completes', async () => {
    const path = file('slow.yaml', JOB.replace('1GB/s', '1MB/s'));
    const { status, stdout, stderr } = await ckpt(['capacity', '--model', path]);
    expect(status).toBe(3);
    expect(stdout).toContain('longer than its timeout');
    expect(stderr).toMatch(/^warning: no checkpoint/);
  });

  test.each([
    ['nothing to model', [], /--model FILE/],
    ['a state of nothing', ['--state', '0B', '--interval', '1m'], /state/],
    ['a negative interval', ['--state', '1GB', '--interval=-1m'], /interval/],
    [
      'a ratio that is no number',
      ['--state', '1GB', '--interval', '1m', '--compression', 'two'],
      /compression/,
    ],
    ['what contradicts itself', ['--state', '1GB', '--interval', '1m', '--incremental'], /never changes/],
    ['an unknown word', ['--model', file('odd.yaml', `${JOB}intervall: 2m\n`)], /intervall/],
    ['no YAML', ['--model', file('no.yaml', 'operators: [')], /no\.yaml is no YAML/],
    ['a simulation of what is there', [directory, '--simulate'], /--simulate describes a job/],
    ['a simulation of nothing', ['--simulate'], /nothing to measure and no job to model/],
    ['no file', ['--model', join(directory, 'absent.yaml')], /absent\.yaml/],
  ])('ends with 2 and says why: %s', async (_, args, message) => {
    const { status, stdout, stderr } = await ckpt(['capacity', ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
