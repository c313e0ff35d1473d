// Least, greatest, mean and percentiles as Flink gives them. Source: Flink StatsSummary, DescriptiveStatisticsHistogram.

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly p50: number | 'NaN';
  readonly p90: number | 'NaN';
  readonly p95: number | 'NaN';
  readonly p99: number | 'NaN';
  readonly p999: number | 'NaN';
}

/** Of nothing, percentiles are Java's NaN, which JSON can only have as a text. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    avg: sorted.length === 0 ? 0 : Math.trunc(sum / sorted.length),
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    p999: percentile(sorted, 0.999),
  };
}

/** At position share * (n + 1), counted from 1, between its neighbours. */
function percentile(sorted: readonly number[], share: number): number | 'NaN' {
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return 'NaN';
  const position = share * (sorted.length + 1);
  if (position < 1) return first;
  const lower = sorted[Math.floor(position) - 1] ?? last;
  const upper = sorted[Math.floor(position)] ?? last;
  return position >= sorted.length ? last : lower + (position - Math.floor(position)) * (upper - lower);
}
