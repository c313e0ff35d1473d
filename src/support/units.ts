// Durations and sizes as people write them in flags and in ckpt.yaml: `7d`, `1d12h`, `500GiB`. A number without a unit
// is refused: Flink reads it as milliseconds, others as seconds.
import { UsageError } from './errors.js';

/** Largest first. */
const DURATION_UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Powers of 1024 first, largest first: these are the ones that sizes are written in. */
const SIZE_UNITS = [
  ['PiB', 1024 ** 5],
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['PB', 1000 ** 5],
  ['TB', 1000 ** 4],
  ['GB', 1000 ** 3],
  ['MB', 1000 ** 2],
  ['KB', 1000],
  ['B', 1],
] as const;

/** What {@link parseDuration} reads, for schemas: units from the largest to the smallest, each at most once. */
export const DURATION_PATTERN = /^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

/** What {@link parseSize} reads, for schemas. */
export const SIZE_PATTERN = /^\d+(\.\d+)? ?([KkMmGgTtPp][Ii]?)?[Bb]$/;

/** Milliseconds of `7d`, `36h`, `1d12h`, `10m`, `500ms`. Throws UsageError. */
export function parseDuration(text: string): number {
  const ms = DURATION_PATTERN.test(text) ? sumOfParts(text) : Number.NaN;
  if (Number.isSafeInteger(ms)) return ms;
  throw new UsageError(`${JSON.stringify(text)} is no duration`, {
    next: 'write a number and a unit (w, d, h, m, s, ms) such as 7d, 36h or 1d12h',
  });
}

/** The shortest text that {@link parseDuration} reads as `ms`, which is whole and not negative: `7d`, `36h`. */
export function formatDuration(ms: number): string {
  const [unit, unitMs] = DURATION_UNITS.find(
    ([name, size]) => name !== 'w' && ms % size === 0 && ms >= size,
  ) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}

/** Bytes of `500GiB` (powers of 1024), `500GB` (powers of 1000), `1.5 TiB`, `42B`; case does not matter. Throws UsageError. */
export function parseSize(text: string): number {
  const [number, name] = SIZE_PATTERN.test(text)
    ? [Number.parseFloat(text), text.replace(/^[\d. ]+/, '')]
    : [];
  const unit = SIZE_UNITS.find(([unitName]) => unitName.toLowerCase() === name?.toLowerCase());
  const bytes = Math.round((number ?? Number.NaN) * (unit?.[1] ?? Number.NaN));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`${JSON.stringify(text)} is no size`, {
    next: 'write a number and a unit such as 500GiB (1024 based), 500GB (1000 based) or 42B',
  });
}

/** The shortest text in whole units of 1024 that {@link parseSize} reads as `bytes`: `500GiB`, `1001B`. */
export function formatSize(bytes: number): string {
  const [unit, unitBytes] = SIZE_UNITS.find(
    ([name, size]) => name.endsWith('iB') && bytes % size === 0 && bytes > 0,
  ) ?? ['B', 1];
  return `${bytes / unitBytes}${unit}`;
}

/** What {@link parseRate} reads, for schemas. */
export const RATE_PATTERN = /^\d+(\.\d+)? ?([KkMmGgTtPp][Ii]?)?[Bb]\/(s|m|h|d)$/;

/** Bytes per second of `200MB/s`, `5GiB/h`. Throws UsageError. */
export function parseRate(text: string): number {
  const [size = '', unit = ''] = RATE_PATTERN.test(text) ? text.split('/') : [];
  const perMs = DURATION_UNITS.find(([name]) => name === unit)?.[1];
  if (perMs !== undefined) return (parseSize(size) * 1000) / perMs;
  throw new UsageError(`${JSON.stringify(text)} is no rate`, {
    next: 'write a size and a time, such as 200MB/s or 5GiB/h',
  });
}

function sumOfParts(text: string): number {
  let ms = 0;
  for (const [, count, name] of text.matchAll(/(\d+)([a-z]+)/g)) {
    ms += Number(count) * DURATION_UNITS.find(([unit]) => unit === name)![1];
  }
  return ms;
}
