// At most so many requests a second to a store. A request is a call, a batch of a listing, or a key of a removal: what
// stores count and bill.
import type { Location } from '../model/location.js';
import type { Clock } from '../support/clock.js';
import type { ListingBatch, OpenUpload, StorageRemover, StoredVersions } from './storage.js';

/** Waits until `requests` more are allowed. */
export type Admission = (requests: number) => Promise<void>;

/** Spaces requests evenly: the n-th is admitted n / `perSecond` seconds after the first, and no burst is saved up. */
export function admitAtRate(perSecond: number, clock: Clock): Admission {
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return (requests) => {
    const startMs = Math.max(clock.monotonic(), freeAtMs);
    freeAtMs = startMs + (requests * 1000) / perSecond;
    const waitMs = startMs - clock.monotonic();
    if (waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => void clock.schedule(waitMs, resolve));
  };
}

/** A storage that asks `admit` before every request. */
export function rateLimitedStorage(inner: StorageRemover, admit: Admission): StorageRemover {
  const one = async <T>(call: () => Promise<T>): Promise<T> => {
    await admit(1);
    return call();
  };
  return {
    capabilities: inner.capabilities,
    async *list(root): AsyncGenerator<ListingBatch> {
      await admit(1);
      for await (const batch of inner.list(root)) {
        yield batch;
        await admit(1);
      }
    },
    listDirectory: (directory) => one(() => inner.listDirectory(directory)),
    stat: (location) => one(() => inner.stat(location)),
    nowMs: (location) => one(() => inner.nowMs(location)),
    copy: (from, to) => one(() => inner.copy(from, to)),
    rename: (from, to) => one(() => inner.rename(from, to)),
    read: (location) => one(() => inner.read(location)),
    readRange: (location, offset, length) => one(() => inner.readRange(location, offset, length)),
    makeDirectory: (location) => one(() => inner.makeDirectory(location)),
    put: (location, content) => one(() => inner.put(location, content)),
    putPieces: (location, pieces) => one(() => inner.putPieces(location, pieces)),
    putIfAbsent: (location, content) => one(() => inner.putIfAbsent(location, content)),
    remove: async (locations) => {
      await admit(locations.length);
      return inner.remove(locations);
    },
    removeEmptyDirectory: (location) => one(() => inner.removeEmptyDirectory(location)),
    ...(inner.listUploads && { listUploads: (root: Location) => one(() => inner.listUploads!(root)) }),
    ...(inner.abortUpload && {
      abortUpload: (location: Location, upload: OpenUpload) =>
        one(() => inner.abortUpload!(location, upload)),
    }),
    ...(inner.removalLeaves && {
      removalLeaves: (location: Location) => one(() => inner.removalLeaves!(location)),
    }),
    ...(inner.versions && { versions: rateLimitedVersions(inner.versions, admit) }),
  };
}

function rateLimitedVersions(inner: StoredVersions, admit: Admission): StoredVersions {
  return {
    async *list(root) {
      for await (const batch of inner.list(root)) {
        await admit(1);
        yield batch;
      }
    },
    remove: async (versions) => {
      await admit(versions.length);
      return inner.remove(versions);
    },
  };
}
