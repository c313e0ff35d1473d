// How a file may have come to be that nothing references: told only where its name and its job leave one answer.
import type { Cause } from '../model/file-class.js';
import type { Candidate } from './candidate.js';

/** Null where nothing can be told. */
export function causeOf(file: Candidate): Cause | null {
  switch (file.role) {
    case 'metadata-in-progress':
      return 'metadata-write-interrupted';
    case 'savepoint':
      return file.directory?.hasMetadata === true ? 'left-beside-metadata' : 'savepoint-never-completed';
    case 'exclusive':
      return file.directory?.hasMetadata === true ? 'left-beside-metadata' : 'checkpoint-never-completed';
    case 'shared':
      return causeOfShared(file);
    case 'merged':
      return 'merged-file-abandoned';
    case 'forst':
      return 'forst-working-file';
    case 'changelog':
      return 'changelog-not-checkpointed';
    case 'task-owned':
      return file.job.usesChangelog ? 'materialization-not-checkpointed' : null;
    default:
      return null;
  }
}

/** Uploads for a checkpoint come before its `_metadata`: what is younger than the newest was for one that never came. */
function causeOfShared({ modifiedMs, job }: Candidate): Cause | null {
  if (job.newestCheckpointId === null) return 'job-without-snapshots';
  if (modifiedMs === null || job.newestMetadataMs === null) return null;
  return modifiedMs > job.newestMetadataMs
    ? 'written-after-newest-checkpoint'
    : 'upload-lost-or-deletion-failed';
}
