// Moments as text. Stores, archives and other people's servers tell times that no calendar has.

/** A Date holds no more, before the epoch or after it. */
const MOST_MS = 8.64e15;

/** RFC 3339 in UTC of milliseconds since the epoch; null where there is no time, or one that no calendar has. */
export function timeText(ms: number | null): string | null {
  return ms === null || !(Math.abs(ms) <= MOST_MS) ? null : new Date(ms).toISOString();
}
