// From a snapshot of the graph to what retention looks at, and which snapshots a policy is applied to together.
import { baseName, canonicalKey, parent } from '../model/location.js';
import { METADATA_NAME, type SnapshotCondition, type SnapshotKind } from '../model/snapshot.js';
import type { SurveyedSnapshot } from '../model/survey.js';
import type { SnapshotCandidate, Standing } from '../model/verdict.js';
import { assertNever } from '../support/errors.js';

/** A snapshot as the graph has it. */
export interface JudgedNode {
  readonly snapshot: SurveyedSnapshot;
  readonly condition: SnapshotCondition;
  readonly restorable?: boolean;
}

/** What the graph does not know. */
export type Circumstances = Pick<SnapshotCandidate, 'job' | 'neededBy' | 'named'>;

/** Null for a directory without `_metadata`: it is no snapshot yet, or none any more, and no policy speaks of it. */
export function candidateOf(node: JudgedNode, circumstances: Circumstances): SnapshotCandidate | null {
  const standing = standingOf(node);
  const { snapshot } = node;
  if (standing === null || snapshot.state === 'incomplete') return null;
  const { place, metadata } = snapshot;
  return {
    ...circumstances,
    location: place.directory,
    group: groupOf(snapshot),
    kind: kindOf(snapshot),
    checkpointId: snapshot.state === 'read' ? snapshot.contents.checkpointId : place.checkpointId,
    takenMs: metadata.modifiedMs,
    standing,
    renamed: isRenamed(snapshot),
  };
}

function standingOf({ condition, restorable }: JudgedNode): Standing | null {
  switch (condition) {
    case 'incomplete':
      return null;
    case 'complete':
      return restorable ? 'restorable' : 'unverified';
    case 'broken':
    case 'unreadable':
      return condition;
    default:
      return assertNever(condition, 'condition');
  }
}

/** Checkpoints of one directory; savepoints of one directory whose names have the job id's first digits in common. */
function groupOf(snapshot: SurveyedSnapshot): string {
  const { directory, jobPrefix } = snapshot.place;
  const place = canonicalKey(parent(directory));
  return kindOf(snapshot) === 'checkpoint' ? place : `${place}/savepoint-${jobPrefix ?? ''}*`;
}

/** What neither its `_metadata` nor its name calls a checkpoint is as precious as a savepoint. */
function kindOf(snapshot: SurveyedSnapshot): SnapshotKind {
  return (snapshot.state === 'read' ? snapshot.contents.kind : snapshot.place.kind) ?? 'savepoint';
}

/** Of checkpoints under other names nobody can tell whose they are. */
function isRenamed(snapshot: Exclude<SurveyedSnapshot, { state: 'incomplete' }>): boolean {
  const { place, metadata } = snapshot;
  if (place.kind === null || baseName(metadata.location) !== METADATA_NAME) return true;
  if (snapshot.state !== 'read') return false;
  const { kind, checkpointId } = snapshot.contents;
  return place.kind !== kind || (kind === 'checkpoint' && place.checkpointId !== checkpointId);
}
