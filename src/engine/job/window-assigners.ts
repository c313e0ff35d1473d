// Which windows a record belongs to. Source: Flink TumblingEventTimeWindows, SlidingEventTimeWindows,
// EventTimeSessionWindows, and their counterparts by processing time; GlobalWindows; TimeWindow#getWindowStartWithOffset.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { UsageError } from '../../support/errors.js';
import type { TimeDomain } from './functions.js';
import type { Trigger } from './trigger.js';
import { EventTimeTrigger, NeverTrigger, ProcessingTimeTrigger } from './triggers.js';
import { GlobalWindow, globalWindowType, TimeWindow, timeWindowType, type Window } from './window.js';

/** Assigns windows by event time or by the machine's. */
export interface WindowAssigner<W extends Window = TimeWindow> {
  readonly name: string;
  /** The time that windows are of; null where it does not matter. */
  readonly domain: TimeDomain | null;
  /** Windows that overlap become one. */
  readonly isMerging: boolean;
  readonly windowType: TypeSerializer<W>;
  /** When windows give their results, where nothing else is said. */
  readonly defaultTrigger: Trigger<unknown, W>;
  assignWindows(timestampMs: number): readonly W[];
}

export const TumblingEventTimeWindows = {
  /** Windows of `sizeMs`, one after the other from `offsetMs` after the epoch. */
  of: (sizeMs: number, offsetMs = 0): WindowAssigner => tumbling('event-time', sizeMs, offsetMs),
} as const;

export const TumblingProcessingTimeWindows = {
  of: (sizeMs: number, offsetMs = 0): WindowAssigner => tumbling('processing-time', sizeMs, offsetMs),
} as const;

export const SlidingEventTimeWindows = {
  /** Windows of `sizeMs` that begin every `slideMs`: a record is in several of them. */
  of: (sizeMs: number, slideMs: number, offsetMs = 0): WindowAssigner =>
    sliding('event-time', { sizeMs, slideMs, offsetMs }),
} as const;

export const SlidingProcessingTimeWindows = {
  of: (sizeMs: number, slideMs: number, offsetMs = 0): WindowAssigner =>
    sliding('processing-time', { sizeMs, slideMs, offsetMs }),
} as const;

export const EventTimeSessionWindows = {
  /** A window ends when there was no record for `gapMs`. */
  withGap: (gapMs: number): WindowAssigner => session('event-time', gapMs),
} as const;

export const ProcessingTimeSessionWindows = {
  withGap: (gapMs: number): WindowAssigner => session('processing-time', gapMs),
} as const;

export const GlobalWindows = {
  /** All records of a key are in one window, which is never full: it wants a trigger. */
  create: (): WindowAssigner<GlobalWindow> => ({
    name: 'GlobalWindows',
    domain: null,
    isMerging: false,
    windowType: globalWindowType,
    defaultTrigger: NeverTrigger,
    assignWindows: () => [GlobalWindow.get()],
  }),
} as const;

function tumbling(domain: TimeDomain, sizeMs: number, offsetMs: number): WindowAssigner {
  expectLengths('tumbling windows', { sizeMs });
  if (!Number.isInteger(offsetMs) || Math.abs(offsetMs) >= sizeMs) throw wrongOffset(offsetMs);
  return {
    name: domain === 'event-time' ? 'TumblingEventTimeWindows' : 'TumblingProcessingTimeWindows',
    ...timeWindowsOf(domain),
    isMerging: false,
    assignWindows(timestampMs) {
      const start = startOf(timestampMs, offsetMs, sizeMs);
      return [new TimeWindow(start, start + sizeMs)];
    },
  };
}

interface Slides {
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly offsetMs: number;
}

function sliding(domain: TimeDomain, { sizeMs, slideMs, offsetMs }: Slides): WindowAssigner {
  expectLengths('sliding windows', { sizeMs, slideMs });
  if (!Number.isInteger(offsetMs) || Math.abs(offsetMs) >= slideMs) throw wrongOffset(offsetMs);
  return {
    name: domain === 'event-time' ? 'SlidingEventTimeWindows' : 'SlidingProcessingTimeWindows',
    ...timeWindowsOf(domain),
    isMerging: false,
    assignWindows(timestampMs) {
      const windows: TimeWindow[] = [];
      const last = startOf(timestampMs, offsetMs, slideMs);
      for (let start = last; start > timestampMs - sizeMs; start -= slideMs)
        windows.push(new TimeWindow(start, start + sizeMs));
      return windows;
    },
  };
}

function session(domain: TimeDomain, gapMs: number): WindowAssigner {
  expectLengths('session windows', { gapMs });
  return {
    name: domain === 'event-time' ? 'EventTimeSessionWindows' : 'ProcessingTimeSessionWindows',
    ...timeWindowsOf(domain),
    isMerging: true,
    assignWindows: (timestampMs) => [new TimeWindow(timestampMs, timestampMs + gapMs)],
  };
}

/** What all windows of one time have in common. */
function timeWindowsOf(domain: TimeDomain) {
  const defaultTrigger = domain === 'event-time' ? EventTimeTrigger.create() : ProcessingTimeTrigger.create();
  return { domain, windowType: timeWindowType, defaultTrigger };
}

/** The latest start at or before `timestampMs`. */
function startOf(timestampMs: number, offsetMs: number, everyMs: number): number {
  const remainder = (timestampMs - offsetMs) % everyMs;
  return timestampMs - (remainder < 0 ? remainder + everyMs : remainder);
}

function expectLengths(what: string, lengths: Readonly<Record<string, number>>): void {
  for (const [name, lengthMs] of Object.entries(lengths)) {
    if (Number.isInteger(lengthMs) && lengthMs > 0) continue;
    throw new UsageError(`${what} have ${name} ${lengthMs}`, {
      next: 'give it a whole number of milliseconds above 0',
    });
  }
}

function wrongOffset(offsetMs: number): UsageError {
  return new UsageError(`windows begin at offset ${offsetMs}`, {
    next: 'give it whole milliseconds, fewer than from one window to the next',
  });
}
