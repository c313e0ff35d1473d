// The way in: runs the command that the arguments name, and turns whatever is thrown into a message and a status.
import { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';
import { loadVoice } from './complaint.js';
import { toCkptError } from './errors.js';
import { type ExitStatus, exitStatusOf } from './exit-codes.js';
import { blameJob } from './hosted-job.js';
import { handleInterrupts } from './interrupt.js';
import { drained, ignoreClosedPipes } from './streams.js';

/** Runs one command line. `root` is the directory or file URL of the installed package. Never rejects. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  const ending = new Ending(argv);
  ignoreClosedPipes();
  handleInterrupts();
  const escaped = (thrown: unknown) => {
    if (!blameJob(thrown)) void ending.after(thrown);
  };
  process.on('uncaughtException', escaped);
  process.on('unhandledRejection', escaped);
  try {
    const config = await Config.load(root);
    ending.commandIds = config.commandIDs;
    await run([...argv], config);
  } catch (thrown) {
    await ending.after(thrown);
  }
}

/** The end of a process that does not end by itself. What was written is read before the process goes. */
class Ending {
  readonly #argv: readonly string[];
  #said = false;
  commandIds: readonly string[] = [];

  constructor(argv: readonly string[]) {
    this.#argv = argv;
  }

  /** Ends the process after a failure, which is said, or as the command asked. */
  async after(thrown: unknown): Promise<void> {
    const asked = statusAskedFor(thrown);
    const status = asked ?? (await this.#say(thrown));
    await Promise.all([drained(process.stdout), drained(process.stderr)]);
    if (asked !== undefined && this.#said) return; // the last of the result could not be written: that is being said
    process.exit(status);
  }

  async #say(thrown: unknown): Promise<ExitStatus> {
    if (this.#said) process.exit(1); // nobody can be told: the saying itself failed
    this.#said = true;
    const error = toCkptError(thrown, this.commandIds);
    const say = await loadVoice(this.#argv);
    say(error);
    return exitStatusOf(error);
  }
}

/** The status of a command's own request to end the process: no error, nothing to say. */
function statusAskedFor(thrown: unknown): number | undefined {
  const exit = thrown as { readonly code?: unknown; readonly oclif?: { readonly exit?: number } } | undefined;
  return exit?.code === 'EEXIT' ? (exit.oclif?.exit ?? 0) : undefined;
}
