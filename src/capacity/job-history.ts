// What the snapshots of one job tell of it: how it grows, how often it takes checkpoints, what each writes. All of it is
// what the snapshots that are there show: those that were deleted tell nothing.
import type { JobHistory, OperatorSize, ReadSample, SnapshotSample } from '../model/measured-capacity.js';
import { median, type Point, theilSen } from './trend.js';

/** A job that is late by less may only be slow. */
const IDLE_INTERVALS = 10;
const LEAST_IDLE_MS = 3_600_000;
/** Checkpoints that are all closer together were copied, and have the times of the copy; or tell nothing of a day. */
const LEAST_SPAN_MS = 10_000;

/** The history of samples of one job, in any order. */
export function jobHistory(samples: readonly SnapshotSample[], nowMs: number): JobHistory {
  const read = samples.filter(isRead).sort(byTime);
  const checkpoints = read.filter(({ kind }) => kind === 'checkpoint');
  const newest = read.at(-1) ?? samples.find(({ sizes }) => sizes !== null) ?? null;
  const timed = spanMs(checkpoints) < LEAST_SPAN_MS ? [] : checkpoints;
  const intervalMs = median(intervals(timed));
  return {
    newest,
    newestRestorableMs: read.findLast(({ restorable }) => restorable)?.timeMs ?? null,
    largestMetadataBytes: samples.reduce((most, { metadataBytes }) => Math.max(most, metadataBytes), 0),
    checkpoints,
    growth: theilSen(timed.map(({ timeMs, sizes }) => ({ timeMs, bytes: sizes.fullBytes }))),
    operators: operatorHistories(newest?.sizes?.operators ?? [], timed),
    intervalMs,
    writtenBytes: writtenBytes(checkpoints),
    idle: isIdle(checkpoints.at(-1)?.timeMs ?? null, intervalMs, nowMs),
  };
}

function isRead(sample: SnapshotSample): sample is ReadSample {
  return sample.timeMs !== null && sample.sizes !== null;
}

function byTime(a: ReadSample, b: ReadSample): number {
  return a.timeMs - b.timeMs || Number((a.checkpointId ?? 0n) - (b.checkpointId ?? 0n));
}

function spanMs(sorted: readonly ReadSample[]): number {
  return (sorted.at(-1)?.timeMs ?? 0) - (sorted[0]?.timeMs ?? 0);
}

/** Between neighbours, for one step of the id: those between them were subsumed, or failed. */
function intervals(checkpoints: readonly ReadSample[]): readonly number[] {
  return checkpoints.slice(1).flatMap((later, index) => {
    const earlier = checkpoints[index]!;
    const steps = Number((later.checkpointId ?? 0n) - (earlier.checkpointId ?? 0n));
    const apartMs = later.timeMs - earlier.timeMs;
    return steps > 0 && apartMs > 0 ? [apartMs / steps] : [];
  });
}

function writtenBytes(checkpoints: readonly ReadSample[]): JobHistory['writtenBytes'] {
  const written = checkpoints.flatMap(({ sizes: { addedBytes, inlineBytes }, metadataBytes }) =>
    addedBytes === null ? [] : [Math.max(0, addedBytes - inlineBytes) + metadataBytes],
  );
  const middle = median(written);
  return middle === null ? null : { middle, largest: written.reduce((a, b) => Math.max(a, b), 0) };
}

function operatorHistories(
  operators: readonly OperatorSize[],
  checkpoints: readonly ReadSample[],
): JobHistory['operators'] {
  const points = new Map<string, Point[]>(operators.map(({ id }) => [id, []]));
  for (const { timeMs, sizes } of checkpoints)
    for (const { id, fullBytes } of sizes.operators) points.get(id)?.push({ timeMs, bytes: fullBytes });
  return operators
    .map((operator) => ({ ...operator, growth: theilSen(points.get(operator.id) ?? []) }))
    .sort((a, b) => b.fullBytes - a.fullBytes || (a.id < b.id ? -1 : 1));
}

function isIdle(newestMs: number | null, intervalMs: number | null, nowMs: number): boolean {
  if (newestMs === null) return true;
  return nowMs - newestMs > Math.max(LEAST_IDLE_MS, IDLE_INTERVALS * (intervalMs ?? 0));
}
