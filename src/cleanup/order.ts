// In which order things go, so that a crash between any two steps leaves no `_metadata` whose files are gone: those of
// some snapshots first, then the files that were theirs alone, then what several shared and what nobody needs, uploads
// that were never completed, and last directories, the deepest first. Never recursive.
import type { DeletionKind, PlannedDeletion } from '../model/plan.js';

/** What may go together, in any order. */
export interface Batch {
  readonly stage: Stage;
  readonly deletions: readonly PlannedDeletion[];
}

export type Stage = 'metadata' | 'exclusive' | 'rest' | 'uploads' | 'directories';

/** As many keys as S3 takes in one request. */
export const BATCH_LIMIT = 1000;

const STAGE_OF_KIND: Readonly<Record<DeletionKind, Stage>> = {
  metadata: 'metadata',
  exclusive: 'exclusive',
  shared: 'rest',
  orphan: 'rest',
  incomplete: 'rest',
  'in-progress': 'rest',
  'open-upload': 'uploads',
  'empty-directory': 'directories',
};

/** The order of a plan: snapshot by snapshot in the order given, its `_metadata` first; then all else by path. */
export function orderDeletions(deletions: readonly PlannedDeletion[]): readonly PlannedDeletion[] {
  const { metadata, exclusive, rest, uploads, directories } = byStage(deletions);
  const own = bySnapshot(exclusive);
  const known = new Set(metadata.map(({ snapshot }) => snapshot));
  const left = exclusive.filter(({ snapshot }) => !known.has(snapshot));
  return [
    ...metadata.flatMap((file) => [file, ...(own.get(file.snapshot) ?? []).sort(byPath)]),
    ...left.sort(byPath),
    ...rest.sort(byPath),
    ...uploads.sort(byPath),
    ...directories.sort(deepestFirst),
  ];
}

/**
 * What goes at once, at most `limit` of it. Snapshots go in groups: the `_metadata` of up to `limit` of them, then what was
 * theirs alone, so that little is half done when a run is stopped.
 */
export function* batchesOf(deletions: readonly PlannedDeletion[], limit = BATCH_LIMIT): Generator<Batch> {
  const { metadata, exclusive, rest, uploads, directories } = byStage(orderDeletions(deletions));
  const own = bySnapshot(exclusive);
  const known = new Set(metadata.map(({ snapshot }) => snapshot));
  yield* cut(
    'exclusive',
    exclusive.filter(({ snapshot }) => !known.has(snapshot)),
    limit,
  );
  for (const group of pieces(metadata, limit)) {
    yield { stage: 'metadata', deletions: group };
    yield* cut(
      'exclusive',
      group.flatMap(({ snapshot }) => own.get(snapshot) ?? []),
      limit,
    );
  }
  yield* cut('rest', rest, limit);
  yield* cut('uploads', uploads, limit);
  yield* cut('directories', directories, limit);
}

function bySnapshot(
  deletions: readonly PlannedDeletion[],
): ReadonlyMap<string | undefined, PlannedDeletion[]> {
  const groups = new Map<string | undefined, PlannedDeletion[]>();
  for (const deletion of deletions) {
    const group = groups.get(deletion.snapshot);
    if (group === undefined) groups.set(deletion.snapshot, [deletion]);
    else group.push(deletion);
  }
  return groups;
}

function byStage(deletions: readonly PlannedDeletion[]): Readonly<Record<Stage, PlannedDeletion[]>> {
  const stages: Record<Stage, PlannedDeletion[]> = {
    metadata: [],
    exclusive: [],
    rest: [],
    uploads: [],
    directories: [],
  };
  for (const deletion of deletions) stages[STAGE_OF_KIND[deletion.kind]].push(deletion);
  return stages;
}

function* cut(stage: Stage, deletions: readonly PlannedDeletion[], limit: number): Generator<Batch> {
  for (const piece of pieces(deletions, limit)) yield { stage, deletions: piece };
}

function* pieces<T>(values: readonly T[], limit: number): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += limit) yield values.slice(start, start + limit);
}

function byPath(a: PlannedDeletion, b: PlannedDeletion): number {
  return a.path < b.path ? -1 : 1;
}

function deepestFirst(a: PlannedDeletion, b: PlannedDeletion): number {
  return b.path.split('/').length - a.path.split('/').length || byPath(a, b);
}
