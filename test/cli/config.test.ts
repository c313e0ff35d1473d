import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ckpt } from './process.js';
import { plantTree, type Tree } from './trees.js';

const directory = mkdtempSync(join(tmpdir(), 'ckpt-config-'));
let tree: Tree;
beforeAll(() => {
  tree = plantTree('rocksdb-incremental');
  mkdirSync(join(directory, 'conf'));
  writeFileSync(
    join(directory, 'conf/config.yaml'),
    `execution.checkpointing.dir: file://${tree.directory}\ns3.access-key: visible?\ns3.secret-key: hush\n`,
  );
  writeFileSync(join(directory, 'ckpt.yaml'), 's3-region: eu-west-1\nconcurrency: 3\n');
});
afterAll(() => {
  tree.remove();
  rmSync(directory, { recursive: true });
});

const inDirectory = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  ckpt(args, { cwd: directory, env: { AWS_REGION: '', AWS_DEFAULT_REGION: '', ...env } });

describe('ckpt config', () => {
  test('shows each value and where it is from, and no secret', async () => {
    const { status, stdout } = await inDirectory(['config', '--flink-conf', 'conf', '--s3-path-style']);
    expect(status).toBe(0);
    const rows = new Map(
      stdout.split('\n').map((line) => [line.trim().split(/ +/)[0], line.trim().replaceAll(/ +/g, ' ')]),
    );
    expect(rows.get('s3-region')).toBe('s3-region eu-west-1 s3-region in ckpt.yaml');
    expect(rows.get('concurrency')).toBe('concurrency 3 concurrency in ckpt.yaml');
    expect(rows.get('s3-path-style')).toBe('s3-path-style true flag --s3-path-style');
    expect(rows.get('s3-secret-key')).toContain('set, not shown');
    expect(stdout).not.toMatch(/hush|visible\?/);
  });

  test('has the same as a document', async () => {
    const { stdout } = await inDirectory(['config', '--json', '--flink-conf', 'conf'], {
      AWS_REGION: 'us-east-2',
    });
    expect(stdout).not.toMatch(/hush|visible\?/);
    const { schema, settings } = JSON.parse(stdout);
    expect(schema).toBe('ckpt/config');
    const region = {
      value: 'us-east-2',
      isSet: true,
      origin: 'environment',
      source: 'AWS_REGION',
      secret: false,
    };
    expect(settings).toContainEqual({ name: 's3-region', ...region });
    expect(settings).toContainEqual(
      expect.objectContaining({ name: 's3-secret-key', value: null, isSet: true, secret: true }),
    );
  });

  test('takes --no- for an answer, and the environment for the flags of every command', async () => {
    const args = ['config', '--json', '--no-s3-path-style'];
    const { stdout } = await inDirectory(args, { CKPT_S3_PATH_STYLE: 'true', CKPT_REWRITE: '/a=/b,/c=/d' });
    const { settings } = JSON.parse(stdout);
    expect(settings).toContainEqual(
      expect.objectContaining({ name: 's3-path-style', value: false, origin: 'flag' }),
    );
    expect(settings).toContainEqual(expect.objectContaining({ name: 'rewrite', value: ['/a=/b', '/c=/d'] }));
  });
});

describe('a command that is given no LOCATION', () => {
  test("takes the checkpoint directory of Flink's configuration, and says so", async () => {
    const { status, stdout, stderr } = await inDirectory([
      'list',
      '--json',
      '--flink-conf',
      'conf',
      ...tree.rewrite,
    ]);
    expect(status).toBe(0);
    expect(stderr).toContain(
      `no LOCATION given: file://${tree.directory}, as execution.checkpointing.dir in `,
    );
    expect(stdout).toBe((await inDirectory(['list', '--json', tree.directory, ...tree.rewrite])).stdout);
  });

  test('is wrong usage where no configuration has one', async () => {
    const { status, stderr } = await inDirectory(['list']);
    expect(status).toBe(2);
    expect(stderr).toContain('LOCATION is missing');
  });
});

test('rewrites of ckpt.yaml are those of every command', async () => {
  const [, rewrite = ''] = tree.rewrite;
  writeFileSync(join(directory, 'conf/ckpt.yaml'), `rewrite: [ "${rewrite}" ]\n`);
  const where = { cwd: join(directory, 'conf') };
  const { stdout } = await ckpt(['list', '--json', tree.directory], where);
  expect(JSON.parse(stdout)).toEqual(
    JSON.parse((await inDirectory(['list', '--json', tree.directory, ...tree.rewrite])).stdout),
  );
  expect(JSON.parse(stdout).snapshots.length).toBeGreaterThan(0);
});
