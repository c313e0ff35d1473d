// The snapshots of a survey with what their references come to. Pure: everything was looked up by the survey.
import type { SnapshotCondition } from '../model/snapshot.js';
import type { ReadSnapshot, Survey, SurveyedSnapshot } from '../model/survey.js';
import { type Growth, growthSince, predecessors } from './lineage.js';
import { type Resolution, resolveReferences } from './resolve.js';

/** A snapshot in the graph. */
export type SnapshotNode =
  | {
      readonly snapshot: Exclude<SurveyedSnapshot, ReadSnapshot>;
      readonly condition: 'incomplete' | 'unreadable';
    }
  | ReadNode;

/** A snapshot whose references are known. */
export interface ReadNode {
  readonly snapshot: ReadSnapshot;
  /** `complete` also where some references could not be looked up. */
  readonly condition: Extract<SnapshotCondition, 'complete' | 'broken'>;
  /** Every reference was found as it should be. */
  readonly restorable: boolean;
  readonly resolution: Resolution;
  readonly predecessor: ReadSnapshot | null;
  readonly growth: Growth;
}

/** One node per snapshot of the survey, in its order. */
export function buildGraph(survey: Survey): readonly SnapshotNode[] {
  const before = predecessors(survey.snapshots);
  return survey.snapshots.map((snapshot) =>
    snapshot.state === 'read'
      ? readNode(snapshot, before.get(snapshot) ?? null, survey.presenceOf)
      : { snapshot, condition: snapshot.state },
  );
}

function readNode(
  snapshot: ReadSnapshot,
  predecessor: ReadSnapshot | null,
  presenceOf: Survey['presenceOf'],
): ReadNode {
  const { references } = snapshot.contents;
  const resolution = resolveReferences(references, presenceOf);
  const broken = resolution.missing + resolution.wrongSize > 0;
  return {
    snapshot,
    condition: broken ? 'broken' : 'complete',
    restorable: !broken && resolution.unverified === 0,
    resolution,
    predecessor,
    growth: growthSince(references, predecessor?.contents.references ?? null),
  };
}
