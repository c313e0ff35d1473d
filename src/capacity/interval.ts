// The interval to choose: often enough that a failure costs little, seldom enough that checkpoints cost little.
// Sources: Young, "A first order approximation to the optimum checkpoint interval", CACM 17 (1974); Daly, "A higher
// order estimate of the optimum checkpoint interval for restart dumps", FGCS 22 (2006).
import type { IntervalChoice, IntervalCost, JobModel } from '../model/capacity.js';
import { checkpointMs, keptUpIntervalMs, longestCompletingIntervalMs, restoreMs } from './checkpoint-time.js';

/** The guess, bounded by what T_cp, the pause, the bandwidth and the timeout allow. */
export function chooseInterval(model: JobModel): IntervalChoice {
  const youngMs = settle(model, (lostMs) => youngIntervalMs(lostMs, model.failureEveryMs));
  const dalyMs = settle(model, (lostMs) => dalyIntervalMs(lostMs, model.failureEveryMs));
  const leastMs = keptUpIntervalMs(model, 0);
  const longestMs = longestCompletingIntervalMs(model);
  const chosenMs = Math.max(leastMs, Math.min(dalyMs, longestMs));
  const decidedBy = chosenMs === dalyMs ? 'daly' : chosenMs === leastMs ? 'least' : 'longest';
  return { youngMs, dalyMs, leastMs, longestMs, chosenMs, decidedBy };
}

/** √(2·δ·M): δ is the processing time that a checkpoint costs, M the mean time between failures. */
export function youngIntervalMs(lostMs: number, failureEveryMs: number): number {
  return Math.sqrt(2 * lostMs * failureEveryMs);
}

/** √(2·δ·M)·(1 + ⅓·√(δ/2M) + ⅑·δ/2M) − δ, or M where δ is 2·M or more. */
export function dalyIntervalMs(lostMs: number, failureEveryMs: number): number {
  const share = lostMs / (2 * failureEveryMs);
  if (share >= 1) return failureEveryMs;
  const correction = 1 + Math.sqrt(share) / 3 + share / 9;
  return youngIntervalMs(lostMs, failureEveryMs) * correction - lostMs;
}

/** What `intervalMs` costs while all goes well, and after a failure. */
export function intervalCost(model: JobModel, intervalMs: number): IntervalCost {
  const downMs = model.restartMs + restoreMs(model);
  // The newest complete checkpoint began between T_cp and T_cp + t ago.
  const replayMs = checkpointMs(model, intervalMs) + intervalMs / 2;
  return {
    intervalMs,
    overheadShare: Math.min(1, lostMsPerCheckpoint(model, intervalMs) / intervalMs),
    replayMs,
    downMs,
    recoveryMs: downMs + (replayMs + downMs) / (model.catchUpFactor - 1),
  };
}

/** A checkpoint is taken while the job goes on: it costs a share of the throughput for as long as it takes. */
function lostMsPerCheckpoint(model: JobModel, intervalMs: number): number {
  return model.slowdownShare * checkpointMs(model, intervalMs);
}

const ROUNDS = 100;

/** An incremental checkpoint costs more after a longer interval: repeats the guess with what it costs at the last one. */
function settle(model: JobModel, guess: (lostMs: number) => number): number {
  let intervalMs = model.intervalMs;
  for (let round = 0; round < ROUNDS; round++) intervalMs = guess(lostMsPerCheckpoint(model, intervalMs));
  return intervalMs;
}
