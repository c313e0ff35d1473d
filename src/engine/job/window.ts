// Windows: intervals of time in which the records of a key are gathered. Source: Flink TimeWindow.
import { timeWindowSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { notAKey } from '../../format/state/value-errors.js';

/** From `start` up to `end`, which is the first millisecond after it. */
export class TimeWindow {
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
