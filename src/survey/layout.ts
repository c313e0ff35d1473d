// What a path means in the directories that Flink writes. Names only: nothing here looks into storage.
//
//   <root>/<job id>/chk-<N>/{_metadata, <uuid>}             a checkpoint; without <job id> where
//   <root>/<job id>/shared/…, <root>/<job id>/taskowned/…     execution.checkpointing.create-subdir is false
//   <anywhere>/savepoint-<6 digits of the job id>-<12 hex>/{_metadata, <uuid>}
//   <base>/<job id>/dstl/<uuid>                             changelog
//
// Sources: Flink AbstractFsCheckpointStorageAccess, FsCheckpointStorageAccess, FsStateChangelogStorage.
import { checkpointOf } from '../model/entropy.js';
import { baseName, canonicalKey, type Location, parent } from '../model/location.js';
import type { ReferenceScope } from '../model/references.js';
import { METADATA_NAME, type RootKind } from '../model/snapshot.js';
import type { SnapshotPlace } from '../model/survey.js';

export { METADATA_NAME };

const JOB_ID = /^[0-9a-f]{32}$/;
const CHECKPOINT = /^chk-(0|[1-9]\d{0,18})$/;
const SAVEPOINT = /^savepoint-(?:([0-9a-f]{6})-)?[0-9a-f]{12}$/;

/** Directories whose files belong to one scope, wherever they lie. */
const SCOPE_OF_DIRECTORY: Readonly<Record<string, ReferenceScope>> = {
  shared: 'shared',
  taskowned: 'task-owned',
  dstl: 'other',
};

/** Whether a directory of this name is that of a snapshot, whatever is in it. */
export function isSnapshotDirectory(name: string): boolean {
  return CHECKPOINT.test(name) || SAVEPOINT.test(name);
}

/** Whether a directory of this name is that of a job. */
export function isJobDirectory(name: string): boolean {
  return JOB_ID.test(name);
}

/** What the directory of a snapshot tells of it. */
export function placeOf(directory: Location): SnapshotPlace {
  const name = baseName(directory);
  const checkpoint = CHECKPOINT.exec(name);
  const savepoint = SAVEPOINT.exec(name);
  return {
    directory,
    jobId: checkpoint === null ? null : jobOf(directory),
    jobPrefix: savepoint?.[1] ?? null,
    checkpointId: checkpoint === null ? null : BigInt(checkpoint[1]!),
    kind: checkpoint !== null ? 'checkpoint' : savepoint !== null ? 'savepoint' : null,
  };
}

/** The job id among the directories that `location` lies in, the nearest one; null where there is none. */
export function jobOf(location: Location): string | null {
  const segments = location.path.split('/');
  return segments.findLast((segment) => JOB_ID.test(segment)) ?? null;
}

/** Whose place a file lies in, seen from the snapshot in `directory`. The nearest directory with a meaning decides. */
export function scopeOf(file: Location, directory: Location): ReferenceScope {
  if (canonicalKey(parent(file)) === canonicalKey(directory)) return 'exclusive';
  for (let at = parent(file); at.path !== '/'; at = parent(at)) {
    const name = baseName(at);
    const scope = Object.hasOwn(SCOPE_OF_DIRECTORY, name) ? SCOPE_OF_DIRECTORY[name] : undefined;
    if (scope !== undefined) return scope;
    if (isSnapshotDirectory(name)) return isEntropyTwin(at, directory) ? 'exclusive' : 'other';
  }
  return 'other';
}

/** What a directory given by the user is; `children` are names of directories and metadata directly in it. */
export function rootKindOf(root: Location, children: ReadonlySet<string>): RootKind {
  const name = baseName(root);
  if (isSnapshotDirectory(name) || children.has(METADATA_NAME)) return 'snapshot';
  const names = [...children];
  if (JOB_ID.test(name) || names.some((child) => CHECKPOINT.test(child))) return 'job';
  if (names.some((child) => JOB_ID.test(child))) return 'checkpoint-root';
  return names.some((child) => SAVEPOINT.test(child)) ? 'savepoint-root' : 'ancestor';
}

/** With entropy in its path a checkpoint's data lies in another directory of the same job and number. */
function isEntropyTwin(data: Location, metadata: Location): boolean {
  const checkpoint = checkpointOf(data);
  return checkpoint !== null && checkpoint === checkpointOf(metadata);
}
