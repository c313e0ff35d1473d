// How long a checkpoint takes, and how close to each other checkpoints can be. Sources: Flink CheckpointCoordinator,
// CheckpointRequestDecider (a pause counts from the end of one to the start of the next).
import type { JobModel } from '../model/capacity.js';
import { newStateBytes, stateBytes, uploadBytes } from './checkpoint-size.js';

const SECOND_MS = 1000;

/** Time to upload; all tasks do it at once, and share the bandwidth. */
export function saveMs(model: JobModel, intervalMs: number): number {
  return transferMs(uploadBytes(model, intervalMs), model);
}

/** Time to read the whole state back. */
export function restoreMs(model: JobModel): number {
  return transferMs(stateBytes(model), model);
}

/** T_cp: until barriers are aligned, until the state is saved, until all have acknowledged. */
export function checkpointMs(model: JobModel, intervalMs: number): number {
  return model.alignmentMs + saveMs(model, intervalMs) + model.ackMs;
}

/** The interval that comes about: the one asked for, or the shortest longer one that can be kept up. */
export function keptUpIntervalMs(model: JobModel, intervalMs: number): number {
  if (neededMs(model, intervalMs) <= intervalMs) return intervalMs;
  let [tooShort, enough] = [intervalMs, neededMs(model, Number.MAX_VALUE)];
  // What is needed is concave in the interval: it is met from one point on.
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (tooShort + enough) / 2;
    if (neededMs(model, middle) <= middle) enough = middle;
    else tooShort = middle;
  }
  return enough;
}

/** The longest interval after which a checkpoint is still done before its timeout; 0 where none ever is. */
export function longestCompletingIntervalMs(model: JobModel): number {
  if (checkpointMs(model, Number.MAX_VALUE) <= model.timeoutMs) return Number.POSITIVE_INFINITY;
  let [inTime, tooLong] = [0, model.intervalMs];
  while (checkpointMs(model, tooLong) <= model.timeoutMs) tooLong *= 2;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (inTime + tooLong) / 2;
    if (checkpointMs(model, middle) <= model.timeoutMs) inTime = middle;
    else tooLong = middle;
  }
  return inTime;
}

/** Doubles have 52 bits behind the first. */
const BISECTIONS = 60;

/** The time that one checkpoint keeps the next from starting, where they are `intervalMs` apart. */
function neededMs(model: JobModel, intervalMs: number): number {
  const total = checkpointMs(model, intervalMs);
  if (model.maxConcurrent === 1) return total + model.minPauseMs;
  return Math.max(total / model.maxConcurrent, transferMs(newStateBytes(model, intervalMs), model));
}

function transferMs(bytes: number, { bandwidthBytesPerSecond }: JobModel): number {
  return (bytes / bandwidthBytesPerSecond) * SECOND_MS;
}
