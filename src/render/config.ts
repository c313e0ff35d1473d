// `ckpt config`: a line per setting with its value and what has set it. Secrets are never shown.
import type { SettingOrigin, SettledSetting } from '../model/setting.js';
import type { Look } from './palette.js';
import { type Cell, table } from './table.js';

const ORIGINS: Readonly<Record<SettingOrigin, string>> = {
  flag: 'flag',
  environment: 'environment',
  'ckpt.yaml': '',
  flink: '',
  default: 'default',
};

/** For people. */
export function renderConfig(settings: readonly SettledSetting[], look: Look): string {
  const columns = [{ title: 'SETTING' }, { title: 'VALUE', shrinks: true }, { title: 'FROM', shrinks: true }];
  const { faint, strong } = look.palette;
  const rows = settings.map((setting): readonly Cell[] => {
    const isSet = setting.value !== null;
    const name = { text: setting.name, paint: isSet ? strong : faint };
    return [
      name,
      { text: valueText(setting), paint: isSet ? String : faint },
      { text: from(setting), paint: faint },
    ];
  });
  return table(columns, rows, look);
}

/** The fields of `--json`. */
export function configDocument(settings: readonly SettledSetting[]): object {
  return {
    settings: settings.map(({ name, value, origin, source, secret }) => ({
      name,
      value: secret ? null : value,
      isSet: value !== null,
      origin,
      source,
      secret,
    })),
  };
}

function valueText({ value, secret }: SettledSetting): string {
  if (value === null) return 'not set';
  if (secret) return 'set, not shown';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function from({ value, origin, source }: SettledSetting): string {
  if (value === null) return '';
  return [ORIGINS[origin], source ?? ''].filter((part) => part !== '').join(' ');
}
