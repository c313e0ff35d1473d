// Where text goes: the result to stdout, everything else to stderr. How the two are asked for before any flag has been
// parsed: an error in the flags must come out as JSON too.
import { OutputError } from './errors.js';

/** How a command line wants to be answered, read off the raw arguments. */
export interface OutputWishes {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Looks for `--json` and `-v` before a `--`, and for their environment variables. */
export function outputWishes(argv: readonly string[]): OutputWishes {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return {
    json: words.includes('--json') || isSet('CKPT_JSON'),
    verbose: words.some((word) => word === '--verbose' || /^-q*vq*$/.test(word)) || isSet('CKPT_VERBOSE'),
  };
}

/** Whether an environment variable says yes, in the words that oclif takes for a yes. */
export function isSet(variable: string): boolean {
  return ['1', 'true', 'y', 'yes'].includes((process.env[variable] ?? '').toLowerCase());
}

/** A reader that goes away (`ckpt list … | head -1`) is no failure: what is left to say is dropped. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.prependListener('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw new OutputError(error);
    });
  }
}

const WRITE_CHARS = 64 * 1024;

/** Writes pieces in large portions, and waits while the reader of the stream is slow. Ends early where it has gone. */
export async function writeAll(stream: NodeJS.WriteStream, pieces: Iterable<string>): Promise<void> {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < WRITE_CHARS) continue;
    if (!stream.write(gathered)) await drained(stream);
    if (stream.destroyed) return;
    gathered = '';
  }
  stream.write(gathered);
}

/**
 * Resolves when all that was written to a stream has left the process, or its reader has gone, or it failed; its error
 * event has been seen by then.
 */
export function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      if (stream.destroyed || stream.writableLength === 0) resolve();
      else stream.write('', () => resolve());
    });
  });
}
