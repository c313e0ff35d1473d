// What a use case needs of the outside: the clock, the working directory, locations, and how much may be asked at once.
import { type Location, parseLocation } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import type { StorageRemover } from '../storage/storage.js';
import { type Clock, systemClock } from '../support/clock.js';
import { interruptSignal } from './interrupt.js';
import { NO_PROGRESS, openTerminalLine, TerminalProgress } from './progress.js';

/** The flags that shape a session. */
export interface SessionFlags {
  readonly quiet: boolean;
  readonly 'no-progress': boolean;
}

export interface Session {
  /** Opens stores for reading; what changes storage goes through {@link openRemover}. */
  readonly openReader: OpenReader;
  readonly clock: Clock;
  /** Absolute path. */
  readonly workingDirectory: string;
  /** A location as typed; throws UsageError for an unknown scheme. */
  readonly locate: (text: string) => Location;
  /** Aborted by the first Ctrl-C once somebody has asked for it; see cli/interrupt.ts. */
  readonly interrupt: () => AbortSignal;
  /** Takes the progress line off the terminal; before anything else is written, and at the end. */
  readonly endProgress: () => void;
  /** Says something on stderr that the user can do without; `--quiet` drops it. */
  readonly note: (text: string) => void;
  /** Says something on stderr that the user must know. */
  readonly warn: (text: string) => void;
}

/** Opens what a command was given. Touches no storage yet. */
export function openSession(flags: SessionFlags): Session {
  const workingDirectory = process.cwd();
  const clock = systemClock;
  const shown = process.stderr.isTTY && !flags.quiet && !flags['no-progress'];
  const progress = shown ? new TerminalProgress(clock, openTerminalLine) : NO_PROGRESS;
  return {
    openReader: progress.watch(openReader),
    clock,
    workingDirectory,
    locate: (text) => parseLocation(text, workingDirectory),
    interrupt: interruptSignal,
    endProgress: progress.stop,
    note: (text) => {
      if (!flags.quiet) process.stderr.write(`${text}\n`);
    },
    warn: (text) => process.stderr.write(`warning: ${text}\n`),
  };
}

/** Drivers are loaded when the first location is opened. */
const openReader: OpenReader = async (location) => (await import('../storage/open.js')).openReader(location);

/**
 * Opens the store of `location` for changing it. Kept out of the session, so that a command that only reads holds
 * nothing that could write.
 */
export async function openRemover(location: Location): Promise<StorageRemover> {
  return (await import('../storage/open.js')).openRemover(location);
}
