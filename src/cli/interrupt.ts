// Ctrl-C and SIGTERM. A command that says nothing is ended at once with status 130; one that asks for the signal is told
// first, and ended by the second Ctrl-C.
import { InterruptedError } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const INTERRUPTED = 130;

let controller: AbortController | undefined;

/** Installs the handlers; once per process. */
export function handleInterrupts(): void {
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller === undefined || controller.signal.aborted) process.exit(INTERRUPTED);
      controller.abort(new InterruptedError(name));
    });
  }
}

/**
 * A signal that the first Ctrl-C aborts, with an InterruptedError as its reason; who has finished tidily throws it
 * (`signal.throwIfAborted()`), so that the process ends with 130.
 */
export function interruptSignal(): AbortSignal {
  controller ??= new AbortController();
  return controller.signal;
}
