// What a use case needs of the outside: the clock, the working directory, locations, and how much may be asked at once.
import { type Location, parseLocation } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import type { StoreOptions } from '../storage/store-options.js';
import { type Clock, systemClock } from '../support/clock.js';
import { UsageError } from '../support/errors.js';
import { systemRandom } from '../support/random.js';
import { interruptSignal } from './interrupt.js';
import { NO_PROGRESS, openTerminalLine, TerminalProgress } from './progress.js';
import type { Settings } from './settings/settle.js';
import { storeSettings } from './settings/store-settings.js';

/** The flags that shape a session. */
export interface SessionFlags {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly 'no-progress': boolean;
}

export interface Session {
  /** Opens stores for reading; what changes them is opened in cli/removers.ts. */
  readonly openReader: OpenReader;
  /** How stores are reached; by {@link openReader} already. */
  readonly stores: StoreOptions;
  readonly clock: Clock;
  /** Absolute path. */
  readonly workingDirectory: string;
  /** A location as typed; throws UsageError for an unknown scheme. */
  readonly locate: (text: string) => Location;
  /** The locations of a command that takes some; without any, the checkpoint directory of the settings. */
  readonly locateAll: (texts: readonly string[] | undefined, name?: string) => readonly Location[];
  /** Aborted by the first Ctrl-C once somebody has asked for it; see cli/interrupt.ts. */
  readonly interrupt: () => AbortSignal;
  /** Tells on the progress line how far the work is. */
  readonly tell: (text: string) => void;
  /** Takes the progress line off the terminal; before anything else is written, and at the end. */
  readonly endProgress: () => void;
  /** Says something on stderr that the user can do without; `--quiet` drops it. */
  readonly note: (text: string) => void;
  /** Says something on stderr that the user must know. */
  readonly warn: (text: string) => void;
}

/** A wait of this length is told of without being asked. */
const LONG_WAIT_MS = 2000;

/** Opens what a command was given. Touches no storage yet. */
export function openSession(flags: SessionFlags, settings: Settings | null): Session {
  const workingDirectory = process.cwd();
  const clock = systemClock;
  const shown = process.stderr.isTTY && !flags.quiet && !flags['no-progress'];
  const progress = shown ? new TerminalProgress(clock, openTerminalLine) : NO_PROGRESS;
  const note = (text: string) => {
    if (!flags.quiet) process.stderr.write(`${text}\n`);
  };
  const onRetry: StoreOptions['onRetry'] = ({ message }, waitMs) => {
    if (flags.verbose || waitMs >= LONG_WAIT_MS) note(`again in ${(waitMs / 1000).toFixed(1)} s: ${message}`);
  };
  const stores: StoreOptions = {
    settings: settings === null ? {} : storeSettings(settings, workingDirectory),
    clock,
    random: systemRandom,
    onRetry,
  };
  const locate = (text: string) => parseLocation(text, workingDirectory);
  return {
    openReader: progress.watch(readersOf(stores)),
    stores,
    clock,
    workingDirectory,
    locate,
    locateAll: (texts, name = 'LOCATION') =>
      texts?.length ? texts.map(locate) : [locate(presetLocation(settings, { note, name }))],
    interrupt: interruptSignal,
    tell: progress.tell,
    endProgress: progress.stop,
    note,
    warn: (text) => process.stderr.write(`warning: ${text}\n`),
  };
}

function presetLocation(
  settings: Settings | null,
  { note, name }: { readonly note: (text: string) => void; readonly name: string },
): string {
  const { value, source } = settings?.['checkpoint-dir'] ?? {};
  if (typeof value !== 'string')
    throw new UsageError(`${name} is missing`, {
      next: 'give one, or --flink-conf with a checkpoint directory',
    });
  note(`no LOCATION given: ${value}, as ${source} says`);
  return value;
}

/** Drivers are loaded when the first location is opened. */
function readersOf(stores: StoreOptions): OpenReader {
  let readers: Promise<OpenReader> | undefined;
  return async (location) => {
    readers ??= import('../storage/open.js').then((doors) => doors.readers(stores));
    return (await readers)(location);
  };
}
