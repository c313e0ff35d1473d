// The snapshots of a survey as retention looks at them: each with what is known of its job.
import type { FileAudit } from '../graph/file-audit.js';
import { type Evidence, pinOf } from '../model/evidence.js';
import type { AuditedSnapshot } from '../model/file-survey.js';
import { isWithin, type Location } from '../model/location.js';
import type { SnapshotCandidate } from '../model/verdict.js';
import { candidateOf } from '../retention/candidate.js';
import { jobStanding } from '../retention/job-standing.js';

export interface Candidate extends SnapshotCandidate {
  readonly audited: AuditedSnapshot;
}

export interface CandidateOptions {
  readonly audit: FileAudit;
  readonly evidence: Evidence;
  readonly minAgeMs: number;
  readonly roots: readonly Location[];
  /** Whether the user gave the path of this very snapshot. */
  readonly isNamed: (directory: Location) => boolean;
}

/** Every snapshot below the roots that a policy speaks of; what lies in the trash is none. */
export function candidatesOf(
  snapshots: readonly AuditedSnapshot[],
  { audit, evidence, minAgeMs, roots, isNamed }: CandidateOptions,
): readonly Candidate[] {
  return snapshots.flatMap((audited): readonly Candidate[] => {
    const { directory, jobId } = audited.place;
    if (audited.inTrash || !roots.some((root) => isWithin(directory, root))) return [];
    const candidate = candidateOf(audited, {
      job: jobStanding(audit.livenessAt(directory, jobId), minAgeMs),
      neededBy: pinOf(evidence, directory)?.reason ?? null,
      named: isNamed(directory),
    });
    return candidate === null ? [] : [{ ...candidate, audited }];
  });
}
