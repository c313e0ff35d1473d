// The settings of a parsed command line, and the values of its flags after every source has been asked.
import { parseRewrite, type Rewrite } from '../../model/rewrite.js';
import type { SettingValue } from '../../model/setting.js';
import { localReader } from '../../storage/local/reader.js';
import { type Settings, settle } from './settle.js';
import { listOf } from './store-settings.js';
import { DEFAULT_CONCURRENCY, SETTINGS } from './table.js';

/** What is needed of a command line that oclif has parsed. */
export interface ParsedFlags {
  readonly flags: Readonly<Record<string, unknown>>;
  /** What was typed, flag by flag. */
  readonly raw: readonly { readonly type: string; readonly flag?: string; readonly input: string }[];
}

export interface SettledFlags {
  readonly settings: Settings;
  readonly flags: { readonly concurrency: number; readonly rewrite: readonly Rewrite[] };
}

/** Throws a UsageError for a setting that cannot be used. */
export async function settleFlags(parsed: ParsedFlags): Promise<SettledFlags> {
  const workingDirectory = process.cwd();
  const flags = typedFlags(parsed);
  const settings = await settle({ flags, environment: process.env, workingDirectory, files: localReader() });
  const { value: concurrency } = settings.concurrency;
  return {
    settings,
    flags: {
      concurrency: typeof concurrency === 'number' ? concurrency : DEFAULT_CONCURRENCY,
      rewrite: listOf(settings.rewrite).map((text) => parseRewrite(text, workingDirectory)),
    },
  };
}

/** Only what stands on the command line: oclif has filled in defaults and the environment. */
function typedFlags({ flags, raw }: ParsedFlags): Readonly<Record<string, SettingValue>> {
  const typed: Record<string, SettingValue> = {};
  for (const { name, kind } of SETTINGS) {
    const inputs = raw
      .filter((token) => token.type === 'flag' && token.flag === name)
      .map(({ input }) => input);
    const last = inputs.at(-1);
    if (last === undefined) continue;
    if (kind === 'texts') typed[name] = inputs;
    else typed[name] = kind === 'switch' ? flags[name] === true : last;
  }
  return typed;
}
