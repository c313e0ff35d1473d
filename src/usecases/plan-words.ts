// What a plan says of jobs and snapshots.
import type { Evidence } from '../model/evidence.js';
import { formatLocation } from '../model/location.js';
import type { PlannedEvidence, PlannedSnapshot } from '../model/plan.js';
import type { Verdict } from '../model/verdict.js';
import type { Candidate } from './judge-snapshots.js';

/** Those of which something is known. */
export function knownJobs({ jobs }: Evidence): PlannedEvidence['jobs'] {
  return jobs.flatMap(({ id, liveness }) =>
    liveness.kind === 'unknown' ? [] : [{ id, state: liveness.kind, source: liveness.source }],
  );
}

/** `going` are the directories of those that do go. */
export function plannedSnapshot(
  { snapshot, decision, reasons }: Verdict<Candidate>,
  going: ReadonlySet<string>,
): PlannedSnapshot {
  const path = formatLocation(snapshot.location);
  if (decision === 'keep') return { path, action: 'keep', reasons };
  if (going.has(path)) return { path, action: 'delete', reasons };
  const heldBack = { rule: 'held-back', text: 'expired, but its _metadata is held back' };
  return { path, action: 'keep', reasons: [heldBack, ...reasons] };
}
