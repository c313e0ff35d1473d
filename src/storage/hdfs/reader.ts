// Reading HDFS: what decides is asked of the NameNode by our own client, the bytes come through the package webhdfs.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError, type StorageErrorKind } from '../../support/errors.js';
import type { StorageCapabilities, StorageReader } from '../storage.js';
import { fetchFromDataNode, type StreamOptions } from './byte-stream.js';
import { ConnectionError } from './http.js';
import { type ListingOptions, listOne, listTree } from './listing.js';
import { RemoteError, remoteError } from './remote-error.js';

/** What the storages of one name service share. */
export interface HdfsParts extends ListingOptions {
  readonly streams: StreamOptions;
}

const CAPABILITIES: StorageCapabilities = {
  atomicPut: true,
  conditionalPut: true,
  rename: true,
  copy: false,
  directories: true,
};

/** A reader of the name service that `parts` are connected to. */
export function readerOf(parts: HdfsParts): StorageReader {
  return {
    capabilities: CAPABILITIES,
    list: (root) => listTree(root, parts),
    listDirectory: (directory) => listOne(directory, parts),
    stat: async (location) => (await parts.client.fileStatus(location)).status,
    read: (location) => read(location, null, parts),
    readRange: (location, offset, length) => read(location, { offset, length }, parts),
    nowMs: (location) => parts.client.time(location),
  };
}

/** The file was asked for and `location` is a directory. */
export function isDirectory(location: Location, verb: string): StorageError {
  return failure('conflict', location, `cannot ${verb} %: it is a directory`);
}

type Range = { readonly offset: number; readonly length: number } | null;

async function read(location: Location, range: Range, parts: HdfsParts): Promise<Uint8Array> {
  try {
    // HDFS refuses a range of nothing; that the file is there is to be known all the same.
    return range?.length === 0 ? await nothingOf(location, parts) : await transfer(location, range, parts);
  } catch (thrown) {
    const unclear = thrown instanceof RemoteError && (thrown.retryable || thrown.kind === 'not-found');
    if (!unclear) throw thrown;
    return explained(thrown, location, range, parts);
  }
}

async function nothingOf(location: Location, { client }: HdfsParts): Promise<Uint8Array> {
  if ((await client.fileStatus(location)).status.type === 'directory') throw isDirectory(location, 'read');
  return new Uint8Array();
}

async function transfer(
  location: Location,
  range: Range,
  { client, streams }: HdfsParts,
): Promise<Uint8Array> {
  const url = await client.whereToRead(location, range);
  const answer = await fetchFromDataNode(url, streams).catch((thrown: unknown) => {
    if (!(thrown instanceof ConnectionError)) throw thrown;
    throw failure('unavailable', location, `cannot read % from the DataNode ${url.host}: ${thrown.message}`);
  });
  if (answer.status !== 200) throw remoteError(answer, { verb: 'read', location });
  const announced = Number(answer.headers['content-length'] ?? answer.body.length);
  if (announced === answer.body.length && announced <= (range?.length ?? announced)) return answer.body;
  const came = `${answer.body.length} bytes came and ${announced} were announced`;
  throw failure('corrupt', location, `cannot read %: ${came}`);
}

/**
 * A DataNode that finds nothing, or an exception that gives no reason: the NameNode knows what it is about. Only if it
 * finds nothing either is there nothing; a range behind the end of the file is empty.
 */
async function explained(
  thrown: RemoteError,
  location: Location,
  range: Range,
  { client }: HdfsParts,
): Promise<Uint8Array> {
  const { type, sizeBytes } = (await client.fileStatus(location)).status;
  if (type === 'directory') throw isDirectory(location, 'read');
  if (range !== null && range.offset >= sizeBytes) return new Uint8Array();
  if (thrown.kind !== 'not-found') throw thrown;
  throw failure(
    'unavailable',
    location,
    'cannot read %: the NameNode has it and the DataNode does not find it',
  );
}

function failure(kind: StorageErrorKind, location: Location, message: string): StorageError {
  const where = formatLocation(location);
  return new StorageError(
    kind,
    message.replace('%', () => where),
    { where },
  );
}
