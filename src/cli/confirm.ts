// The question before something is deleted. It is answered by the number of files, which says that it has been read.
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../support/errors.js';

/** Whether somebody is there to be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Throws a UsageError where nobody has said yes to `what`, and nobody can be asked. */
export function requireYes({ yes }: { readonly yes: boolean }, what = '--apply'): void {
  if (yes || canAsk()) return;
  throw new UsageError(`${what} deletes, and there is no terminal to ask on`, {
    where: what,
    next: `say --yes too; or look at what would go first`,
  });
}

/** Asks on stderr; true where the answer is `word`. */
export async function confirm(question: string, word: string, signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(question, { signal })).trim() === word;
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    prompt.close();
  }
}
