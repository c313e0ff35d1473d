// A YAML file that a flag names: a model, prices, budgets.
import type { Session } from './session.js';

/** Words that are not checked yet, and the file as the user named it. */
export interface WordsFile {
  readonly path: string;
  readonly words: unknown;
}

/** Null where no file was named. Throws what the store says, and a UsageError for what is no YAML. */
export async function readWordsFile(path: string | undefined, session: Session): Promise<WordsFile | null> {
  if (path === undefined) return null;
  const location = session.locate(path);
  const { parseYaml } = await import('./settings/yaml.js');
  const bytes = await (await session.openReader(location)).read(location);
  return { path, words: await parseYaml(new TextDecoder().decode(bytes), location) };
}
