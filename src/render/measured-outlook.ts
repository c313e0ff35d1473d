// What comes of jobs that go on as they did: sizes, the day a quota is full, and what a month costs.
import type { MeasuredCapacity, MonthlyCost, QuotaForecast } from '../model/measured-capacity.js';
import { assertNever } from '../support/errors.js';
import { formatGrowth, formatSpread, NO_HISTORY } from './growth.js';
import type { Look, Palette } from './palette.js';
import { labelled } from './section.js';
import { formatBytes, formatCount, formatShare, formatSpan, plural } from './units.js';

export function outlookLines(capacity: MeasuredCapacity, look: Look): readonly string[] {
  const { stored, jobs, growth, peakBytes, quota, restoreMs } = capacity;
  const sum = (of: (outlook: (typeof jobs)[number]['outlook']) => number) =>
    jobs.reduce((total, { outlook }) => total + of(outlook), 0);
  const writtenBytes = sum(({ writtenBytesPerDay }) => writtenBytesPerDay ?? 0);
  return labelled(
    [
      ['stored', `${formatBytes(stored.total.bytes)} in ${plural(stored.total.files, 'file')}`],
      ['needed', formatBytes(sum(({ steadyBytes }) => steadyBytes))],
      ['peak', `${formatBytes(peakBytes)} (with the largest checkpoint of each job under way)`],
      [
        'growth',
        growth === null ? NO_HISTORY : `${formatGrowth(growth.bytesPerMs)} (${formatSpread(growth)})`,
      ],
      ['written a day', writtenBytes > 0 ? formatBytes(writtenBytes) : null],
      ['quota', quota && quotaText(quota, stored.total.bytes, look.palette)],
      ['time to restore', restoreMs === null ? null : `${formatSpan(restoreMs)} (the largest job)`],
    ],
    look,
  );
}

function quotaText(quota: QuotaForecast, storedBytes: number, palette: Palette): string {
  const used = `${formatShare(storedBytes, quota.quotaBytes)} of ${formatBytes(quota.quotaBytes)}`;
  switch (quota.verdict) {
    case 'full':
      return palette.bad(
        `${formatBytes(storedBytes)} are stored, and the quota is ${formatBytes(quota.quotaBytes)}`,
      );
    case 'not-enough-history':
      return `${used}; ${NO_HISTORY} to tell when it is full`;
    case 'not-growing':
      return `${used}; no job grows`;
    case 'growing':
      return `${used}; full in ${palette.strong(dayText(quota.days))} (${dayText(quota.earliestDays)} to ${dayText(quota.latestDays)})`;
    default:
      return assertNever(quota.verdict, 'verdict');
  }
}

function dayText(days: number | null): string {
  if (days === null) return 'never';
  return days < 10 ? `${days.toFixed(1)} d` : `${formatCount(Math.round(days))} d`;
}

/** Thirty days at the prices of the table. */
export function costLines(cost: MonthlyCost, look: Look): readonly string[] {
  const { prices, jobsLeftOut } = cost;
  const money = (amount: number) => `${amount.toFixed(2)} ${prices.currency}`;
  const requests = (amount: number, count: number) =>
    count === 0 ? null : `${money(amount)}  ${formatCount(Math.round(count))} requests`;
  return [
    ...labelled(
      [
        ['storage', money(cost.storage)],
        ['PUT', requests(cost.put, cost.putRequests)],
        ['LIST', requests(cost.list, cost.listRequests)],
        ['GET', requests(cost.get, cost.getRequests)],
        ['together', look.palette.strong(money(cost.total))],
      ],
      look,
    ),
    ...(jobsLeftOut > 0 ? [`  without the requests of ${plural(jobsLeftOut, 'job')}: ${NO_HISTORY}`] : []),
  ];
}
