// Writes to S3 and takes away. A put is atomic; directories need not be made.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { Pieces, RemovalResult, StorageRemover, StoredVersions } from '../storage.js';
import { copyObject } from './copy.js';
import { keyOf, prefixOf } from './keys.js';
import { S3Reader } from './reader.js';
import { removeObjects, removeTargets } from './removal.js';
import { bucketInput, pagesOf, send } from './requests.js';
import { uploadPieces } from './upload.js';
import { listVersions } from './versions.js';

/** All rights to the buckets of one endpoint; single requests are not tried again here. */
export class S3Remover extends S3Reader implements StorageRemover {
  readonly versions: StoredVersions = {
    list: (root) => listVersions(this.requests, root),
    remove: (versions) => removeTargets(this.requests, versions),
  };

  async makeDirectory(): Promise<void> {}

  async put(location: Location, content: Uint8Array): Promise<void> {
    const input = { ...bucketInput(this.requests, location), Key: keyOf(location), Body: content.slice() };
    await send(this.requests, 'write', location, (s3, options) => s3.putObject(input, options));
  }

  /** Its requests are tried again one by one. */
  async putPieces(location: Location, pieces: Pieces): Promise<void> {
    await uploadPieces(this.requests, location, pieces);
  }

  /** Where the server is known to ignore the condition, a look ahead of the put stands in for it. */
  async putIfAbsent(location: Location, content: Uint8Array): Promise<void> {
    if (!this.capabilities.conditionalPut && (await this.#exists(location))) throw alreadyAt(location);
    const condition = this.capabilities.conditionalPut ? { IfNoneMatch: '*' } : {};
    const input = { ...bucketInput(this.requests, location), Key: keyOf(location), ...condition };
    try {
      await send(this.requests, 'write', location, (s3, options) =>
        s3.putObject({ ...input, Body: content.slice() }, options),
      );
    } catch (thrown) {
      throw thrown instanceof StorageError && thrown.kind === 'conflict'
        ? alreadyAt(location, thrown)
        : thrown;
    }
  }

  /** Copies within the store, with any size; the bytes do not pass through here. */
  async copy(from: Location, to: Location): Promise<void> {
    await copyObject(this.requests, await this.stat(from), { from, to });
  }

  async rename(from: Location): Promise<void> {
    const where = formatLocation(from);
    throw new StorageError('conflict', `cannot rename ${where}: S3 does not rename`, { where });
  }

  async remove(locations: readonly Location[]): Promise<readonly RemovalResult[]> {
    return removeObjects(this.requests, locations);
  }

  /** Takes away the marker of a directory, where tools have left one and nothing else is below it. */
  async removeEmptyDirectory(location: Location): Promise<void> {
    const marker = prefixOf(location);
    const { objects } = await pagesOf(this.requests, location)({ prefix: marker });
    const where = formatLocation(location);
    if (objects.some(({ key }) => key !== marker))
      throw new StorageError('conflict', `${where} is not empty`, { where });
    if (objects.length === 0) return;
    const input = { ...bucketInput(this.requests, location), Key: marker };
    await send(this.requests, 'remove', location, (s3, options) => s3.deleteObject(input, options));
  }

  async #exists(location: Location): Promise<boolean> {
    try {
      await this.stat(location);
      return true;
    } catch (thrown) {
      if (thrown instanceof StorageError && thrown.kind === 'not-found') return false;
      throw thrown;
    }
  }
}

function alreadyAt(location: Location, cause?: unknown): StorageError {
  const where = formatLocation(location);
  return new StorageError('already-exists', `${where} exists already`, { where, cause });
}
