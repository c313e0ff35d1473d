// All stores as one: every call goes to the store that its location is in.
import type { Location } from '../model/location.js';
import type { OpenRemover } from './open.js';
import type { ListingBatch, RemovalResult, StorageCapabilities, StorageRemover } from './storage.js';

/** `open` is asked at every call: it keeps its connections. `capabilities` are those to be gone by. */
export function routedStorage(capabilities: StorageCapabilities, open: OpenRemover): StorageRemover {
  return {
    capabilities,
    async *list(root): AsyncGenerator<ListingBatch> {
      yield* (await open(root)).list(root);
    },
    listDirectory: async (directory) => (await open(directory)).listDirectory(directory),
    stat: async (location) => (await open(location)).stat(location),
    read: async (location) => (await open(location)).read(location),
    readRange: async (location, offset, length) => (await open(location)).readRange(location, offset, length),
    makeDirectory: async (location) => (await open(location)).makeDirectory(location),
    put: async (location, content) => (await open(location)).put(location, content),
    putPieces: async (location, pieces) => (await open(location)).putPieces(location, pieces),
    putIfAbsent: async (location, content) => (await open(location)).putIfAbsent(location, content),
    nowMs: async (location) => (await open(location)).nowMs(location),
    copy: async (from, to) => (await open(from)).copy(from, to),
    rename: async (from, to) => (await open(from)).rename(from, to),
    remove: (locations) => removeByStore(locations, open),
    removeEmptyDirectory: async (location) => (await open(location)).removeEmptyDirectory(location),
  };
}

/** One call for each store; one result per location, in the order given. */
async function removeByStore(
  locations: readonly Location[],
  open: OpenRemover,
): Promise<readonly RemovalResult[]> {
  const indexesByStore = new Map<StorageRemover, number[]>();
  for (const [index, location] of locations.entries()) {
    const storage = await open(location);
    const indexes = indexesByStore.get(storage) ?? [];
    indexesByStore.set(storage, indexes);
    indexes.push(index);
  }
  const results: RemovalResult[] = [];
  for (const [storage, indexes] of indexesByStore) {
    const outcomes = await storage.remove(indexes.map((index) => locations[index]!));
    for (const [position, index] of indexes.entries()) results[index] = outcomes[position]!;
  }
  return results;
}
