// Numbers for people: sizes in IEC units, ages, times, shares.

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** What stands where a value is not known. */
export const UNKNOWN = '–';

/** `1.2 GiB`: one digit after the point below 100, none above; a dash where the size is unknown (null or negative). */
export function formatBytes(bytes: number | bigint | null): string {
  if (bytes === null || bytes < 0) return UNKNOWN;
  let value = Number(bytes);
  let unit = 0;
  while (unit < BYTE_UNITS.length - 1 && Math.round(value) >= 1024) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** `1,234`. */
export function formatCount(count: number | bigint | null): string {
  if (count === null) return UNKNOWN;
  return count >= 0 && count < 1000 ? String(count) : String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `2 files`; `nouns` where an s does not make the plural. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** `17 %`; `<1 %` for what is there but rounds to nothing. */
export function formatShare(part: number | bigint, whole: number | bigint): string {
  const percent = shareOf(part, whole) * 100;
  return percent > 0 && percent < 1 ? '<1 %' : `${Math.round(percent)} %`;
}

/** `part / whole` between 0 and 1; 0 where the whole is nothing. */
export function shareOf(part: number | bigint, whole: number | bigint): number {
  return Number(whole) <= 0 ? 0 : Math.min(1, Math.max(0, Number(part) / Number(whole)));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AGE_UNITS = [
  [365 * DAY, 'y'],
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const;

/** `3 min`, `5 d`: the largest unit of which there is a whole one. A store whose clock is ahead gives `in the future`. */
export function formatAge(ageMs: number): string {
  if (ageMs <= -MINUTE) return 'in the future';
  const [size, unit] = AGE_UNITS.find(([sizeMs]) => ageMs >= sizeMs) ?? [SECOND, 's'];
  return `${Math.floor(Math.max(0, ageMs) / size)} ${unit}`;
}

const SPAN_UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const;

/** `10.1 s`, `48 min`, `7 d`: a length of time in the largest unit of which there are two, one digit below 100. */
export function formatSpan(ms: number): string {
  const [size, unit] = SPAN_UNITS.find(([unitMs]) => ms >= 2 * unitMs) ?? [1, 'ms'];
  const value = ms / size;
  return `${Number(value.toFixed(value < 100 ? 1 : 0))} ${unit}`;
}

/** `2026-11-21 11:46:02Z` of an RFC 3339 time in UTC. */
export function formatTime(rfc3339: string | null): string {
  return rfc3339 === null ? UNKNOWN : `${rfc3339.slice(0, 10)} ${rfc3339.slice(11, 19)}Z`;
}
