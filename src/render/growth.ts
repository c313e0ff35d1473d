// How fast something grows, in words.
import type { Trend } from '../model/measured-capacity.js';
import { formatBytes } from './units.js';

const DAY_MS = 86_400_000;

export const NO_HISTORY = 'not enough history';

/** `+1.2 GiB/d`, `−30 MiB/d`. */
export function formatGrowth(bytesPerMs: number): string {
  const bytes = Math.round(bytesPerMs * DAY_MS);
  return `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes))}/d`;
}

/** `+1.0 GiB/d … +1.4 GiB/d`: where half of all slopes lie. */
export function formatSpread({ lowBytesPerMs, highBytesPerMs }: Trend): string {
  return `${formatGrowth(lowBytesPerMs)} … ${formatGrowth(highBytesPerMs)}`;
}
