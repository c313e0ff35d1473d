// Flink's own configuration as texts by key: config.yaml, which is YAML, and flink-conf.yaml of Flink 1.x, which only
// looks like it. Source: Flink GlobalConfiguration (loadYAMLResource, loadLegacyYAMLResource).
import { baseName, child, formatLocation, type Location } from '../../model/location.js';
import { statusAt } from '../../storage/status-at.js';
import type { StorageReader } from '../../storage/storage.js';
import { UsageError } from '../../support/errors.js';
import { parseYaml } from './yaml.js';

/** Texts by key, and the file that they are from. */
export interface FlinkConfiguration {
  readonly file: Location;
  readonly texts: ReadonlyMap<string, string>;
}

const STANDARD = 'config.yaml';
const LEGACY = 'flink-conf.yaml';

/**
 * Reads a file, or that of a directory. Throws a UsageError where there is none; and where a directory has both, for
 * Flink 1.20 reads flink-conf.yaml then and Flink 2 reads config.yaml.
 */
export async function readFlinkConfiguration(
  place: Location,
  files: StorageReader,
): Promise<FlinkConfiguration> {
  const where = formatLocation(place);
  const next = `give --flink-conf the directory with ${STANDARD}, or the file`;
  const status = await statusAt(place, files);
  if (status === null) throw new UsageError(`there is no Flink configuration at ${where}`, { where, next });
  if (status.type === 'file') return read(place, files);
  const found: Location[] = [];
  for (const file of [STANDARD, LEGACY].map((name) => child(place, name)))
    if ((await statusAt(file, files)) !== null) found.push(file);
  const [only, other] = found;
  if (only === undefined)
    throw new UsageError(`there is neither ${STANDARD} nor ${LEGACY} in ${where}`, { where, next });
  if (other !== undefined)
    throw new UsageError(
      `${where} has both ${STANDARD} and ${LEGACY}, and versions of Flink differ in which they read`,
      {
        where,
        next: `name the file: --flink-conf ${only.path}`,
      },
    );
  return read(only, files);
}

async function read(file: Location, files: StorageReader): Promise<FlinkConfiguration> {
  const text = new TextDecoder().decode(await files.read(file));
  const texts = baseName(file) === LEGACY ? legacyTexts(text) : flatten(await parseYaml(text, file));
  return { file, texts: new Map(texts) };
}

/** `key: value` on each line; everything from `#` on is a comment. Other lines are passed over, as Flink does. */
function* legacyTexts(text: string): Generator<readonly [string, string]> {
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^\s#:][^#]*?): ([^#]*)/.exec(line) ?? [];
    if (key !== undefined && value?.trim()) yield [key, value.trim()];
  }
}

/** Maps may be nested or written with dots; a list becomes one text, as Flink has them. */
function* flatten(value: unknown, prefix = ''): Generator<readonly [string, string]> {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) yield [prefix, value.join(';')];
  else if (typeof value !== 'object') yield [prefix, String(value)];
  else
    for (const [key, inner] of Object.entries(value))
      yield* flatten(inner, prefix === '' ? key : `${prefix}.${key}`);
}
