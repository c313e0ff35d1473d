// What lies in the store once as many checkpoints live as are kept.
import type { JobModel, StoreForecast } from '../model/capacity.js';
import { metadataBytes, newStateBytes, stateBytes, uploadBytes } from './checkpoint-size.js';

const DAY_MS = 86_400_000;

/** `intervalMs` is the one that comes about. */
export function storeForecast(model: JobModel, intervalMs: number): StoreForecast {
  const live = liveCheckpoints(model, intervalMs);
  const steadyBytes = bytesOfLive(model, intervalMs, live);
  const upload = uploadBytes(model, intervalMs);
  return {
    liveCheckpoints: live,
    steadyBytes,
    peakBytes: steadyBytes + model.maxConcurrent * upload,
    writtenBytesPerDay: upload * (DAY_MS / intervalMs),
  };
}

/** T/t checkpoints live at a time, on average; never fewer than Flink retains. */
function liveCheckpoints({ retained, lifetimeMs }: JobModel, intervalMs: number): number {
  return lifetimeMs === null ? retained : Math.max(retained, lifetimeMs / intervalMs);
}

/**
 * Each older checkpoint has, on top of the newest, what has been replaced since: in a steady state as much as was
 * uploaded. Full checkpoints share nothing.
 */
function bytesOfLive(model: JobModel, intervalMs: number, live: number): number {
  const state = stateBytes(model);
  const older = Math.min(newStateBytes(model, intervalMs), state);
  return state + (live - 1) * older + live * metadataBytes(model);
}
