// Windows: what records of a key are gathered in. Source: Flink TimeWindow, GlobalWindow.
import { globalWindowSerializer, timeWindowSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { notAKey } from '../../format/state/value-errors.js';

/** A window is full when time reaches {@link Window.maxTimestamp}. */
export interface Window {
  /** The last millisecond that belongs to it. */
  maxTimestamp(): number;
}

/** From `start` up to `end`, which is the first millisecond after it. */
export class TimeWindow implements Window {
  constructor(
    readonly start: number,
    readonly end: number,
  ) {}

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

/** The one window of all records; it is never full by time. */
export class GlobalWindow implements Window {
  maxTimestamp(): number {
    return Number.POSITIVE_INFINITY;
  }

  toString(): string {
    return 'GlobalWindow';
  }
}

export const GLOBAL_WINDOW = new GlobalWindow();

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

export const globalWindowType: TypeSerializer<GlobalWindow> = {
  ...globalWindowSerializer,
  write: (target) => globalWindowSerializer.write(target, null),
  read(source) {
    globalWindowSerializer.read(source);
    return GLOBAL_WINDOW;
  },
  javaHashCode: () => notAKey('global window'),
};
