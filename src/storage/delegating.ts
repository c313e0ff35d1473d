// A reader that asks another for everything: what wraps a storage says only what it does differently.
import type { Location } from '../model/location.js';
import type { StorageReader } from './storage.js';

/** A reader whose every call goes to `inner`; spread it and replace what differs. */
export function delegatingReader(inner: StorageReader): StorageReader {
  return {
    capabilities: inner.capabilities,
    list: (root) => inner.list(root),
    listDirectory: (directory) => inner.listDirectory(directory),
    stat: (location) => inner.stat(location),
    read: (location) => inner.read(location),
    readRange: (location, offset, length) => inner.readRange(location, offset, length),
    nowMs: (location) => inner.nowMs(location),
    ...(inner.listUploads && { listUploads: (root: Location) => inner.listUploads!(root) }),
    ...(inner.removalLeaves && { removalLeaves: (location: Location) => inner.removalLeaves!(location) }),
  };
}
