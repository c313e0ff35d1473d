// The references of the newest checkpoints of each job, kept while a survey reads them, for what they have in common.
import { sharingOf } from '../graph/sharing.js';
import { canonicalKey, formatLocation, parent } from '../model/location.js';
import type { JobSharing } from '../model/measured-capacity.js';
import { isInTrash } from '../model/own-places.js';
import type { ReferenceTable } from '../model/reference-table.js';
import type { ReadSnapshot, SnapshotPlace } from '../model/survey.js';
import { pathOf } from './list-snapshots.js';

/** As many as a plot has room for: the references of each stay in memory. */
const MOST_CHECKPOINTS = 12;

interface Kept {
  readonly place: SnapshotPlace;
  readonly path: string;
  readonly checkpointId: bigint;
  readonly files: ReferenceTable;
}

export class SharingSamples {
  readonly #jobs = new Map<string, Kept[]>();

  /** Takes down a snapshot that was read; of each job the newest checkpoints stay. */
  readonly note = ({ place, metadata, contents }: ReadSnapshot): void => {
    const { kind, checkpointId, references } = contents;
    if (kind !== 'checkpoint' || isInTrash(place.directory)) return;
    const owner = place.jobId ?? canonicalKey(parent(place.directory));
    const kept = this.#jobs.get(owner) ?? [];
    this.#jobs.set(owner, kept);
    kept.push({ place, path: pathOf(place, metadata), checkpointId, files: references.files });
    kept.sort((a, b) => Number(a.checkpointId - b.checkpointId) || (a.path < b.path ? -1 : 1));
    if (kept.length > MOST_CHECKPOINTS) kept.shift();
  };

  /** Of jobs with two checkpoints at least: by job, then directory. */
  told(): readonly JobSharing[] {
    return [...this.#jobs]
      .filter(([, kept]) => kept.length > 1)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, kept]) => {
        const { jobId, directory } = kept[0]!.place;
        return {
          job: jobId,
          directory: jobId === null ? formatLocation(parent(directory)) : null,
          checkpoints: kept.map(({ path, checkpointId }) => ({ path, checkpointId })),
          ...sharingOf(kept.map(({ files }) => files)),
        };
      });
  }
}
