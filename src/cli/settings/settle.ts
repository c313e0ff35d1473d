// Which value of a setting counts: flag, environment, ckpt.yaml, Flink's configuration, default, in this order. A value
// that cannot be used is an error wherever it stands, with its place: nothing is passed over in silence.
import { child, formatLocation, parseLocation } from '../../model/location.js';
import type { SettingOrigin, SettingValue, SettledSetting } from '../../model/setting.js';
import type { StorageReader } from '../../storage/storage.js';
import { environmentName } from '../flags.js';
import { readFlinkConfiguration } from './flink-configuration.js';
import { readOwnFile } from './own-file.js';
import { SETTINGS, type Setting, type SettingName } from './table.js';

/** All settings by name. */
export type Settings = Readonly<Record<SettingName, SettledSetting>>;

/** What values can come from. */
export interface SettingSources {
  /** What was typed, by the name of the flag. */
  readonly flags: Readonly<Record<string, SettingValue | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  readonly workingDirectory: string;
  /** The local file system. */
  readonly files: StorageReader;
}

/** A value as one source has it, not checked yet. */
interface Finding {
  readonly value: unknown;
  readonly origin: SettingOrigin;
  readonly source: string;
}

/** A source of values; null where it says nothing of a setting. */
type Source = (setting: Setting) => Finding | null;

/** Asks all sources. Throws a UsageError for what is unknown or cannot be used. */
export async function settle(sources: SettingSources): Promise<Settings> {
  const { workingDirectory, files } = sources;
  const here = parseLocation(workingDirectory, '/');
  const own = fromOwnFile(await readOwnFile(child(here, 'ckpt.yaml'), files));
  const first = [fromFlags(sources), fromEnvironment(sources), own];
  const { value: flinkConf } = await settledBy(first, SETTINGS.find(({ name }) => name === 'flink-conf')!);
  const flink = typeof flinkConf === 'string' ? await fromFlink(flinkConf, sources) : () => null;
  const settled = SETTINGS.map((setting) => settledBy([...first, flink], setting));
  return Object.fromEntries(
    (await Promise.all(settled)).map((setting) => [setting.name, setting]),
  ) as Settings;
}

async function settledBy(sources: readonly Source[], setting: Setting): Promise<SettledSetting> {
  const { name, preset = null, secret = false } = setting;
  for (const source of sources) {
    const finding = source(setting);
    if (finding === null) continue;
    const { origin, source: from } = finding;
    const value = await checked(setting, finding);
    return { name, value, origin, source: from, secret: secret || hasPassword(setting, value) };
  }
  return { name, value: preset, origin: 'default', source: null, secret };
}

function hasPassword({ kind }: Setting, value: SettingValue): boolean {
  return kind === 'proxy' && String(value).includes('@');
}

/** A text is usable as it is; the library that checks all else is loaded when it is needed. */
async function checked(setting: Setting, { value, source }: Finding): Promise<SettingValue> {
  const { kind } = setting;
  if ((kind === 'text' || kind === 'proxy') && typeof value === 'string' && value.trim() !== '')
    return value.trim();
  return (await import('./usable.js')).usable(setting, value, source);
}

function fromFlags({ flags }: SettingSources): Source {
  return ({ name }) => {
    const value = flags[name];
    return value === undefined ? null : { value, origin: 'flag', source: `--${name}` };
  };
}

/** A variable that is empty is not set. */
function fromEnvironment({ environment }: SettingSources): Source {
  return ({ name, environment: others = [] }) => {
    const variable = [environmentName(name), ...others].find((candidate) => environment[candidate]);
    if (variable === undefined) return null;
    return { value: environment[variable], origin: 'environment', source: variable };
  };
}

function fromOwnFile(values: ReadonlyMap<string, unknown>): Source {
  return ({ name }) => {
    if (!values.has(name)) return null;
    return { value: values.get(name), origin: 'ckpt.yaml', source: `${name} in ckpt.yaml` };
  };
}

async function fromFlink(place: string, { workingDirectory, files }: SettingSources): Promise<Source> {
  const { file, texts } = await readFlinkConfiguration(parseLocation(place, workingDirectory), files);
  return ({ flink = [] }) => {
    const key = flink.find((candidate) => texts.has(candidate));
    if (key === undefined) return null;
    return { value: texts.get(key), origin: 'flink', source: `${key} in ${formatLocation(file)}` };
  };
}
