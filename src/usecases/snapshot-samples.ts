// What each `_metadata` tells of sizes, kept while a survey reads it: the survey itself keeps none of it.
import type { AuditedSnapshot } from '../model/file-survey.js';
import { canonicalKey, type Location } from '../model/location.js';
import type { SnapshotSample, SnapshotSizes } from '../model/measured-capacity.js';
import type { ReadSnapshot, SnapshotPlace } from '../model/survey.js';
import { SnapshotScan } from '../survey/snapshot-scan.js';
import { pathOf } from './list-snapshots.js';

export class SnapshotSamples {
  readonly #scans = new Map<string, SnapshotScan>();
  readonly #sizes = new Map<string, SnapshotSizes>();

  /** Makes a visitor of the `_metadata` at `file`; the last one made for it counts. */
  readonly watch = (_: SnapshotPlace, file: Location): SnapshotScan => {
    const scan = new SnapshotScan();
    this.#scans.set(canonicalKey(file), scan);
    return scan;
  };

  /** Takes down the sizes of a snapshot that was read. */
  readonly note = ({ metadata, contents }: ReadSnapshot): void => {
    const key = canonicalKey(metadata.location);
    const scan = this.#scans.get(key);
    this.#scans.delete(key);
    this.#sizes.set(key, {
      fullBytes: count(contents.stateBytes),
      addedBytes: contents.checkpointedBytes === null ? null : count(contents.checkpointedBytes),
      inlineBytes: count(contents.inlineBytes),
      files: contents.references.files.count,
      operators: (scan?.told().operators ?? []).map(({ id, name, fullBytes, addedBytes }) => ({
        id,
        name,
        fullBytes: count(fullBytes),
        addedBytes: count(addedBytes),
      })),
    });
  };

  sampleOf({ place, metadata, condition, kind, checkpointId, unverified }: AuditedSnapshot): SnapshotSample {
    return {
      path: pathOf(place, metadata),
      job: place.jobId,
      checkpointId,
      kind,
      condition,
      restorable: condition === 'complete' && unverified === 0,
      timeMs: metadata?.modifiedMs ?? null,
      metadataBytes: metadata?.sizeBytes ?? 0,
      sizes: (metadata && this.#sizes.get(canonicalKey(metadata.location))) ?? null,
    };
  }
}

/** Sizes are not negative, but in a `_metadata` that is damaged. */
function count(bytes: bigint): number {
  return Math.max(0, Number(bytes));
}
