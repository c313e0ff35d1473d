// What the store comes to if all goes on as it did.
import type { MeasuredCapacity } from '../../model/measured-capacity.js';
import { formatBytes, formatSpan, plural } from '../units.js';
import type { ReportSection } from './report.js';

const DAY_MS = 86_400_000;
const HORIZON_DAYS = [1, 7, 30, 90];
/** How many times as far ahead as the history goes back. */
const FURTHEST = 100;

/** Nothing where there is not enough history. */
export function forecastSection(capacity: MeasuredCapacity): readonly ReportSection[] {
  const { growth, nowMs, quota, stored } = capacity;
  if (growth === null) return [];
  const horizons = HORIZON_DAYS.filter((days) => days * DAY_MS <= Math.max(DAY_MS, FURTHEST * growth.spanMs));
  const plotDays = horizons.at(-1)!;
  const after = (days: number, bytesPerMs: number) =>
    Math.max(0, stored.total.bytes + days * DAY_MS * bytesPerMs);
  const line = (name: string, bytesOf: (days: number) => number) => ({
    name,
    points: [0, plotDays / 2, plotDays].map((days) => ({
      timeMs: nowMs + days * DAY_MS,
      bytes: bytesOf(days),
    })),
  });
  return [
    {
      id: 'forecast',
      title: 'Forecast',
      lead: `A straight line from now on, while as many snapshots are kept as now. It was seen over ${formatSpan(growth.spanMs)}: what is much further away is a guess. The two ends are those of the middle half of all slopes.`,
      plot: {
        kind: 'lines',
        title: `The store over the next ${plural(plotDays, 'day')}: from ${formatBytes(stored.total.bytes)} to ${formatBytes(after(plotDays, growth.bytesPerMs))}`,
        lines: [
          line('likely', (days) => after(days, growth.bytesPerMs)),
          line('slow end', (days) => after(days, growth.lowBytesPerMs)),
          line('fast end', (days) => after(days, growth.highBytesPerMs)),
          ...(quota === null ? [] : [line('quota', () => quota.quotaBytes)]),
        ],
      },
      table: {
        caption: 'Bytes in the store',
        columns: [
          { title: 'in' },
          { title: 'slow end', numeric: true },
          { title: 'likely', numeric: true },
          { title: 'fast end', numeric: true },
        ],
        rows: horizons.map((days) => [
          `${days} d`,
          formatBytes(after(days, growth.lowBytesPerMs)),
          formatBytes(after(days, growth.bytesPerMs)),
          formatBytes(after(days, growth.highBytesPerMs)),
        ]),
      },
    },
  ];
}
