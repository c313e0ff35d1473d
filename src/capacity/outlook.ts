// What comes of jobs that go on as they did: what the store will hold, when a quota is full.
import type { JobHistory, Outlook, QuotaForecast, StoredFiles, Trend } from '../model/measured-capacity.js';
import { neededBytes } from './stored-files.js';
import { median, scaled } from './trend.js';

const DAY_MS = 86_400_000;

/** `filesWritten` are those of each checkpoint that is there, without its `_metadata`. */
export function outlookOf(
  stored: StoredFiles,
  history: JobHistory,
  filesWritten: readonly number[],
): Outlook {
  const { intervalMs, writtenBytes } = history;
  const files = median(filesWritten);
  const checkpointsPerDay = intervalMs === null ? null : DAY_MS / intervalMs;
  return {
    steadyBytes: neededBytes(stored),
    peakBytes: stored.total.bytes + (writtenBytes?.largest ?? 0),
    growth: growthOfStore(stored, history),
    writtenBytesPerDay:
      checkpointsPerDay === null || writtenBytes === null ? null : checkpointsPerDay * writtenBytes.middle,
    filesPerCheckpoint: files === null ? null : files + 1,
    checkpointsPerDay,
  };
}

/** Each byte of state that is new takes as many in the store as those before it, while as many snapshots are kept. */
function growthOfStore(stored: StoredFiles, { growth, newest, idle }: JobHistory): Trend | null {
  const fullBytes = newest?.sizes?.fullBytes ?? 0;
  if (growth === null) return null;
  return scaled(growth, idle || fullBytes === 0 ? 0 : neededBytes(stored) / fullBytes);
}

/** When `quotaBytes` are full, of a store that has `storedBytes` now. Never negative. */
export function quotaForecast(quotaBytes: number, storedBytes: number, growth: Trend | null): QuotaForecast {
  const freeBytes = Math.max(0, quotaBytes - storedBytes);
  const days = (bytesPerMs: number | undefined) =>
    freeBytes === 0 ? 0 : bytesPerMs !== undefined && bytesPerMs > 0 ? freeBytes / bytesPerMs / DAY_MS : null;
  return {
    quotaBytes,
    freeBytes,
    days: days(growth?.bytesPerMs),
    earliestDays: days(growth?.highBytesPerMs),
    latestDays: days(growth?.lowBytesPerMs),
    verdict: verdictOf(freeBytes, growth),
  };
}

function verdictOf(freeBytes: number, growth: Trend | null): QuotaForecast['verdict'] {
  if (freeBytes === 0) return 'full';
  if (growth === null) return 'not-enough-history';
  return growth.bytesPerMs > 0 ? 'growing' : 'not-growing';
}
