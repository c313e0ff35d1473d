// From a snapshot of a survey to what retention looks at, and which snapshots a policy is applied to together.
import type { AuditedSnapshot } from '../model/file-survey.js';
import { baseName, canonicalKey, parent } from '../model/location.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { SnapshotCandidate, Standing } from '../model/verdict.js';
import { assertNever } from '../support/errors.js';

/** What a survey tells of a snapshot and retention looks at. */
export type JudgedSnapshot = Pick<
  AuditedSnapshot,
  'place' | 'metadata' | 'condition' | 'kind' | 'checkpointId' | 'unverified'
>;

/** What the survey does not know. */
export type Circumstances = Pick<SnapshotCandidate, 'job' | 'neededBy' | 'named'>;

/** Null for a directory without `_metadata`: it is no snapshot yet, or none any more, and no policy speaks of it. */
export function candidateOf(
  snapshot: JudgedSnapshot,
  circumstances: Circumstances,
): SnapshotCandidate | null {
  const standing = standingOf(snapshot);
  const { place, metadata, kind, checkpointId } = snapshot;
  if (standing === null || metadata === null) return null;
  return {
    ...circumstances,
    location: place.directory,
    group: groupOf(snapshot),
    kind,
    checkpointId,
    takenMs: metadata.modifiedMs,
    standing,
    renamed: place.kind !== kind || !bearsItsName(snapshot),
  };
}

function standingOf({ condition, unverified }: JudgedSnapshot): Standing | null {
  switch (condition) {
    case 'incomplete':
      return null;
    case 'complete':
      return unverified > 0 ? 'unverified' : 'restorable';
    case 'broken':
    case 'unreadable':
      return condition;
    default:
      return assertNever(condition, 'condition');
  }
}

/** Checkpoints of one directory; savepoints of one directory whose names have the job id's first digits in common. */
function groupOf({ place: { directory, jobPrefix }, kind }: JudgedSnapshot): string {
  const holder = canonicalKey(parent(directory));
  return kind === 'checkpoint' ? holder : `${holder}/savepoint-${jobPrefix ?? ''}*`;
}

/** Of checkpoints under other names nobody can tell whose they are. */
function bearsItsName({ place, metadata, kind, checkpointId }: JudgedSnapshot): boolean {
  if (metadata === null || baseName(metadata.location) !== METADATA_NAME) return false;
  return kind !== 'checkpoint' || place.checkpointId === checkpointId;
}
