// Which checkpoint came before which, and what each has on top of the one before.
import { canonicalKey, parent } from '../model/location.js';
import type { ReferenceTable } from '../model/reference-table.js';
import type { References } from '../model/references.js';
import type { ReadSnapshot, SurveyedSnapshot } from '../model/survey.js';
import { NOT_FOUND } from '../support/fingerprint-table.js';

/** The files of a snapshot against those of its predecessor; `kept` and `new` together are all of them. */
export interface Growth {
  readonly newFiles: number;
  /** A merged file that grew counts here with what was appended. */
  readonly newFileBytes: bigint;
  readonly keptFiles: number;
  readonly keptFileBytes: bigint;
}

/**
 * For every readable checkpoint the one before it: the next lower id in the same directory. Savepoints are nobody's
 * predecessor, and those of a job's directory have none.
 */
export function predecessors(
  snapshots: readonly SurveyedSnapshot[],
): ReadonlyMap<ReadSnapshot, ReadSnapshot> {
  const found = new Map<ReadSnapshot, ReadSnapshot>();
  for (const checkpoints of checkpointsByDirectory(snapshots)) {
    checkpoints.sort((a, b) => (a.contents.checkpointId < b.contents.checkpointId ? -1 : 1));
    checkpoints.forEach((checkpoint, index) => {
      const previous = checkpoints[index - 1];
      if (previous !== undefined) found.set(checkpoint, previous);
    });
  }
  return found;
}

/** What `references` hold on top of `before`; all of it where there is nothing before. */
export function growthSince({ files }: References, before: References | null): Growth {
  let newFiles = 0;
  let newFileBytes = 0n;
  let keptFileBytes = 0n;
  for (let row = 0; row < files.count; row++) {
    const size = sizeOf(files, row);
    const rowBefore = before === null ? NOT_FOUND : before.files.find(files, row);
    const sizeBefore = before === null || rowBefore === NOT_FOUND ? 0n : sizeOf(before.files, rowBefore);
    const added = size > sizeBefore ? size - sizeBefore : 0n;
    if (rowBefore === NOT_FOUND) newFiles++;
    newFileBytes += added;
    keptFileBytes += size - added;
  }
  return { newFiles, newFileBytes, keptFiles: files.count - newFiles, keptFileBytes };
}

function checkpointsByDirectory(snapshots: readonly SurveyedSnapshot[]): Iterable<ReadSnapshot[]> {
  const directories = new Map<string, ReadSnapshot[]>();
  for (const snapshot of snapshots) {
    if (snapshot.state !== 'read' || snapshot.contents.kind !== 'checkpoint') continue;
    const key = canonicalKey(parent(snapshot.place.directory));
    const checkpoints = directories.get(key) ?? [];
    checkpoints.push(snapshot);
    directories.set(key, checkpoints);
  }
  return directories.values();
}

/** Unknown sizes are written as -1. */
function sizeOf(files: ReferenceTable, row: number): bigint {
  const sizeBytes = files.sizeBytes(row);
  return sizeBytes < 0n ? 0n : sizeBytes;
}
