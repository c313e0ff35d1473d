// ckpt.yaml in the working directory: settings by their names, beside sections that others read.
import { formatLocation, type Location } from '../../model/location.js';
import type { StorageReader } from '../../storage/storage.js';
import { StorageError, UsageError } from '../../support/errors.js';
import { nearest } from '../../support/suggestion.js';
import { SETTINGS, type Setting } from './table.js';
import { parseYaml } from './yaml.js';

/** What else the file may hold: two for the commands that have flags of the same names, and what `ckpt check` goes by. */
const SECTIONS = ['retention', 'cleanup', 'budgets'];

/** The sections as they stand there, null where there is none; and the file, for errors. */
export interface OwnSections {
  readonly retention: unknown;
  readonly cleanup: unknown;
  readonly budgets: unknown;
  readonly where: string;
}

/** Values by name; none where there is no file. Throws a UsageError for a key that is no setting, and for a secret. */
export async function readOwnFile(
  file: Location,
  files: StorageReader,
): Promise<ReadonlyMap<string, unknown>> {
  const text = await textOf(file, files);
  const value = text === null ? null : await parseYaml(text, file);
  if (value === null) return new Map();
  const where = formatLocation(file);
  if (typeof value !== 'object' || Array.isArray(value))
    throw new UsageError(`${where} is no list of settings`, {
      where,
      next: 'write a setting a line: s3-region: eu-west-1',
    });
  const entries = Object.entries(value).filter(
    ([key, setting]) => setting !== null && !SECTIONS.includes(key),
  );
  for (const [key] of entries) checkKey(key, where);
  return new Map(entries);
}

/** Reads the sections alone; throws a UsageError where the file is no YAML. */
export async function readOwnSections(file: Location, files: StorageReader): Promise<OwnSections> {
  const text = await textOf(file, files);
  const value = text === null ? null : await parseYaml(text, file);
  const { retention = null, cleanup = null, budgets = null } = (value ?? {}) as Partial<OwnSections>;
  return { retention, cleanup, budgets, where: formatLocation(file) };
}

async function textOf(file: Location, files: StorageReader): Promise<string | null> {
  try {
    return new TextDecoder().decode(await files.read(file));
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

function checkKey(key: string, where: string): void {
  const settings: readonly Setting[] = SETTINGS;
  const setting = settings.find(({ name }) => name === key);
  if (setting === undefined) {
    const near = nearest(key, [
      ...settings.filter(({ secret }) => !secret).map(({ name }) => name),
      ...SECTIONS,
    ]);
    const next = near === undefined ? 'ckpt config shows all settings' : `did you mean ${near}?`;
    throw new UsageError(`there is no setting ${key}`, { where, next });
  }
  if (setting.secret)
    throw new UsageError(`${key} is a secret and does not belong in a file of settings`, {
      where,
      next: 'take it out, and set it in the environment',
    });
}
