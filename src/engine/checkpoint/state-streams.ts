// The bytes that a snapshot's handles point to.
import { child, formatLocation, type Location, parseUri } from '../../model/location.js';
import type { StorageReader } from '../../storage/storage.js';
import { JobError, StorageError, UsageError } from '../../support/errors.js';
import type { StateStreams } from '../state/keyed-backend.js';

/**
 * Reads the streams of the snapshot in `directory`, which the job may own. Throws StorageError `corrupt` where a file has
 * the wrong size.
 */
export function stateStreams(
  storage: StorageReader,
  { directory, owned }: { readonly directory: Location; readonly owned: boolean },
): StateStreams {
  const readFile = async (location: Location, sizeBytes: bigint) => {
    const bytes = await storage.read(location);
    if (sizeBytes >= 0n && BigInt(bytes.length) !== sizeBytes) {
      throw new StorageError(
        'corrupt',
        `${formatLocation(location)} has ${bytes.length} bytes, its handle says ${sizeBytes}`,
        {
          where: formatLocation(location),
          next: 'restore from another checkpoint',
        },
      );
    }
    return bytes;
  };
  return {
    owned,
    async read(stream) {
      switch (stream.kind) {
        case 'bytes':
          return stream.data;
        case 'relative-file':
          return readFile(child(directory, stream.relativePath), stream.sizeBytes);
        case 'file':
          return readFile(locationOf(stream.path), stream.sizeBytes);
        case 'segment': {
          const bytes = await storage.read(locationOf(stream.path));
          return bytes.subarray(Number(stream.startPos), Number(stream.startPos + stream.sizeBytes));
        }
        default:
          throw new UsageError(`state in a ${stream.kind} stream cannot be restored`);
      }
    },
  };
}

/** The same streams for one operator, which is named where its state is gone or damaged: JobError `restore`. */
export function streamsFor(operatorName: string, streams: StateStreams): StateStreams {
  return {
    async read(stream) {
      try {
        return await streams.read(stream);
      } catch (cause) {
        const lost =
          cause instanceof StorageError && (cause.kind === 'not-found' || cause.kind === 'corrupt');
        if (!lost) throw cause;
        throw new JobError(`the state of operator ${operatorName} cannot be read: ${cause.message}`, {
          code: 'restore',
          ...(cause.where !== undefined && { where: cause.where }),
          next: 'restore from another snapshot; ckpt list tells which are restorable',
          cause,
        });
      }
    },
  };
}

function locationOf(path: string): Location {
  const location = parseUri(path);
  if (location !== null) return location;
  throw new UsageError(`state lies at ${path}, which is no location of a known store`, { where: path });
}
