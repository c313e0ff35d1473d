// A storage around another that is told of every call before it happens: it may count it, or make it fail.
import type { Location } from '../model/location.js';
import { formatLocation } from '../model/location.js';
import { StorageError, type StorageErrorKind } from '../support/errors.js';
import type { ListingBatch, OpenUpload, RemovalResult, StorageRemover, StoredVersions } from './storage.js';

export type StorageOperation =
  | 'list'
  /** A batch of a listing, before it is handed out. */
  | 'list-batch'
  | 'listDirectory'
  | 'stat'
  | 'read'
  | 'readRange'
  | 'makeDirectory'
  | 'put'
  | 'putPieces'
  | 'putIfAbsent'
  /** One location of a `remove`. */
  | 'remove'
  | 'removeEmptyDirectory'
  | 'nowMs'
  | 'listUploads'
  | 'abortUpload'
  | 'removalLeaves'
  /** A batch of versions that are listed, before it is handed out. */
  | 'list-versions'
  /** One version of a removal of some. */
  | 'remove-version'
  /** Told with the location from which. */
  | 'copy'
  | 'rename';

/** A call about to happen. `index` counts all calls of the storage from 0. */
export interface StorageCall {
  readonly index: number;
  readonly operation: StorageOperation;
  readonly location: Location;
}

/** Calls `before` ahead of every call to `inner`; where it throws, the call fails with that and does nothing. */
export function interceptedStorage(
  inner: StorageRemover,
  before: (call: StorageCall) => void,
): StorageRemover {
  let calls = 0;
  const announce: Announce = (operation, location) => before({ index: calls++, operation, location });
  return {
    capabilities: inner.capabilities,
    async *list(root): AsyncGenerator<ListingBatch> {
      announce('list', root);
      for await (const batch of inner.list(root)) {
        announce('list-batch', root);
        yield batch;
      }
    },
    listDirectory: async (directory) => {
      announce('listDirectory', directory);
      return inner.listDirectory(directory);
    },
    stat: async (location) => {
      announce('stat', location);
      return inner.stat(location);
    },
    read: async (location) => {
      announce('read', location);
      return inner.read(location);
    },
    readRange: async (location, offset, length) => {
      announce('readRange', location);
      return inner.readRange(location, offset, length);
    },
    makeDirectory: async (location) => {
      announce('makeDirectory', location);
      return inner.makeDirectory(location);
    },
    put: async (location, content) => {
      announce('put', location);
      return inner.put(location, content);
    },
    putPieces: async (location, pieces) => {
      announce('putPieces', location);
      return inner.putPieces(location, pieces);
    },
    putIfAbsent: async (location, content) => {
      announce('putIfAbsent', location);
      return inner.putIfAbsent(location, content);
    },
    nowMs: async (location) => {
      announce('nowMs', location);
      return inner.nowMs(location);
    },
    copy: async (from, to) => {
      announce('copy', from);
      return inner.copy(from, to);
    },
    rename: async (from, to) => {
      announce('rename', from);
      return inner.rename(from, to);
    },
    remove: (locations) => removeEach(locations, removalOfOne(inner, announce)),
    removeEmptyDirectory: async (location) => {
      announce('removeEmptyDirectory', location);
      return inner.removeEmptyDirectory(location);
    },
    ...keepingVersions(inner, announce),
    ...uploading(inner, announce),
  };
}

type Announce = (operation: StorageOperation, location: Location) => void;

function removalOfOne(inner: StorageRemover, announce: Announce): RemovingEach<Location> {
  return {
    remove: async (location) => {
      announce('remove', location);
      return inner.remove([location]);
    },
    locationOf: (location) => location,
  };
}

/** What only stores have that keep versions. */
function keepingVersions(
  inner: StorageRemover,
  announce: Announce,
): Pick<StorageRemover, 'removalLeaves' | 'versions'> {
  return {
    ...(inner.removalLeaves && {
      removalLeaves: async (location: Location) => {
        announce('removalLeaves', location);
        return inner.removalLeaves!(location);
      },
    }),
    ...(inner.versions && { versions: interceptedVersions(inner.versions, announce) }),
  };
}

/** What only stores have to which files are uploaded in parts. */
function uploading(
  inner: StorageRemover,
  announce: Announce,
): Pick<StorageRemover, 'listUploads' | 'abortUpload'> {
  return {
    ...(inner.listUploads && {
      listUploads: async (root: Location) => {
        announce('listUploads', root);
        return inner.listUploads!(root);
      },
    }),
    ...(inner.abortUpload && {
      abortUpload: async (location: Location, upload: OpenUpload) => {
        announce('abortUpload', location);
        return inner.abortUpload!(location, upload);
      },
    }),
  };
}

function interceptedVersions(inner: StoredVersions, announce: Announce): StoredVersions {
  return {
    async *list(root) {
      for await (const batch of inner.list(root)) {
        announce('list-versions', root);
        yield batch;
      }
    },
    remove: (versions) =>
      removeEach(versions, {
        remove: async (version) => {
          announce('remove-version', version.location);
          return inner.remove([version]);
        },
        locationOf: ({ location }) => location,
      }),
  };
}

/** A storage with the number of calls made of each operation. */
export function countingStorage(inner: StorageRemover): {
  readonly storage: StorageRemover;
  readonly counts: ReadonlyMap<StorageOperation, number>;
} {
  const counts = new Map<StorageOperation, number>();
  const storage = interceptedStorage(inner, ({ operation }) => {
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  });
  return { storage, counts };
}

/** A storage whose calls fail with the kind of error that `fault` names for them; null lets them pass. */
export function faultyStorage(
  inner: StorageRemover,
  fault: (call: StorageCall) => StorageErrorKind | null,
): StorageRemover {
  return interceptedStorage(inner, (call) => {
    const kind = fault(call);
    if (kind === null) return;
    const where = formatLocation(call.location);
    throw new StorageError(kind, `${call.operation} of ${where} was made to fail`, { where });
  });
}

interface RemovingEach<T> {
  readonly remove: (target: T) => Promise<readonly RemovalResult[]>;
  readonly locationOf: (target: T) => Location;
}

async function removeEach<T>(
  targets: readonly T[],
  { remove, locationOf }: RemovingEach<T>,
): Promise<readonly RemovalResult[]> {
  const results: RemovalResult[] = [];
  for (const target of targets) {
    try {
      results.push(...(await remove(target)));
    } catch (thrown) {
      if (!(thrown instanceof StorageError)) throw thrown;
      results.push({ location: locationOf(target), outcome: 'failed', error: thrown });
    }
  }
  return results;
}
