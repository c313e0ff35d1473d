// Uploads that were begun and neither completed nor given up: they cost storage and no listing of objects shows them.
import type { MultipartUpload } from '@aws-sdk/client-s3';
import type { Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { OpenUpload, OpenUploads } from '../storage.js';
import { prefixOf } from './keys.js';
import { bucketInput, type S3Requests, send } from './requests.js';

/**
 * Open uploads of objects below `root`. MinIO answers for exact keys only: there, nothing is found and nothing says so.
 */
export async function listUploads(requests: S3Requests, root: Location): Promise<OpenUploads> {
  const found = new Map<string, OpenUpload>();
  let markers: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {};
  for (;;) {
    const input = { ...bucketInput(requests, root), Prefix: prefixOf(root), ...markers };
    const page = await requests.retry(() =>
      send(requests, 'list the uploads of', root, (s3, options) => s3.listMultipartUploads(input, options)),
    );
    for (const upload of (page.Uploads ?? []).map(openUpload))
      found.set(`${upload.uploadId} ${upload.path}`, upload);
    const uploads = [...found.values()];
    if (page.IsTruncated !== true) return { uploads, complete: true };
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    if (!KeyMarker || (KeyMarker === markers.KeyMarker && UploadIdMarker === markers.UploadIdMarker))
      return { uploads, complete: false };
    markers = { KeyMarker, ...(UploadIdMarker ? { UploadIdMarker } : {}) };
  }
}

/** Gives an upload up; its parts are freed. No error where it is gone already. */
export async function abortUpload(
  requests: S3Requests,
  bucket: Location,
  { path, uploadId }: OpenUpload,
): Promise<void> {
  const input = { ...bucketInput(requests, bucket), Key: path.slice(1), UploadId: uploadId };
  try {
    await requests.retry(() =>
      send(requests, 'give up an upload to', bucket, (s3, options) =>
        s3.abortMultipartUpload(input, options),
      ),
    );
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.kind !== 'not-found') throw thrown;
  }
}

function openUpload({ Key = '', UploadId = '', Initiated }: MultipartUpload): OpenUpload {
  return { path: `/${Key}`, uploadId: UploadId, initiatedMs: Initiated?.getTime() ?? null };
}
