// What the files under checkpoint directories are, by their names and by the references of all snapshots; and why a
// file that nothing references may go, or must not. Words only: src/survey tells roles, src/graph judges.

/**
 * `metadata`: a snapshot's own `_metadata`. `referenced`: a readable snapshot needs it. `orphan`: none does.
 * `incomplete`: none does, and it lies in the directory of a snapshot without `_metadata`. `trash`: put aside by this
 * tool. `foreign`: a name that Flink gives to nothing, in a place that is not Flink's; never deleted.
 */
export type FileClass = 'metadata' | 'referenced' | 'orphan' | 'incomplete' | 'trash' | 'foreign';

export const FILE_CLASSES: readonly FileClass[] = [
  'metadata',
  'referenced',
  'orphan',
  'incomplete',
  'trash',
  'foreign',
];

/** What a file is by its name and the directories it lies in. */
export type FileRole =
  | 'metadata'
  /** What is left of a `_metadata` whose writer died: `._metadata.inprogress.<uuid>`. */
  | 'metadata-in-progress'
  /** `chk-N/<uuid>` */
  | 'exclusive'
  /** `savepoint-…/<uuid>` */
  | 'savepoint'
  /** `shared/<uuid>` */
  | 'shared'
  /** `shared/job_…_op_…/<uuid>`, `taskowned/job_…_tm_…/<uuid>`: written by file merging. */
  | 'merged'
  /** Below `shared/op_…_attempt_…/`: the working directory of a ForSt database. */
  | 'forst'
  /** `taskowned/<uuid>`: changelog materialization, or a sink that writes ahead. */
  | 'task-owned'
  /** `dstl/<uuid>`: a changelog segment. */
  | 'changelog'
  | 'trash'
  | 'foreign';

/** How a file came to be that nothing references, where that can be told. docs/concepts.md says each in words. */
export type Cause =
  | 'checkpoint-never-completed'
  | 'savepoint-never-completed'
  | 'metadata-write-interrupted'
  | 'left-beside-metadata'
  | 'written-after-newest-checkpoint'
  | 'upload-lost-or-deletion-failed'
  | 'job-without-snapshots'
  | 'merged-file-abandoned'
  | 'forst-working-file'
  | 'changelog-not-checkpointed'
  | 'materialization-not-checkpointed';

/** Why a file that no snapshot references must stay for now. docs/safety.md says each in words. */
export type HeldBack =
  | 'foreign'
  | 'in-trash'
  | 'evidence-unreachable'
  | 'blocked-by-unreadable-metadata'
  | 'listing-incomplete'
  | 'no-snapshot-read'
  | 'name-of-an-unresolved-reference'
  | 'name-referenced-elsewhere'
  | 'time-unknown'
  | 'time-in-the-future'
  | 'in-a-savepoint'
  | 'pinned'
  | 'job-may-run'
  | 'job-runs'
  | 'another-job-may-run'
  | 'directory-in-use'
  | 'task-owned'
  | 'young';

/** The answer for one file: the name of the rule that holds it back, or null where none does. */
export interface Judgement {
  readonly deletable: boolean;
  readonly reason: HeldBack | null;
}
