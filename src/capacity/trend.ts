// A line through sizes over time that a few odd ones do not bend. Sources: Theil 1950, Sen, "Estimates of the regression
// coefficient based on Kendall's tau", JASA 63 (1968).
import type { Trend } from '../model/measured-capacity.js';

export interface Point {
  readonly timeMs: number;
  readonly bytes: number;
}

/** Two points are a line whatever they are: a third is the first that could speak against it. */
const LEAST_TIMES = 3;
/** The newest of more are enough: there are half a million slopes between them. */
const MOST_POINTS = 1000;

/** The middle one of the slopes between any two points, in any order. Null with fewer than three times. */
export function theilSen(points: readonly Point[]): Trend | null {
  const sorted = [...points].sort((a, b) => a.timeMs - b.timeMs).slice(-MOST_POINTS);
  if (new Set(sorted.map(({ timeMs }) => timeMs)).size < LEAST_TIMES) return null;
  const slopes = slopesOf(sorted).sort();
  return {
    bytesPerMs: quantile(slopes, 0.5),
    lowBytesPerMs: quantile(slopes, 0.25),
    highBytesPerMs: quantile(slopes, 0.75),
    points: sorted.length,
    spanMs: sorted.at(-1)!.timeMs - sorted[0]!.timeMs,
  };
}

/** Several trends that go on at once; each end of the spread as if all were there together. Null where there is none. */
export function sumOfTrends(trends: readonly Trend[]): Trend | null {
  if (trends.length === 0) return null;
  const sum = (of: (trend: Trend) => number) => trends.reduce((total, trend) => total + of(trend), 0);
  return {
    bytesPerMs: sum((trend) => trend.bytesPerMs),
    lowBytesPerMs: sum((trend) => trend.lowBytesPerMs),
    highBytesPerMs: sum((trend) => trend.highBytesPerMs),
    points: sum((trend) => trend.points),
    spanMs: Math.max(...trends.map((trend) => trend.spanMs)),
  };
}

/** A trend of which `factor` times as much is stored; the factor is not negative. */
export function scaled(trend: Trend, factor: number): Trend {
  return {
    ...trend,
    bytesPerMs: trend.bytesPerMs * factor,
    lowBytesPerMs: trend.lowBytesPerMs * factor,
    highBytesPerMs: trend.highBytesPerMs * factor,
  };
}

/** The middle value; null of none. */
export function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : quantile(Float64Array.from(values).sort(), 0.5);
}

function slopesOf(points: readonly Point[]): Float64Array {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let count = 0;
  for (const [index, later] of points.entries()) {
    for (let before = 0; before < index; before++) {
      const earlier = points[before]!;
      const spanMs = later.timeMs - earlier.timeMs;
      if (spanMs > 0) slopes[count++] = (later.bytes - earlier.bytes) / spanMs;
    }
  }
  return slopes.subarray(0, count);
}

/** Between two of the sorted values in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
}
