// From the evidence about a job to what retention may do with its snapshots: states and minimum ages.
import type { Liveness } from '../model/evidence.js';
import type { JobStanding } from '../model/verdict.js';
import { assertNever } from '../support/errors.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Flink's default of execution.checkpointing.timeout. */
const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * `minAgeMs` is what the user asks for, and counts while a job runs or may run. Of a job that has ended nothing new comes:
 * there only late writes of its last checkpoints are waited for.
 */
export function jobStanding(liveness: Liveness, minAgeMs: number): JobStanding {
  switch (liveness.kind) {
    case 'ended':
      return { state: 'ended', minAgeMs: Math.max(HOUR_MS, lateWritesMs(liveness.checkpointTimeoutMs)) };
    case 'running': {
      const { timeoutMs = null, lowestRetainedId = null, restoredId = null } = liveness.checkpoints ?? {};
      const least = Math.max(minAgeMs, DAY_MS, lateWritesMs(timeoutMs));
      return { state: 'running', minAgeMs: least, lowestRetainedId, restoredId };
    }
    case 'unknown':
      return { state: 'unknown', minAgeMs: Math.max(minAgeMs, DAY_MS) };
    default:
      return assertNever(liveness, 'liveness');
  }
}

/** Uploads go on after a checkpoint has expired. */
function lateWritesMs(timeoutMs: number | null): number {
  return 3 * (timeoutMs ?? DEFAULT_TIMEOUT_MS);
}
