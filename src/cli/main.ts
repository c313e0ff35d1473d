// The way in: runs the command that the arguments name, and turns whatever is thrown into a message and a status.
import { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';
import type { CkptError } from '../support/errors.js';
import { toCkptError } from './errors.js';
import { exitStatusOf } from './exit-codes.js';
import { handleInterrupts } from './interrupt.js';
import { drained, ignoreClosedPipes, type OutputWishes, outputWishes } from './streams.js';

/** Runs one command line. `root` is the directory or file URL of the installed package. Never rejects. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  ignoreClosedPipes();
  handleInterrupts();
  let config: Config | undefined;
  try {
    config = await Config.load(root);
    await run([...argv], config);
  } catch (thrown) {
    const status = asksToExit(thrown) ?? (await report(thrown, config?.commandIDs ?? [], argv));
    await Promise.all([drained(process.stdout), drained(process.stderr)]);
    process.exit(status);
  }
}

/** The status of oclif's own request to end the process: no error, nothing to say. */
function asksToExit(thrown: unknown): number | undefined {
  const exit = thrown as { readonly code?: unknown; readonly oclif?: { readonly exit?: number } } | undefined;
  return exit?.code === 'EEXIT' ? (exit.oclif?.exit ?? 0) : undefined;
}

async function report(
  thrown: unknown,
  commandIds: readonly string[],
  argv: readonly string[],
): Promise<number> {
  const error = toCkptError(thrown, commandIds);
  await show(error, outputWishes(argv));
  return exitStatusOf(error);
}

async function show(error: CkptError, wishes: OutputWishes): Promise<void> {
  const [{ errorDocument, renderError }, { toJson }, { paletteFor }] = await Promise.all([
    import('../render/error.js'),
    import('../render/json.js'),
    import('./terminal.js'),
  ]);
  process.stderr.write(
    renderError(error, { palette: await paletteFor('stderr'), withStack: wishes.verbose }),
  );
  if (wishes.json) process.stdout.write(toJson(errorDocument(error)));
}
