// Every setting, once: its flag, its names in the environment, its key in ckpt.yaml and those in Flink's configuration,
// and what it is without any of them. A further setting is a further row. Data only: it is loaded with the flags.
// Sources: Flink CheckpointingOptions, CoreOptions (env.hadoop.conf.dir), S3FileSystemFactory of flink-s3-fs-hadoop and
// flink-s3-fs-presto (which prefixes and spellings mean the same).
import type { SettingValue } from '../../model/setting.js';

/**
 * What a value is. `texts` is a list; in the environment its elements are separated by commas. A `proxy` is looked at by
 * those who use it: machines have some that are none of ours.
 */
export type SettingKind = 'text' | 'url' | 'proxy' | 'texts' | 'switch' | 'count';

export interface Setting {
  /** The flag without its dashes, the key in ckpt.yaml, and `CKPT_<NAME>` in the environment. */
  readonly name: string;
  readonly kind: SettingKind;
  /** What else names it in the environment, the strongest first. */
  readonly environment?: readonly string[];
  /** Keys of Flink's configuration, the strongest first. */
  readonly flink?: readonly string[];
  readonly preset?: SettingValue;
  /** Never shown, and never taken from ckpt.yaml, which is for others to read. */
  readonly secret?: true;
}

export const DEFAULT_CONCURRENCY = 16;

export const SETTINGS = [
  { name: 'concurrency', kind: 'count', preset: DEFAULT_CONCURRENCY },
  { name: 'rewrite', kind: 'texts' },
  { name: 'ca-file', kind: 'text', environment: ['AWS_CA_BUNDLE'] },
  { name: 'https-proxy', kind: 'proxy', environment: ['https_proxy', 'HTTPS_PROXY'] },
  { name: 'http-proxy', kind: 'proxy', environment: ['http_proxy', 'HTTP_PROXY'] },
  { name: 'no-proxy', kind: 'text', environment: ['no_proxy', 'NO_PROXY'] },
  {
    name: 's3-endpoint',
    kind: 'url',
    environment: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
    flink: s3Keys('endpoint'),
  },
  {
    name: 's3-region',
    kind: 'text',
    environment: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    flink: s3Keys('region', 'endpoint.region'),
  },
  { name: 's3-path-style', kind: 'switch', flink: s3Keys('path-style-access', 'path.style.access') },
  { name: 's3-requester-pays', kind: 'switch', flink: s3Keys('requester.pays.enabled') },
  { name: 's3-conditional-put', kind: 'switch' },
  {
    name: 's3-access-key',
    kind: 'text',
    secret: true,
    environment: ['AWS_ACCESS_KEY_ID'],
    flink: s3Keys('access-key', 'access.key'),
  },
  {
    name: 's3-secret-key',
    kind: 'text',
    secret: true,
    environment: ['AWS_SECRET_ACCESS_KEY'],
    flink: s3Keys('secret-key', 'secret.key'),
  },
  {
    name: 's3-session-token',
    kind: 'text',
    secret: true,
    environment: ['AWS_SESSION_TOKEN'],
    flink: s3Keys('session.token'),
  },
  { name: 's3-profile', kind: 'text', environment: ['AWS_PROFILE'] },
  { name: 'hdfs-user', kind: 'text', environment: ['HADOOP_USER_NAME'] },
  { name: 'hdfs-delegation-token', kind: 'text', secret: true },
  { name: 'hdfs-token-file', kind: 'text', environment: ['HADOOP_TOKEN_FILE_LOCATION'] },
  { name: 'webhdfs', kind: 'texts' },
  {
    name: 'hadoop-conf-dir',
    kind: 'text',
    environment: ['HADOOP_CONF_DIR'],
    flink: ['env.hadoop.conf.dir', 'fs.hdfs.hadoopconf'],
  },
  {
    name: 'checkpoint-dir',
    kind: 'text',
    flink: ['execution.checkpointing.dir', 'state.checkpoints.dir', 'state.backend.fs.checkpointdir'],
  },
  { name: 'flink-conf', kind: 'text', environment: ['FLINK_CONF_DIR'] },
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/** Flink hands every key with one of these prefixes to its S3 file systems. */
function s3Keys(...spellings: readonly string[]): readonly string[] {
  const prefixes = ['s3.', 's3a.', 'fs.s3a.', 'presto.s3.'];
  return spellings.flatMap((spelling) => prefixes.map((prefix) => prefix + spelling));
}
