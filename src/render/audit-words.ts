// Causes and safety rules in a few words each, for people; docs/concepts.md and docs/safety.md say more.
import type { Cause, FileClass, HeldBack } from '../model/file-class.js';

export const CLASS_WORDS: Readonly<Record<FileClass, string>> = {
  metadata: '_metadata of snapshots',
  referenced: 'needed by a snapshot',
  orphan: 'no snapshot needs it',
  incomplete: 'of checkpoints that never completed, or are under way',
  trash: 'put aside by ckpt',
  foreign: 'not written by Flink',
};

export const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  'checkpoint-never-completed': 'the checkpoint never completed, or is under way',
  'savepoint-never-completed': 'the savepoint never completed, or is under way',
  'metadata-write-interrupted': 'writing _metadata was interrupted',
  'left-beside-metadata': 'lies beside a _metadata that does not name it',
  'written-after-newest-checkpoint':
    'uploaded after the newest checkpoint: for one that failed, or is under way',
  'upload-lost-or-deletion-failed': 'an upload that no checkpoint took over, or a deletion that failed',
  'job-without-snapshots': 'its job has no snapshot here',
  'merged-file-abandoned': 'a merged file that its TaskManager left behind, or writes to',
  'forst-working-file': 'a working file of a ForSt database, alive or left behind',
  'changelog-not-checkpointed': 'changelog that no snapshot needs (any more, or yet)',
  'materialization-not-checkpointed': 'changelog materialization that no snapshot needs (any more, or yet)',
};

export const REASON_WORDS: Readonly<Record<HeldBack, string>> = {
  foreign: 'its name is none that Flink gives',
  'in-trash': 'lies in the trash: see ckpt trash',
  'evidence-unreachable': 'a source of evidence could not be asked',
  'blocked-by-unreadable-metadata': 'a _metadata cannot be read: what it needs is not known',
  'listing-incomplete': 'not everything could be listed',
  'no-snapshot-read': 'no snapshot was found at all: give the directory above',
  'name-of-an-unresolved-reference': 'a snapshot looks for a file of this name elsewhere',
  'name-referenced-elsewhere': 'a snapshot needs a file of this name at another path, maybe the same file',
  'time-unknown': 'the store does not tell when it was written',
  'time-in-the-future': 'its time lies in the future',
  'in-a-savepoint': 'lies in a savepoint',
  pinned: 'something outside of the store names its snapshot',
  'job-may-run': 'nothing shows that its job has ended',
  'job-runs': 'its job runs',
  'another-job-may-run': 'another job, which may run, may have linked it',
  'directory-in-use': 'lies beside a file that some snapshot needs',
  'task-owned': 'a sink may keep its write-ahead log in it',
  young: 'younger than the minimum age',
};
