// Doors to stores whose listings somebody reads along.
import type { Location } from '../model/location.js';
import { delegatingReader } from './delegating.js';
import type { OpenReader } from './open.js';
import type { ListingBatch, StorageReader } from './storage.js';

export type OnListed = (root: Location, batch: ListingBatch) => void;

/** The same stores; what their listings tell is told to `onListed` too. */
export function watchListings(openReader: OpenReader, onListed: OnListed): OpenReader {
  return async (location) => {
    const reader = await openReader(location);
    return { ...delegatingReader(reader), list: (root) => watched(reader, root, onListed) };
  };
}

async function* watched(
  reader: StorageReader,
  root: Location,
  onListed: OnListed,
): AsyncGenerator<ListingBatch> {
  for await (const batch of reader.list(root)) {
    onListed(root, batch);
    yield batch;
  }
}
