// A YAML file as a value. The library is loaded when there is one to read.
import { formatLocation, type Location } from '../../model/location.js';
import { messageOf, UsageError } from '../../support/errors.js';

/** The one document of a file; null where it is empty. Throws a UsageError with the line of what is no YAML. */
export async function parseYaml(text: string, file: Location): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { prettyErrors: true, maxAliasCount: 100 });
  } catch (thrown) {
    const where = formatLocation(file);
    const [what] = messageOf(thrown).split('\n');
    throw new UsageError(`${where} is no YAML: ${what?.replace(/:$/, '')}`, {
      where,
      next: 'correct the file',
      cause: thrown,
    });
  }
}
