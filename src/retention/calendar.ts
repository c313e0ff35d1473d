// Which hour, day, week and month a time lies in. All in UTC, so that a verdict does not depend on where ckpt runs nor on
// daylight saving. Weeks begin on Monday, as those of ISO 8601.

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** 1 January 1970 was a Thursday. */
const DAYS_SINCE_MONDAY = 3;

/** A number that is equal for times in the same hour, day, week or month, and greater for later ones. */
export const calendarNumber: Readonly<Record<CalendarUnit, (ms: number) => number>> = {
  hour: (ms) => Math.floor(ms / HOUR_MS),
  day: (ms) => Math.floor(ms / DAY_MS),
  week: (ms) => Math.floor((Math.floor(ms / DAY_MS) + DAYS_SINCE_MONDAY) / 7),
  month: (ms) => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth(),
};
