// Copying within a store without moving the bytes through here.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { FileStatus } from '../storage.js';
import { keyOf } from './keys.js';
import { bucketInput, type S3Requests, send } from './requests.js';

/** The most that one CopyObject takes. */
const LARGEST_COPY_BYTES = 5 * 1024 ** 3;
const PART_BYTES = 1024 ** 3;

/** Where to. */
export interface CopyPath {
  readonly from: Location;
  readonly to: Location;
}

/**
 * Copies the object that `status` tells of. Throws `conflict` where it has changed since, and never leaves a part of it
 * under the new name.
 */
export async function copyObject(requests: S3Requests, status: FileStatus, path: CopyPath): Promise<void> {
  const source = {
    CopySource: `${path.from.authority}/${keyOf(path.from).split('/').map(encodeURIComponent).join('/')}`,
    ...(status.etag === null ? {} : { CopySourceIfMatch: status.etag }),
  };
  const target = { ...bucketInput(requests, path.to), Key: keyOf(path.to) };
  if (status.sizeBytes > LARGEST_COPY_BYTES) return copyInParts(requests, status, { path, source, target });
  await send(requests, 'copy', path.from, (s3, options) => s3.copyObject({ ...target, ...source }, options));
}

interface PartedCopy {
  readonly path: CopyPath;
  readonly source: { readonly CopySource: string; readonly CopySourceIfMatch?: string };
  readonly target: { readonly Bucket: string; readonly Key: string };
}

async function copyInParts(requests: S3Requests, { sizeBytes }: FileStatus, copy: PartedCopy): Promise<void> {
  const { path, source, target } = copy;
  const { UploadId } = await send(requests, 'copy', path.from, (s3, options) =>
    s3.createMultipartUpload(target, options),
  );
  try {
    const Parts: { readonly PartNumber: number; readonly ETag: string }[] = [];
    for (let offset = 0; offset < sizeBytes; offset += PART_BYTES) {
      const PartNumber = Parts.length + 1;
      const CopySourceRange = `bytes=${offset}-${Math.min(offset + PART_BYTES, sizeBytes) - 1}`;
      const part = { ...target, ...source, UploadId, PartNumber, CopySourceRange };
      const { CopyPartResult } = await send(requests, 'copy', path.from, (s3, options) =>
        s3.uploadPartCopy(part, options),
      );
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag ?? missingEtag(path.from) });
    }
    const completed = { ...target, UploadId, MultipartUpload: { Parts } };
    await send(requests, 'copy', path.from, (s3, options) => s3.completeMultipartUpload(completed, options));
  } catch (thrown) {
    await requests.connection.s3.abortMultipartUpload({ ...target, UploadId }).catch(() => undefined);
    throw thrown;
  }
}

function missingEtag(location: Location): never {
  const where = formatLocation(location);
  throw new StorageError('corrupt', `the store copied a part of ${where} and did not name it`, { where });
}
