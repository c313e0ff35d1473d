// Windows: intervals of time in which the records of a key are gathered, or the one window without an end.
// Source: Flink TimeWindow, GlobalWindow.
import { globalWindowSerializer, timeWindowSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { notAKey } from '../../format/state/value-errors.js';

/** What records are gathered in. */
export interface Window {
  /** The last millisecond that belongs to it. */
  maxTimestamp(): number;
}

/** The end of time: Java's last long, rounded as numbers are. */
export const END_OF_TIME_MS = 2 ** 63;

/** From `start` up to `end`, which is the first millisecond after it. */
export class TimeWindow implements Window {
  constructor(
    readonly start: number,
    readonly end: number,
  ) {}

  /** The last millisecond that belongs to it. The window is full when time reaches it. */
  maxTimestamp(): number {
    return this.end - 1;
  }

  /** Whether they overlap or touch. */
  intersects(other: TimeWindow): boolean {
    return this.start <= other.end && this.end >= other.start;
  }

  /** The least window that has both. */
  cover(other: TimeWindow): TimeWindow {
    return new TimeWindow(Math.min(this.start, other.start), Math.max(this.end, other.end));
  }

  toString(): string {
    return `TimeWindow{start=${this.start}, end=${this.end}}`;
  }
}

/** The window of all records, of which there is one. It has no end. */
export class GlobalWindow implements Window {
  static readonly #only = new GlobalWindow();

  private constructor() {}

  static get(): GlobalWindow {
    return GlobalWindow.#only;
  }

  maxTimestamp(): number {
    return END_OF_TIME_MS;
  }

  toString(): string {
    return 'GlobalWindow';
  }
}

/** Windows as namespaces of state, in Flink's bytes. */
export const timeWindowType: TypeSerializer<TimeWindow> = {
  ...timeWindowSerializer,
  write: (target, { start, end }) =>
    timeWindowSerializer.write(target, { startMs: BigInt(start), endMs: BigInt(end) }),
  read(source) {
    const { startMs, endMs } = timeWindowSerializer.read(source);
    return new TimeWindow(Number(startMs), Number(endMs));
  },
  javaHashCode: () => notAKey('time window'),
};

/** See {@link timeWindowType}. */
export const globalWindowType: TypeSerializer<GlobalWindow> = {
  ...globalWindowSerializer,
  write: (target) => globalWindowSerializer.write(target, null),
  read(source) {
    globalWindowSerializer.read(source);
    return GlobalWindow.get();
  },
  javaHashCode: () => notAKey('global window'),
};
