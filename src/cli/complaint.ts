// How an error is said: on stderr for people, and with --json as the one document on stdout.
import type { CkptError } from '../support/errors.js';
import { outputWishes } from './streams.js';

/** Loads what it takes to say an error. The function says it at once, so it can be the last thing a process does. */
export async function loadVoice(argv: readonly string[]): Promise<(error: CkptError) => void> {
  const [{ errorDocument, renderError }, { toJson }, { paletteFor }] = await Promise.all([
    import('../render/error.js'),
    import('../render/json.js'),
    import('./terminal.js'),
  ]);
  const { json, verbose } = outputWishes(argv);
  const look = { palette: await paletteFor('stderr'), withStack: verbose };
  return (error) => {
    process.stderr.write(renderError(error, look));
    if (json) process.stdout.write(toJson(errorDocument(error)));
  };
}
