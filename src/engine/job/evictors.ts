// Which records of a window its function does not see, or what goes after it. A window with an evictor keeps all its
// records. Source: Flink Evictor, CountEvictor, TimeEvictor.
import type { TimestampedValue } from '../../format/state/runtime-serializers.js';
import { UsageError } from '../../support/errors.js';
import type { Window } from './window.js';

export type { TimestampedValue };

export interface EvictorContext {
  getCurrentProcessingTime(): number;
  /** Negative infinity before the first watermark. */
  getCurrentWatermark(): number;
}

/** Both methods are called when the window gives its results, and return the elements that stay. */
export interface Evictor<T, W extends Window> {
  /** `elements` come in the order in which they came into the window. */
  evictBefore(elements: Elements<T>, window: W, context: EvictorContext): Elements<T>;
  /** After the function has been called. */
  evictAfter(elements: Elements<T>, window: W, context: EvictorContext): Elements<T>;
}

export type Elements<T> = readonly TimestampedValue<T>[];

export const CountEvictor = {
  /** Keeps the last `maxCount`. */
  of<T>(maxCount: number, doEvictAfter = false): Evictor<T, Window> {
    expectCount('CountEvictor', maxCount);
    return evictor((elements) => elements.slice(Math.max(0, elements.length - maxCount)), doEvictAfter);
  },
} as const;

export const TimeEvictor = {
  /** Keeps what is less than `windowSizeMs` older than the newest; everything where records have no event time. */
  of<T>(windowSizeMs: number, doEvictAfter = false): Evictor<T, Window> {
    expectCount('TimeEvictor', windowSizeMs);
    return evictor((elements) => newest(elements, windowSizeMs), doEvictAfter);
  },
} as const;

type Keep<T> = (elements: Elements<T>) => Elements<T>;

function evictor<T>(keep: Keep<T>, doEvictAfter: boolean): Evictor<T, Window> {
  const keepAll: Keep<T> = (elements) => elements;
  return {
    evictBefore: doEvictAfter ? keepAll : keep,
    evictAfter: doEvictAfter ? keep : keepAll,
  };
}

function newest<T>(elements: Elements<T>, windowSizeMs: number): Elements<T> {
  if (elements[0]?.timestampMs === null) return elements;
  const timeOf = ({ timestampMs }: TimestampedValue<T>) => timestampMs ?? Number.NEGATIVE_INFINITY;
  const newestMs = elements.reduce((latest, element) => Math.max(latest, timeOf(element)), -Infinity);
  return elements.filter((element) => timeOf(element) > newestMs - windowSizeMs);
}

function expectCount(evictorName: string, given: number): void {
  if (Number.isInteger(given) && given >= 0) return;
  throw new UsageError(`${evictorName} is given ${given}`, { next: 'give it a whole number from 0' });
}
