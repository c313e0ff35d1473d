// How many bytes snapshots take together: a file counts once, however many of them reference it.
import { canonicalKey } from '../model/location.js';
import type { FileReference } from '../model/references.js';

/** What a snapshot takes: its files, and the `_metadata` itself. */
export interface Footprint {
  readonly files: readonly FileReference[];
  readonly metadataBytes: number;
}

/**
 * Starts to add up footprints: each call tells what one has on top of those before. Of a merged file that grew, that is
 * what was appended; a file of unknown size counts nothing.
 */
export function startSizeTally(): (footprint: Footprint) => bigint {
  const seenBytes = new Map<string, bigint>();
  return ({ files, metadataBytes }) => {
    let added = BigInt(metadataBytes);
    for (const { location, sizeBytes } of files) {
      const key = canonicalKey(location);
      const before = seenBytes.get(key) ?? 0n;
      if (sizeBytes <= before) continue;
      seenBytes.set(key, sizeBytes);
      added += sizeBytes - before;
    }
    return added;
  };
}
