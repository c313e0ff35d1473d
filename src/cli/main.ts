// The way in: runs the command that the arguments name, and turns whatever is thrown into a message and a status.
import { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';
import type { CkptError } from '../support/errors.js';
import { toCkptError } from './errors.js';
import { exitStatusOf } from './exit-codes.js';
import { handleInterrupts } from './interrupt.js';
import { drained, ignoreClosedPipes, outputWishes } from './streams.js';

/** Runs one command line. `root` is the directory or file URL of the installed package. Never rejects. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  let commandIds: readonly string[] = [];
  let failing = false;
  const fail = async (thrown: unknown) => {
    if (failing) process.exit(1); // nobody can be told: stderr itself fails
    failing = true;
    await endWith(thrown, { argv, commandIds });
  };
  ignoreClosedPipes();
  handleInterrupts();
  process.on('uncaughtException', fail);
  try {
    const config = await Config.load(root);
    commandIds = config.commandIDs;
    await run([...argv], config);
  } catch (thrown) {
    await fail(thrown);
  }
}

/** Says what was thrown, and ends the process when that has been read. */
async function endWith(
  thrown: unknown,
  context: { readonly argv: readonly string[]; readonly commandIds: readonly string[] },
): Promise<void> {
  let status = statusAskedFor(thrown);
  if (status === undefined) {
    const error = toCkptError(thrown, context.commandIds);
    await show(error, context.argv);
    status = exitStatusOf(error);
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  process.exit(status);
}

/** The status of a command's own request to end the process: no error, nothing to say. */
function statusAskedFor(thrown: unknown): number | undefined {
  const exit = thrown as { readonly code?: unknown; readonly oclif?: { readonly exit?: number } } | undefined;
  return exit?.code === 'EEXIT' ? (exit.oclif?.exit ?? 0) : undefined;
}

async function show(error: CkptError, argv: readonly string[]): Promise<void> {
  const [{ errorDocument, renderError }, { toJson }, { paletteFor }] = await Promise.all([
    import('../render/error.js'),
    import('../render/json.js'),
    import('./terminal.js'),
  ]);
  const { json, verbose } = outputWishes(argv);
  process.stderr.write(renderError(error, { palette: await paletteFor('stderr'), withStack: verbose }));
  if (json) process.stdout.write(toJson(errorDocument(error)));
}
