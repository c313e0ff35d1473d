// Writing what is too large to be held: a multipart upload, part by part, each tried again on its own. Nothing is seen
// of it before it is complete.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { Pieces } from '../storage.js';
import { keyOf } from './keys.js';
import { bucketInput, type S3Requests, send } from './requests.js';

const PART_BYTES = 8 * 1024 ** 2;
/** More parts no object has. */
const MOST_PARTS = 10_000;

/** Where to; what every request of the upload says. */
interface Target {
  readonly at: Location;
  readonly input: { readonly Bucket: string; readonly Key: string };
}

/** The parts that an object of this size is uploaded in, in bytes; the last is shorter. */
export function partBytesOf(sizeBytes: number): number {
  return Math.max(PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS));
}

/** Uploads an object. What was uploaded is given up where it fails. */
export async function uploadPieces(requests: S3Requests, at: Location, pieces: Pieces): Promise<void> {
  const target: Target = { at, input: { ...bucketInput(requests, at), Key: keyOf(at) } };
  if (pieces.sizeBytes <= PART_BYTES) return uploadWhole(requests, target, pieces);
  const { UploadId } = await sendAgain(requests, target, (s3, options) =>
    s3.createMultipartUpload(target.input, options),
  );
  try {
    const Parts: { readonly PartNumber: number; readonly ETag: string }[] = [];
    for await (const Body of regrouped(pieces.read(), partBytesOf(pieces.sizeBytes))) {
      const PartNumber = Parts.length + 1;
      const { ETag = missingEtag(at) } = await sendAgain(requests, target, (s3, options) =>
        s3.uploadPart({ ...target.input, UploadId, PartNumber, Body }, options),
      );
      Parts.push({ PartNumber, ETag });
    }
    const completed = { ...target.input, UploadId, MultipartUpload: { Parts } };
    await sendAgain(requests, target, (s3, options) => s3.completeMultipartUpload(completed, options));
  } catch (thrown) {
    await requests.connection.s3.abortMultipartUpload({ ...target.input, UploadId }).catch(() => undefined);
    throw thrown;
  }
}

async function uploadWhole(requests: S3Requests, target: Target, { read }: Pieces): Promise<void> {
  const held: Uint8Array[] = [];
  for await (const piece of read()) held.push(piece);
  const Body = Buffer.concat(held);
  await sendAgain(requests, target, (s3, options) => s3.putObject({ ...target.input, Body }, options));
}

function sendAgain<T>(
  requests: S3Requests,
  { at }: Target,
  request: Parameters<typeof send<T>>[3],
): Promise<T> {
  return requests.retry(() => send(requests, 'write', at, request));
}

/** The same bytes in parts of `partBytes`. */
export async function* regrouped(
  pieces: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; ) {
      const taken = piece.subarray(start, start + partBytes - heldBytes);
      held.push(taken);
      start += taken.length;
      heldBytes += taken.length;
      if (heldBytes < partBytes) continue;
      yield Buffer.concat(held);
      held = [];
      heldBytes = 0;
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

function missingEtag(location: Location): never {
  const where = formatLocation(location);
  throw new StorageError('corrupt', `the store took a part of ${where} and did not name it`, { where });
}
