import { describe, expect, test } from 'vitest';
import { settle } from '../../../src/cli/settings/settle.js';
import { storeSettings } from '../../../src/cli/settings/store-settings.js';
import { SETTINGS, type SettingName } from '../../../src/cli/settings/table.js';
import { child, parent, parseLocation } from '../../../src/model/location.js';
import type { SettingValue } from '../../../src/model/setting.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import { UsageError } from '../../../src/support/errors.js';

const HERE = parseLocation('/srv', '/');

interface World {
  readonly flags?: Readonly<Record<string, SettingValue>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Texts by path below the working directory. */
  readonly files?: Readonly<Record<string, string>>;
}

async function settings({ flags = {}, environment = {}, files = {} }: World) {
  const storage = new MemoryStorage();
  await storage.makeDirectory(HERE);
  for (const [path, text] of Object.entries(files)) {
    await storage.makeDirectory(parent(child(HERE, path)));
    await storage.put(child(HERE, path), new TextEncoder().encode(text));
  }
  return settle({ flags, environment, workingDirectory: HERE.path, files: storage });
}

const settledTo = async (name: SettingName, world: World) => {
  const { value, origin, source } = (await settings(world))[name];
  return [value, origin, source];
};

const complaintOf = async (world: World): Promise<string> => {
  const thrown = await settings(world).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(UsageError);
  const { message, where, next } = thrown as UsageError;
  return `${message} | ${where} | ${next}`;
};

const storesOf = async (world: World) => storeSettings(await settings(world), HERE.path);

describe('a setting', () => {
  const flink = { 'conf/config.yaml': 's3.region: from-flink' };
  const own = { 'ckpt.yaml': 's3-region: from-file' };
  const aws = { AWS_DEFAULT_REGION: 'from-default' };

  test('is taken from the strongest source that has it', async () => {
    const environment = { ...aws, FLINK_CONF_DIR: 'conf' };
    const files = { ...flink, ...own };
    const region = (world: World) => settledTo('s3-region', world);
    expect(await region({})).toEqual([null, 'default', null]);
    expect(await region({ environment: { FLINK_CONF_DIR: 'conf' }, files: flink })).toEqual([
      'from-flink',
      'flink',
      's3.region in file:///srv/conf/config.yaml',
    ]);
    expect(await region({ environment: { FLINK_CONF_DIR: 'conf' }, files })).toEqual([
      'from-file',
      'ckpt.yaml',
      's3-region in ckpt.yaml',
    ]);
    expect(await region({ environment, files })).toEqual([
      'from-default',
      'environment',
      'AWS_DEFAULT_REGION',
    ]);
    const both = { ...environment, AWS_REGION: 'from-aws' };
    expect(await region({ environment: both, files })).toEqual(['from-aws', 'environment', 'AWS_REGION']);
    const all = { ...both, CKPT_S3_REGION: 'from-ckpt' };
    expect(await region({ environment: all, files })).toEqual(['from-ckpt', 'environment', 'CKPT_S3_REGION']);
    expect(await region({ flags: { 's3-region': 'typed' }, environment: all, files })).toEqual([
      'typed',
      'flag',
      '--s3-region',
    ]);
  });

  test('is not set by an empty variable, nor by a key without a value', async () => {
    const world = { environment: { AWS_REGION: '' }, files: { 'ckpt.yaml': 's3-region:\n' } };
    expect(await settledTo('s3-region', world)).toEqual([null, 'default', null]);
  });

  test.each<[SettingName, string, SettingValue]>([
    ['concurrency', '8', 8],
    ['s3-path-style', 'Yes', true],
    ['s3-path-style', '0', false],
    ['s3-endpoint', 'minio:9000', 'https://minio:9000'],
    ['s3-endpoint', 'http://minio:9000', 'http://minio:9000'],
    ['webhdfs', 'nn1:9870, nn2:9870', ['nn1:9870', 'nn2:9870']],
  ])('%s is read from the text %j', async (name, text, value) => {
    const variable = `CKPT_${name.toUpperCase().replaceAll('-', '_')}`;
    expect(await settledTo(name, { environment: { [variable]: text } })).toEqual([
      value,
      'environment',
      variable,
    ]);
  });

  test.each([
    [
      { environment: { CKPT_CONCURRENCY: '0' } },
      'concurrency is to be a number from 1 to 1024, found "0" | CKPT_CONCURRENCY',
    ],
    [{ files: { 'ckpt.yaml': 'concurrency: many' } }, 'found "many" | concurrency in ckpt.yaml'],
    [
      { environment: { AWS_ENDPOINT_URL_S3: 'ftp://x' } },
      'such as https://minio.example:9000, found "ftp://x"',
    ],
    [{ files: { 'ckpt.yaml': 's3-region: [a]' } }, 's3-region is to be a text'],
    [
      { files: { 'ckpt.yaml': 's3-regoin: a' } },
      'there is no setting s3-regoin | file:///srv/ckpt.yaml | did you mean s3-region?',
    ],
    [{ files: { 'ckpt.yaml': '- a' } }, 'is no list of settings'],
    [{ files: { 'ckpt.yaml': 'a: [' } }, 'file:///srv/ckpt.yaml is no YAML'],
    [{ flags: { 'flink-conf': 'nowhere' } }, 'there is no Flink configuration at file:///srv/nowhere'],
  ] as [World, string][])('%j is refused, with the place and what to do', async (world, complaint) => {
    expect(await complaintOf(world)).toContain(complaint);
  });

  test('stands beside the sections that other commands read', async () => {
    const files = { 'ckpt.yaml': 's3-region: here\nretention:\n  keep-last: 3\ncleanup: {}\n' };
    expect((await settledTo('s3-region', { files }))[0]).toBe('here');
  });

  test('that is a secret is not taken from ckpt.yaml, and never told', async () => {
    const world = { files: { 'ckpt.yaml': 's3-secret-key: hush' } };
    expect(await complaintOf(world)).toMatch(/does not belong.*environment/);
    expect(await complaintOf(world)).not.toContain('hush');
  });

  test('has one row, and no name of the environment or of Flink means two', () => {
    const all = SETTINGS.flatMap((row) => [
      row.name,
      ...('environment' in row ? row.environment : []),
      ...('flink' in row ? row.flink : []),
    ]);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("Flink's configuration", () => {
  test('may be nested or flat, and its old keys count behind the current ones', async () => {
    const files = {
      'a/config.yaml': 'execution:\n  checkpointing:\n    dir: s3://new\nstate.checkpoints.dir: s3://old\n',
      'b/config.yaml': 'state:\n  checkpoints.dir: s3://old\n',
      'c/flink-conf.yaml':
        '# a comment\nstate.checkpoints.dir: s3://legacy # why\nrest.port: 8081\nnonsense\n',
    };
    const dir = async (conf: string) =>
      (await settledTo('checkpoint-dir', { flags: { 'flink-conf': conf }, files }))[0];
    expect(await dir('a')).toBe('s3://new');
    expect(await dir('b')).toBe('s3://old');
    expect(await dir('c')).toBe('s3://legacy');
    expect(await dir('c/flink-conf.yaml')).toBe('s3://legacy');
  });

  test('is refused where it is not clear which file Flink would read', async () => {
    const files = { 'conf/config.yaml': '', 'conf/flink-conf.yaml': '' };
    expect(await complaintOf({ flags: { 'flink-conf': 'conf' }, files })).toMatch(
      /both.*--flink-conf \/srv\/conf\/config.yaml/,
    );
  });

  test('is refused where a directory has none, or it is no YAML', async () => {
    expect(await complaintOf({ flags: { 'flink-conf': 'conf' }, files: { 'conf/other': '' } })).toContain(
      'neither',
    );
    const files = { 'conf/config.yaml': 'a: [' };
    expect(await complaintOf({ flags: { 'flink-conf': 'conf' }, files })).toContain('is no YAML');
  });
});

describe('keys of S3', () => {
  const keys = 's3.access-key: AKIA\ns3.secret-key: hush\n';
  const flags = { 'flink-conf': 'config.yaml' };
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'hush' };

  test("are taken from Flink's configuration as a pair", async () => {
    const { s3 } = await storesOf({ flags, files: { 'config.yaml': keys } });
    expect(s3).toEqual({ credentials });
    const half = await storesOf({ flags, files: { 'config.yaml': 's3.access-key: AKIA\n' } });
    expect(half.s3).toEqual({});
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['keys', { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }],
    ['half a pair', { AWS_ACCESS_KEY_ID: 'a' }],
    ['a profile', { AWS_PROFILE: 'p' }],
  ])('give way to %s in the environment, which is left to the SDK', async (_, environment) => {
    const { s3 } = await storesOf({ flags, environment, files: { 'config.yaml': keys } });
    expect(s3).toEqual({});
  });

  test('give way to a profile of ckpt.yaml', async () => {
    const files = { 'config.yaml': keys, 'ckpt.yaml': 's3-profile: team' };
    expect((await storesOf({ flags, files })).s3).toEqual({ profile: 'team' });
  });
});

test('proxies come from the usual variables, and none that holds a password is shown', async () => {
  const environment = {
    https_proxy: 'http://me:secret@proxy:3128',
    HTTPS_PROXY: 'http://other:3128',
    HTTP_PROXY: 'proxy:3128',
    NO_PROXY: 'localhost,.internal',
  };
  expect((await storesOf({ environment })).proxies).toEqual({
    https: 'http://me:secret@proxy:3128',
    http: 'proxy:3128',
    except: 'localhost,.internal',
  });
  const settled = await settings({ environment });
  expect(settled['https-proxy']).toMatchObject({ secret: true, source: 'https_proxy' });
  expect(settled['http-proxy']).toMatchObject({ secret: false, source: 'HTTP_PROXY' });
});

test('settings become those of the stores, with paths relative to the working directory', async () => {
  const files = {
    'ckpt.yaml': 'ca-file: ca.pem\nhadoop-conf-dir: hadoop\nwebhdfs: [nn1:1, nn2:1]\ns3-path-style: true\n',
  };
  const environment = { HADOOP_USER_NAME: 'flink', CKPT_HDFS_DELEGATION_TOKEN: 'token' };
  expect(await storesOf({ environment, files })).toEqual({
    concurrency: 16,
    proxies: {},
    caFile: '/srv/ca.pem',
    s3: { pathStyle: true },
    hdfs: {
      user: 'flink',
      delegationToken: 'token',
      webhdfs: ['nn1:1', 'nn2:1'],
      configurationDirectory: parseLocation('/srv/hadoop', '/'),
    },
  });
});
