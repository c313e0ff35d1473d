// The settings that shape connections, as the doors to storage take them.
import { parseLocation } from '../../model/location.js';
import type { SettingOrigin, SettledSetting } from '../../model/setting.js';
import type { StoreSettings } from '../../storage/store-options.js';
import type { Settings } from './settle.js';
import type { SettingName } from './table.js';

/** Paths in settings are relative to `workingDirectory`. */
export function storeSettings(settings: Settings, workingDirectory: string): StoreSettings {
  const text = (name: SettingName) => typed(settings[name], 'string');
  const isOn = (name: SettingName) => typed(settings[name], 'boolean');
  const place = (name: SettingName) => {
    const path = text(name);
    return path === undefined ? undefined : parseLocation(path, workingDirectory);
  };
  return defined({
    concurrency: typed(settings.concurrency, 'number'),
    caFile: place('ca-file')?.path,
    proxies: defined({
      http: text('http-proxy'),
      https: text('https-proxy'),
      except: text('no-proxy'),
    }),
    s3: defined({
      endpoint: text('s3-endpoint'),
      region: text('s3-region'),
      pathStyle: isOn('s3-path-style'),
      requesterPays: isOn('s3-requester-pays'),
      conditionalPut: isOn('s3-conditional-put'),
      ...identity(settings, text),
    }),
    hdfs: defined({
      user: text('hdfs-user'),
      delegationToken: text('hdfs-delegation-token'),
      tokenFile: place('hdfs-token-file'),
      webhdfs: listOf(settings.webhdfs),
      configurationDirectory: place('hadoop-conf-dir'),
    }),
  });
}

/** The texts of a list; empty where nothing is set. */
export function listOf({ value }: SettledSetting): readonly string[] {
  return Array.isArray(value) ? value : [];
}

const STRENGTH: Readonly<Record<SettingOrigin, number>> = {
  flag: 4,
  environment: 3,
  'ckpt.yaml': 2,
  flink: 1,
  default: 0,
};

/**
 * Keys count only as a pair from one kind of source, and only where no stronger one names a profile. The AWS variables
 * are left to the SDK, whose order among all its sources users know.
 */
function identity(settings: Settings, text: (name: SettingName) => string | undefined) {
  const { 's3-access-key': access, 's3-secret-key': secret, 's3-profile': profile } = settings;
  const [accessKeyId, secretAccessKey] = [text('s3-access-key'), text('s3-secret-key')];
  const isPair =
    accessKeyId !== undefined && secretAccessKey !== undefined && access.origin === secret.origin;
  const isStrongest = STRENGTH[access.origin] >= STRENGTH[profile.origin];
  if (isPair && isStrongest && !isOfAws(access)) {
    const token =
      settings['s3-session-token'].origin === access.origin ? text('s3-session-token') : undefined;
    return { credentials: { accessKeyId, secretAccessKey, ...defined({ sessionToken: token }) } };
  }
  return { profile: isOfAws(profile) ? undefined : text('s3-profile') };
}

function isOfAws({ source }: SettledSetting): boolean {
  return source?.startsWith('AWS_') ?? false;
}

interface TypesByName {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

function typed<K extends keyof TypesByName>({ value }: SettledSetting, type: K): TypesByName[K] | undefined {
  return typeof value === type ? (value as TypesByName[K]) : undefined;
}

/** Without the fields that have no value. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof defined<T>
  >;
}
